"""Partitions: flat to v0.0.38, nested from v0.0.39."""

from __future__ import annotations

import msgspec

from jupyter_slurm_rest.slurm.models import Limit, Partition

from .envelope import Envelope, Number, Text, Words, decode, limit, number, positive, text, words

#: Names that differ between the versions.
_FLAGS = {"reservation_required": "REQ_RESV"}


class FlatRow(msgspec.Struct, rename={"min_nodes": "min nodes per job"}):
    """A partition to v0.0.38."""

    name: Text = None
    state: Text = None
    flags: Words = None
    nodes: Text = None
    total_nodes: Number = None
    total_cpus: Number = None
    max_time_limit: Number = None
    default_time_limit: Number = None
    maximum_nodes_per_job: Number = None
    min_nodes: Number = None
    default_memory_per_cpu: Number = None
    default_memory_per_node: Number = None
    maximum_memory_per_cpu: Number = None
    maximum_memory_per_node: Number = None
    maximum_cpus_per_node: Number = None
    allowed_accounts: Words = None
    denied_accounts: Words = None
    allowed_groups: Words = None
    allowed_qos: Words = None
    denied_qos: Words = None
    qos: Text = None
    priority_tier: Number = None
    allowed_allocation_nodes: Words = None


class FlatRows(Envelope):
    partitions: list[FlatRow] | None = None


def flat_partition(row: FlatRow) -> Partition:
    """A partition of v0.0.37 or v0.0.38."""
    return Partition(
        name=text(row.name),
        state=text(row.state).upper() or "UNKNOWN",
        default="default" in words(row.flags),
        nodes=text(row.nodes),
        node_count=number(row.total_nodes) or 0,
        cpu_count=number(row.total_cpus) or 0,
        max_time=limit(row.max_time_limit),
        default_time=limit(row.default_time_limit),
        max_nodes=limit(row.maximum_nodes_per_job),
        min_nodes=number(row.min_nodes),
        default_memory_per_cpu=_memory(row.default_memory_per_cpu),
        default_memory_per_node=_memory(row.default_memory_per_node),
        max_memory_per_cpu=_memory(row.maximum_memory_per_cpu),
        max_memory_per_node=_memory(row.maximum_memory_per_node),
        max_cpus_per_node=limit(row.maximum_cpus_per_node),
        allow_accounts=_everyone(row.allowed_accounts),
        deny_accounts=words(row.denied_accounts),
        allow_groups=_everyone(row.allowed_groups),
        allow_qos=_everyone(row.allowed_qos),
        deny_qos=words(row.denied_qos),
        qos=text(row.qos),
        priority_tier=number(row.priority_tier),
        allow_alloc_nodes=_everyone(row.allowed_allocation_nodes),
        flags=[_FLAGS.get(flag, flag.upper()) for flag in words(row.flags)],
    )


class _Nodes(msgspec.Struct):
    allowed_allocation: Words = None
    configured: Text = None
    total: Number = None


class _Cpus(msgspec.Struct):
    total: Number = None


class _Access(msgspec.Struct):
    allowed: Words = None
    deny: Words = None
    assigned: Text = None


class _Bounds(msgspec.Struct):
    time: Number = None
    nodes: Number = None
    cpus_per_node: Number = None
    partition_memory_per_cpu: Number = None
    partition_memory_per_node: Number = None


class _Priority(msgspec.Struct):
    tier: Number = None


class _PartitionState(msgspec.Struct):
    state: Words = None


class NestedRow(msgspec.Struct):
    """A partition from v0.0.39."""

    name: Text = None
    #: From v0.0.45.
    flags: list[str] | None = None
    nodes: _Nodes | None = None
    cpus: _Cpus | None = None
    accounts: _Access | None = None
    groups: _Access | None = None
    qos: _Access | None = None
    defaults: _Bounds | None = None
    maximums: _Bounds | None = None
    minimums: _Bounds | None = None
    priority: _Priority | None = None
    #: From v0.0.40.
    partition: _PartitionState | None = None


class NestedRows(Envelope):
    partitions: list[NestedRow] | None = None
    last_update: Number = None


def nested_partition(row: NestedRow) -> Partition:
    """A partition of v0.0.39 or newer."""
    nodes, cpus = row.nodes or _Nodes(), row.cpus or _Cpus()
    accounts, groups, qos = row.accounts or _Access(), row.groups or _Access(), row.qos or _Access()
    defaults, maximums = row.defaults or _Bounds(), row.maximums or _Bounds()
    states = words((row.partition or _PartitionState()).state)
    return Partition(
        name=text(row.name),
        state=states[0].upper() if states else "UNKNOWN",
        default=None if row.flags is None else "DEFAULT" in row.flags,
        nodes=text(nodes.configured),
        node_count=number(nodes.total) or 0,
        cpu_count=number(cpus.total) or 0,
        max_time=limit(maximums.time),
        default_time=limit(defaults.time),
        max_nodes=limit(maximums.nodes),
        min_nodes=number((row.minimums or _Bounds()).nodes),
        default_memory_per_cpu=_memory(defaults.partition_memory_per_cpu),
        default_memory_per_node=_memory(defaults.partition_memory_per_node),
        max_memory_per_cpu=_memory(maximums.partition_memory_per_cpu),
        max_memory_per_node=_memory(maximums.partition_memory_per_node),
        max_cpus_per_node=limit(maximums.cpus_per_node),
        allow_accounts=_everyone(accounts.allowed),
        deny_accounts=words(accounts.deny),
        allow_groups=_everyone(groups.allowed),
        allow_qos=_everyone(qos.allowed),
        deny_qos=words(qos.deny),
        qos=text(qos.assigned),
        priority_tier=number((row.priority or _Priority()).tier),
        allow_alloc_nodes=_everyone(nodes.allowed_allocation),
        flags=row.flags,
    )


def _memory(value: Number) -> Limit:
    """MiB; 0 means that the partition sets none."""
    bound = limit(value)
    return bound if isinstance(bound, str) else positive(bound)


def _everyone(value: Words) -> list[str]:
    """A list of the admitted, empty for everyone."""
    return [] if words(value) == ["ALL"] else words(value)


def flat_partitions(body: bytes) -> list[Partition]:
    return [flat_partition(row) for row in decode(body, FlatRows).partitions or []]


def nested_partitions(body: bytes) -> list[Partition]:
    return [nested_partition(row) for row in decode(body, NestedRows).partitions or []]
