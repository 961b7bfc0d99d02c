"""A reader who must notice when Slurm hides jobs from it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping

from jupyter_slurm_rest.slurm.capabilities import Capabilities
from jupyter_slurm_rest.slurm.models import Diag, JobSummary
from jupyter_slurm_rest.slurm.plans import Accounted, Dump, Source, State

from .errors import Refusal, not_public

#: Seconds between two looks for hidden jobs where an answer gives no cause for one.
_EVERY = 60.0
#: Seconds after which accounting has heard of a job.
_HEARD = 300.0
#: Records that are looked at of those that might be hidden: PrivateData spares none of
#: another person's, and what merely came in between has the highest numbers.
_LOWEST, _HIGHEST = 3, 2
#: Other states are those of jobs that slurmctld is about to forget.
_LIVE = ("PENDING", "RUNNING", "SUSPENDED")


class Witness:
    """A :class:`Source` that compares what it may read with what it should.

    ``jobs/state`` names every job whatever PrivateData says; the queue and ``job/{id}``
    leave hidden ones out. A live job that is named before and after ``job/{id}`` does not
    know it, twice, is hidden: one that came or ended meanwhile is not. ``hidden`` is told
    before anything of the incomplete answer can be.
    """

    def __init__(
        self,
        source: Source,
        hidden: Callable[[Refusal], None],
        *,
        clock: Callable[[], float] = time.time,
        pause: float = 1.0,
    ) -> None:
        self._source = source
        self._tell = hidden
        self._clock = clock
        self._pause = pause
        self._named: list[int] = []
        self._next = -float("inf")
        self._next_accounted = -float("inf")

    @property
    def seconds(self) -> float:
        return self._source.seconds

    @property
    def requests(self) -> int:
        return self._source.requests

    async def dump(self, update_time: int | None) -> Dump | None:
        dump = await self._source.dump(update_time)
        if dump is None:
            await self._look_around()
            return None
        shown = {row.job_id for row in dump.rows}
        states = await self._source.states()
        self._named = _live(states)
        await self._examine(i for i in self._named if i not in shown)
        return dump

    async def states(self, job_ids: Iterable[int] | None = None) -> Mapping[int, State]:
        states = await self._source.states(job_ids)
        self._named = _live(states) or self._named
        await self._look_around()
        return states

    async def records(self, job_id: int) -> list[JobSummary]:
        rows = await self._source.records(job_id)
        if not rows:
            await self._examine([job_id])
        return rows

    async def accounted(self, wanted: Accounted) -> list[JobSummary]:
        await self._ask_accounting(wanted.job_ids)
        return await self._source.accounted(wanted)

    async def diag(self) -> Diag:
        return await self._source.diag()

    async def capabilities(self) -> Capabilities:
        return await self._source.capabilities()

    async def has_accounting(self) -> bool:
        return await self._source.has_accounting()

    async def user(self) -> str:
        return await self._source.user()

    async def _look_around(self) -> None:
        if self._clock() >= self._next:
            await self._examine(self._named)

    async def _examine(self, job_ids: Iterable[int]) -> None:
        self._next = self._clock() + _EVERY
        suspects = sorted(job_ids)
        highest = suspects[max(_LOWEST, len(suspects) - _HIGHEST) :]
        for job_id in suspects[:_LOWEST] + highest:
            if await self._is_hidden(job_id):
                self._refuse("other people's jobs are hidden (PrivateData=jobs in slurm.conf)")

    async def _is_hidden(self, job_id: int) -> bool:
        for pause in (0.0, self._pause):
            await asyncio.sleep(pause)
            if await self._source.records(job_id):
                return False
            state = (await self._source.states([job_id])).get(job_id)
            if state is None or state[0] not in _LIVE:
                return False
        return True

    async def _ask_accounting(self, job_ids: Iterable[int]) -> None:
        """slurmdbd has a PrivateData of its own, and finds less for whoever filters."""
        if self._clock() < self._next_accounted:
            return
        rows = [row for i in sorted(job_ids)[:_LOWEST] for row in await self._source.records(i)]
        old = [row.job_id for row in rows if (row.submit_time or 0) < self._clock() - _HEARD]
        if old and not await self._source.accounted(Accounted(job_ids=old)):
            self._refuse("accounting does not tell of other people's jobs (slurmdbd.conf)")
        if old:
            self._next_accounted = self._clock() + _EVERY

    def _refuse(self, why: str) -> None:
        refusal = not_public(why)
        self._tell(refusal)
        raise refusal


def _live(states: Mapping[int, State]) -> list[int]:
    return [job_id for job_id, state in states.items() if state[0] in _LIVE]
