"""What plans ask of Slurm, and what their asking costs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

import msgspec

from jupyter_slurm_rest.slurm.capabilities import Capabilities
from jupyter_slurm_rest.slurm.dialects.states import (
    ACTIVE_STATES,
    PARTIAL_STATES,
    PENDING_STATES,
)
from jupyter_slurm_rest.slurm.models import Diag, JobSummary

#: A base state and its flags.
State = tuple[str, tuple[str, ...]]


#: Base states of jobs that may still do something; ``UNKNOWN`` is no proof of an end, and
#: where one run of a job ended, the job goes on.
LIVE_STATES = PENDING_STATES | ACTIVE_STATES | PARTIAL_STATES | {"UNKNOWN"}


def is_live(row: JobSummary) -> bool:
    return row.state in LIVE_STATES


class Dump(msgspec.Struct, frozen=True):
    """The whole queue."""

    rows: list[JobSummary]
    #: To be handed back as ``update_time``; ``None`` where the version has none.
    last_update: int | None


class Accounted(msgspec.Struct, frozen=True, kw_only=True):
    """Which records to ask accounting for. Lists are "or", the fields "and"."""

    users: Sequence[str] = ()
    accounts: Sequence[str] = ()
    partitions: Sequence[str] = ()
    names: Sequence[str] = ()
    #: Only these records (``JobSummary.job_id``), whatever their age.
    job_ids: Sequence[int] = ()
    #: Without ``job_ids``: live jobs of any age, and those that ended after this.
    ended_since: int | None = None


class Source(Protocol):
    """One slurmrestd as one person; every call may raise a ``SlurmError``."""

    @property
    def seconds(self) -> float:
        """Seconds of slurmrestd's time spent so far."""

    @property
    def requests(self) -> int:
        """Requests made so far."""

    async def dump(self, update_time: int | None) -> Dump | None:
        """The whole queue, read as a stream; ``None``: unchanged since ``update_time``."""

    async def states(self, job_ids: Iterable[int] | None = None) -> Mapping[int, State]:
        """States by record (``JobSummary.job_id``), of all or of these; from v0.0.40."""

    async def records(self, job_id: int) -> list[JobSummary]:
        """slurmctld's record; all records of an array for its first id, likewise het jobs.

        Empty when slurmctld has forgotten it.
        """

    async def accounted(self, wanted: Accounted) -> list[JobSummary]:
        """slurmdbd's records."""

    async def diag(self) -> Diag:
        """slurmctld's counters."""

    async def capabilities(self) -> Capabilities:
        """What this Slurm can do through the API version in use."""

    async def has_accounting(self) -> bool:
        """Whether accounting is served; raises ``AccountingDown`` when it is, but down."""

    async def user(self) -> str:
        """As whom Slurm is asked."""


class Meter:
    """What a reading cost."""

    def __init__(self, source: Source, clock: Callable[[], float] = time.time) -> None:
        self._source = source
        self._seconds = source.seconds
        self._requests = source.requests
        self.begun = clock()

    @property
    def seconds(self) -> float:
        return self._source.seconds - self._seconds

    @property
    def requests(self) -> int:
        return self._source.requests - self._requests
