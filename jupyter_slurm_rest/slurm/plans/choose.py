"""Which plan a wish gets on this cluster, and why; the doctor prints these words."""

from __future__ import annotations

from typing import Literal

import msgspec

from jupyter_slurm_rest.slurm.capabilities import Capabilities

PlanName = Literal["mine", "dump", "dump-rarely", "index"]

#: A queue that hovers around the limit must not change its plan with every reading.
_HYSTERESIS = 0.8


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """What the choice depends on."""

    capabilities: Capabilities
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
    if here.capabilities.job_states and here.accounting:
        return Choice("mine", "accounting says which jobs are yours")
    return _dump(here, now, "your jobs are picked out of the whole queue")


def for_all(here: Circumstances, now: str = "") -> Choice:
    """The plan for everybody's jobs."""
    if not here.is_long(now):
        return Choice("dump", f"{here.queue} jobs are at most max_jobs_dump ({here.max_jobs_dump})")
    if here.capabilities.job_states:
        count = "an unknown number of" if here.queue is None else here.queue
        return Choice("index", f"{count} jobs are more than max_jobs_dump ({here.max_jobs_dump})")
    return _dump(here, now, "the whole queue is read")


def _dump(here: Circumstances, now: str, what: str) -> Choice:
    if not here.capabilities.job_states:
        lack = f"API {here.capabilities.version} has nothing cheaper"
    else:
        lack = "this cluster has no accounting"
    if here.is_long(now):
        return Choice("dump-rarely", f"{what}, rarely: {lack}, and the queue is long")
    return Choice("dump", f"{what}: {lack}")
