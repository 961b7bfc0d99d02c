"""Nodes, ping, diag, reservations and licenses."""

from __future__ import annotations

import msgspec

from jupyter_slurm_rest.slurm.models import Diag, License, Node, Ping, Reservation

from .envelope import Envelope, Number, Text, Words, number, positive, real, text, timestamp, words
from .states import sinfo_state, takes_jobs
from .tres import count_ranges, parse_gres, parse_tres, shared_gpus


class PingRow(msgspec.Struct):
    hostname: Text = None
    #: ``pinged`` ("UP", "DOWN") to v0.0.44, ``ping`` to v0.0.38, ``status`` from v0.0.45.
    pinged: Text = None
    ping: Text = None
    responding: bool | None = None
    primary: bool | None = None
    mode: Text = None
    latency: Number = None


class Pings(Envelope):
    """A response of ``ping``."""

    pings: list[PingRow] | None = None


def ping(row: PingRow) -> Ping:
    """One slurmctld as slurmrestd reaches it."""
    status = text(row.pinged) or text(row.ping)
    latency = real(row.latency)
    return Ping(
        hostname=text(row.hostname),
        up=row.responding if row.responding is not None else status.upper() == "UP",
        primary=row.primary if row.primary is not None else text(row.mode).startswith("primary"),
        # Slurm counts microseconds.
        latency=None if latency is None else latency / 1000,
    )


class Statistics(msgspec.Struct):
    jobs_pending: Number = None
    jobs_running: Number = None
    jobs_submitted: Number = None
    jobs_started: Number = None
    jobs_completed: Number = None
    jobs_canceled: Number = None
    jobs_failed: Number = None
    server_thread_count: Number = None
    agent_queue_size: Number = None
    req_time: Number = None
    req_time_start: Number = None


class DiagResponse(Envelope):
    """A response of ``diag``."""

    statistics: Statistics | None = None


def diag(response: DiagResponse) -> Diag:
    """slurmctld's counters."""
    statistics = response.statistics or Statistics()
    return Diag(
        jobs_pending=number(statistics.jobs_pending),
        jobs_running=number(statistics.jobs_running),
        jobs_submitted=number(statistics.jobs_submitted),
        jobs_started=number(statistics.jobs_started),
        jobs_completed=number(statistics.jobs_completed),
        jobs_canceled=number(statistics.jobs_canceled),
        jobs_failed=number(statistics.jobs_failed),
        server_threads=number(statistics.server_thread_count),
        agent_queue_size=number(statistics.agent_queue_size),
        since=timestamp(statistics.req_time_start),
        asked_at=timestamp(statistics.req_time),
    )


class _Cores(msgspec.Struct):
    node: Text = None
    #: Ranges: ``0-3,8``.
    core: Text = None


class ReservationRow(msgspec.Struct):
    name: Text = None
    start_time: Number = None
    end_time: Number = None
    node_list: Text = None
    node_count: Number = None
    core_count: Number = None
    #: From v0.0.39.
    core_specializations: list[_Cores] | None = None
    partition: Text = None
    users: Words = None
    accounts: Words = None
    groups: Words = None
    flags: Words = None
    features: Text = None
    licenses: Text = None
    tres: Text = None


class ReservationRows(Envelope):
    reservations: list[ReservationRow] | None = None


def reservation(row: ReservationRow) -> Reservation:
    """One reservation."""
    tres = parse_tres(text(row.tres))
    cores = row.core_specializations
    return Reservation(
        name=text(row.name),
        start_time=timestamp(row.start_time),
        end_time=timestamp(row.end_time),
        nodes=text(row.node_list),
        node_count=positive(row.node_count),
        core_count=positive(row.core_count),
        cores={text(one.node): count_ranges(text(one.core)) for one in cores or []},
        says_cores=cores is not None,
        gpus=tres.gpus if tres else 0,
        partition=text(row.partition),
        users=words(row.users),
        accounts=words(row.accounts),
        groups=words(row.groups),
        flags=words(row.flags),
        features=text(row.features),
        licenses=text(row.licenses),
        tres=text(row.tres),
    )


class LicenseRow(msgspec.Struct, rename="pascal"):
    license_name: Text = None
    total: Number = None
    used: Number = None
    free: Number = None
    reserved: Number = None
    remote: bool | None = None


class LicenseRows(Envelope):
    licenses: list[LicenseRow] | None = None


def license_(row: LicenseRow) -> License:
    """One license."""
    free, kept = number(row.free) or 0, number(row.reserved) or 0
    return License(
        name=text(row.license_name),
        total=number(row.total) or 0,
        used=number(row.used) or 0,
        free=free,
        reserved=kept,
        available=max(0, free - kept),
        remote=bool(row.remote),
    )


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
    #: What jobs can have of ``cpus``. From v0.0.39; before, it is in ``tres``.
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
        reason_time=timestamp(row.reason_changed_at),
        sockets=positive(row.sockets),
        cores_per_socket=positive(row.cores),
        threads_per_core=positive(row.threads),
        tmp_disk=number(row.temporary_disk),
        architecture=text(row.architecture),
        operating_system=text(row.operating_system),
        address=text(row.address),
        hostname=text(row.hostname),
        version=text(row.version) or text(row.slurmd_version),
        boot_time=timestamp(row.boot_time),
        last_busy=timestamp(row.last_busy),
        reservation=text(row.reservation),
        weight=number(row.weight),
    )


def _mixed(base: str, cpus: int, taken: int) -> str:
    """Some versions call a node in part use ALLOCATED; sinfo and we say MIXED."""
    return "MIXED" if base in ("ALLOCATED", "IDLE") and 0 < taken < cpus else base
