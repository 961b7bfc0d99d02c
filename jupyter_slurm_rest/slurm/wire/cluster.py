"""ping, diag, reservations and licenses."""

from __future__ import annotations

import msgspec

from jupyter_slurm_rest.slurm.models import Diag, License, Ping, Reservation

from .envelope import Envelope
from .scalars import Number, Text, Words, moment, number, positive, real, text, words
from .tres import count_ranges, parse_tres


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
    said = text(row.pinged) or text(row.ping)
    latency = real(row.latency)
    return Ping(
        hostname=text(row.hostname),
        up=row.responding if row.responding is not None else said.upper() == "UP",
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
    told = response.statistics or Statistics()
    return Diag(
        jobs_pending=number(told.jobs_pending),
        jobs_running=number(told.jobs_running),
        jobs_submitted=number(told.jobs_submitted),
        jobs_started=number(told.jobs_started),
        jobs_completed=number(told.jobs_completed),
        jobs_cancelled=number(told.jobs_canceled),
        jobs_failed=number(told.jobs_failed),
        server_threads=number(told.server_thread_count),
        agent_queue_size=number(told.agent_queue_size),
        since=moment(told.req_time_start),
        asked_at=moment(told.req_time),
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
        start_time=moment(row.start_time),
        end_time=moment(row.end_time),
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
