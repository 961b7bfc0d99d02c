"""Which strategy reads a view of the queue on this cluster, and why."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Literal

import msgspec

from jupyter_slurm_rest.slurm.errors import AccountingDown
from jupyter_slurm_rest.slurm.wire.version import Capabilities

from .my_jobs import AT_MOST
from .source import Source

StrategyName = Literal["mine", "dump", "dump-rarely", "index"]

#: Hysteresis, so that a queue near the limit does not change its strategy with every
#: reading.
_HYSTERESIS = 0.8


class Conditions(msgspec.Struct, frozen=True, kw_only=True):
    """What the choice depends on."""

    capabilities: Capabilities
    accounting: bool
    #: Jobs that slurmctld holds; ``None`` if unknown. ``diag`` counts each task of a
    #: waiting array, ``jobs/state`` its record.
    queue: int | None
    #: Jobs that ended since slurmctld began to count, about a day ago at most.
    ended: int = 0
    max_jobs_dump: int = 5_000

    def is_long(self, now: str = "") -> bool:
        """Whether the queue is too long to be dumped; ``now`` is the strategy in use."""
        if self.queue is None:
            # If the length is unknown, avoid a dump, which may exhaust slurmrestd's memory.
            return True
        limit = self.max_jobs_dump * (_HYSTERESIS if now in ("index", "dump-rarely") else 1)
        return self.queue > limit

    def may_have_many(self) -> bool:
        """Whether one user may have more jobs, live or just ended, than are read at once."""
        return self.queue is None or self.queue + self.ended > self.max_jobs_dump


class Choice(msgspec.Struct, frozen=True):
    """A strategy's name, and in a sentence why it was chosen."""

    strategy: StrategyName
    why: str


def for_mine(here: Conditions, now: str = "", *, many: bool = False) -> Choice:
    """The strategy for the user's own jobs; ``many``: too many to request from accounting
    at once.
    """
    if here.capabilities.job_states and here.accounting:
        if many:
            return Choice("index", f"you have more than {AT_MOST} jobs: they are read in pages")
        return Choice("mine", "accounting lists your jobs")
    return _dump(here, now, "your jobs are selected from the whole queue")


def for_all(here: Conditions, now: str = "") -> Choice:
    """The strategy for all users' jobs."""
    if not here.is_long(now):
        return Choice("dump", f"{here.queue} jobs, within max_jobs_dump ({here.max_jobs_dump})")
    if here.capabilities.job_states:
        count = "an unknown number of" if here.queue is None else here.queue
        return Choice("index", f"{count} jobs are more than max_jobs_dump ({here.max_jobs_dump})")
    return _dump(here, now, "the whole queue is read")


def _dump(here: Conditions, now: str, what: str) -> Choice:
    if not here.capabilities.job_states:
        lack = f"API {here.capabilities.version} has no cheaper request"
    else:
        lack = "this cluster's slurmrestd does not serve accounting"
    if here.is_long(now):
        return Choice("dump-rarely", f"{what}, rarely: {lack}, and the queue is long")
    return Choice("dump", f"{what}: {lack}")


#: Seconds that a response is believed. It costs one ``diag`` (7 kB, 3-6 ms), and one
#: small question to accounting.
_BELIEVED = 60.0


class ConditionsCache:
    """The :class:`Conditions` of one cluster, as of at most a minute ago."""

    def __init__(
        self,
        source: Source,
        max_jobs_dump: int,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._max_jobs_dump = max_jobs_dump
        self._clock = clock
        self._now: Conditions | None = None
        self._asked = -float("inf")
        self._lock = asyncio.Lock()

    async def now(self) -> Conditions:
        """Raises the ``SlurmError`` of slurmrestd's first response when there is none yet."""
        async with self._lock:
            old = self._clock() - self._asked >= _BELIEVED
            if self._now is None or old or await self._version_changed(self._now):
                self._now = await self._ask()
                self._asked = self._clock()
            return self._now

    def forget(self) -> None:
        """Ask again at the next occasion."""
        self._asked = -float("inf")

    async def _version_changed(self, known: Conditions) -> bool:
        """Whether the API version has changed, as it does while slurmdbd is down."""
        return await self._source.capabilities() != known.capabilities

    async def _ask(self) -> Conditions:
        capabilities = await self._source.capabilities()
        diag = await self._source.diag()
        known = None not in (diag.jobs_pending, diag.jobs_running)
        return Conditions(
            capabilities=capabilities,
            accounting=await self._accounting(),
            queue=(diag.jobs_pending or 0) + (diag.jobs_running or 0) if known else None,
            ended=sum(
                count or 0 for count in (diag.jobs_completed, diag.jobs_canceled, diag.jobs_failed)
            ),
            max_jobs_dump=self._max_jobs_dump,
        )

    async def _accounting(self) -> bool:
        try:
            return await self._source.has_accounting()
        except AccountingDown:
            # Views that are already read through accounting continue while it is down; only
            # new views get a strategy without it.
            return self._now is not None and self._now.accounting
