"""A cluster as a whole."""

from __future__ import annotations

from .values import Model


class Ping(Model, frozen=True, kw_only=True):
    """One slurmctld as slurmrestd reaches it."""

    hostname: str
    up: bool
    primary: bool = False
    #: Milliseconds.
    latency: float | None = None


class Diag(Model, frozen=True, kw_only=True):
    """Counters of slurmctld (``sdiag``) that plans and people need."""

    jobs_pending: int | None = None
    jobs_running: int | None = None
    jobs_submitted: int | None = None
    jobs_started: int | None = None
    jobs_completed: int | None = None
    jobs_cancelled: int | None = None
    jobs_failed: int | None = None
    server_threads: int | None = None
    agent_queue_size: int | None = None
    #: Seconds since the epoch.
    since: int | None = None
    #: slurmctld's own clock when it was asked; seconds since the epoch.
    asked_at: int | None = None
