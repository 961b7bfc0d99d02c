"""Which plan a wish gets on this cluster, and why; the doctor prints these words."""

from __future__ import annotations

from typing import Literal

import msgspec

PlanName = Literal["mine", "dump", "dump-rarely", "index"]

#: The first API version with ``jobs/state``, and whose accounting can be asked by user
#: for jobs that are not eligible yet.
FIRST_WITH_STATES = 40

#: A queue that hovers around the limit must not change its plan with every reading.
_HYSTERESIS = 0.8


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """What the choice depends on."""

    #: 42 for ``v0.0.42``.
    api_minor: int
    accounting: bool
    #: Jobs that slurmctld holds; ``None`` when it did not tell. ``diag`` counts each task
    #: of a waiting array, ``jobs/state`` its record.
    queue: int | None
    max_jobs_dump: int = 5_000

    def is_long(self, now: str = "") -> bool:
        """Whether the queue is too long to be dumped; ``now`` is the plan in use."""
        if self.queue is None:
            # Not knowing is no licence for a dump that may take slurmrestd down.
            return True
        limit = self.max_jobs_dump * (_HYSTERESIS if now in ("index", "dump-rarely") else 1)
        return self.queue > limit


class Choice(msgspec.Struct, frozen=True):
    """A plan's name, and in a sentence why it was chosen."""

    plan: PlanName
    why: str


def for_mine(here: Circumstances, now: str = "") -> Choice:
    """The plan for the person's own jobs."""
    if here.api_minor >= FIRST_WITH_STATES and here.accounting:
        return Choice("mine", "accounting says which jobs are yours")
    return _dump(here, now, "your jobs are picked out of the whole queue")


def for_all(here: Circumstances, now: str = "") -> Choice:
    """The plan for everybody's jobs."""
    if not here.is_long(now):
        return Choice("dump", f"{here.queue} jobs are at most max_jobs_dump ({here.max_jobs_dump})")
    if here.api_minor >= FIRST_WITH_STATES:
        count = "an unknown number of" if here.queue is None else here.queue
        return Choice("index", f"{count} jobs are more than max_jobs_dump ({here.max_jobs_dump})")
    return _dump(here, now, "the whole queue is read")


def _dump(here: Circumstances, now: str, what: str) -> Choice:
    if here.api_minor < FIRST_WITH_STATES:
        lack = f"API v0.0.{here.api_minor} has nothing cheaper"
    else:
        lack = "this cluster has no accounting"
    if here.is_long(now):
        return Choice("dump-rarely", f"{what}, rarely: {lack}, and the queue is long")
    return Choice("dump", f"{what}: {lack}")
