"""ping and diag."""

from __future__ import annotations

import msgspec

from jupyter_slurm_rest.slurm.models import Diag, Ping

from .envelope import Envelope
from .values import Number, Text, moment, number, real, text


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
    """An answer of ``ping``."""

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


class DiagAnswer(Envelope):
    """An answer of ``diag``."""

    statistics: Statistics | None = None


def diag(answer: DiagAnswer) -> Diag:
    """slurmctld's counters."""
    told = answer.statistics or Statistics()
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
