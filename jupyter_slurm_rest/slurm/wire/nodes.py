"""Nodes. One structure has the older keys (up to v0.0.38) and the newer ones."""

from __future__ import annotations

import msgspec

from jupyter_slurm_rest.slurm.models import Node

from .envelope import Envelope
from .scalars import Number, Text, Words, moment, number, positive, text, words
from .states import sinfo_state, takes_jobs
from .tres import parse_gres, parse_tres, shared_gpus


class NodeRow(msgspec.Struct):
    name: Text = None
    state: Words = None
    #: To v0.0.38; later they stand in ``state``.
    state_flags: Words = None
    partitions: Words = None
    features: Words = None
    active_features: Words = None
    cpus: Number = None
    alloc_cpus: Number = None
    #: What jobs can have of ``cpus``. From v0.0.39; before, ``tres`` tells it.
    effective_cpus: Number = None
    #: MiB that the system keeps. From v0.0.39.
    specialized_memory: Number = None
    owner: Text = None
    cpu_load: Number = None
    real_memory: Number = None
    alloc_memory: Number = None
    #: ``free_memory`` to v0.0.38, then ``free_mem``.
    free_memory: Number = None
    free_mem: Number = None
    gres: Text = None
    gres_used: Text = None
    tres: Text = None
    tres_used: Text = None
    reason: Text = None
    reason_set_by_user: Text = None
    reason_changed_at: Number = None
    sockets: Number = None
    cores: Number = None
    threads: Number = None
    temporary_disk: Number = None
    architecture: Text = None
    operating_system: Text = None
    address: Text = None
    hostname: Text = None
    #: ``slurmd_version`` to v0.0.38, then ``version``.
    slurmd_version: Text = None
    version: Text = None
    boot_time: Number = None
    last_busy: Number = None
    reservation: Text = None
    weight: Number = None


class NodeRows(Envelope):
    """A response of ``nodes`` or ``node/{name}``."""

    nodes: list[NodeRow] | None = None
    last_update: Number = None


def node(row: NodeRow, *, mixed_failing: bool = True) -> Node:
    """``row`` as a :class:`Node`, with what is used and free of it.

    ``mixed_failing``: see :func:`sinfo_state`.
    """
    base, *flags = [word.upper() for word in words(row.state)] or ["UNKNOWN"]
    flags += [word.upper() for word in words(row.state_flags)]
    gres = parse_gres(text(row.gres), text(row.gres_used))
    total, used = parse_tres(text(row.tres)), parse_tres(text(row.tres_used))
    listed = [item for item in gres if item.name == "gpu"]
    gpus = sum(item.total for item in listed) if listed else (total.gpus if total else 0)
    gpus_used = sum(item.used for item in listed) if listed else (used.gpus if used else 0)
    cpus, cpus_used = number(row.cpus) or 0, number(row.alloc_cpus) or 0
    effective = positive(row.effective_cpus) or (total.cpus if total else None) or cpus
    memory, memory_used = number(row.real_memory) or 0, number(row.alloc_memory) or 0
    specialized = number(row.specialized_memory) or 0
    base = _mixed(base, effective, cpus_used)
    usable = takes_jobs(base, flags)
    cpus_free = max(0, effective - cpus_used)
    memory_free = max(0, memory - specialized - memory_used)
    # A job needs a CPU and some memory for whatever else it wants.
    free = usable and cpus_free > 0 and memory_free > 0
    load = number(row.cpu_load)
    return Node(
        name=text(row.name),
        state=base,
        flags=flags,
        sinfo_state=sinfo_state(base, flags, mixed_failing=mixed_failing),
        usable=usable,
        owner=text(row.owner),
        partitions=words(row.partitions),
        features=words(row.features),
        active_features=words(row.active_features),
        cpus=cpus,
        cpus_used=cpus_used,
        cpus_specialized=max(0, cpus - effective),
        cpus_free=cpus_free if free else 0,
        cpu_load=None if load is None else load / 100,
        memory=memory,
        memory_used=memory_used,
        memory_specialized=specialized,
        memory_free=memory_free if free else 0,
        memory_free_os=number(row.free_mem if row.free_mem is not None else row.free_memory),
        gpus=gpus,
        gpus_used=gpus_used,
        gpus_free=max(0, gpus - gpus_used - shared_gpus(text(row.gres_used))) if free else 0,
        gres=gres,
        reason=text(row.reason),
        reason_user=text(row.reason_set_by_user) if row.reason else "",
        reason_time=moment(row.reason_changed_at),
        sockets=positive(row.sockets),
        cores_per_socket=positive(row.cores),
        threads_per_core=positive(row.threads),
        tmp_disk=number(row.temporary_disk),
        architecture=text(row.architecture),
        operating_system=text(row.operating_system),
        address=text(row.address),
        hostname=text(row.hostname),
        version=text(row.version) or text(row.slurmd_version),
        boot_time=moment(row.boot_time),
        last_busy=moment(row.last_busy),
        reservation=text(row.reservation),
        weight=number(row.weight),
    )


def _mixed(base: str, cpus: int, taken: int) -> str:
    """Some versions call a node in part use ALLOCATED; sinfo and we say MIXED."""
    return "MIXED" if base in ("ALLOCATED", "IDLE") and 0 < taken < cpus else base
