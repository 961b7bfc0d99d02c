"""The plan for "my jobs" where accounting can be asked by user: from v0.0.40."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable

from jupyter_slurm_rest.slurm.errors import AccountingDown, AccountingMissing
from jupyter_slurm_rest.slurm.models import JobSummary

from .records import Records
from .source import Accounted, Meter, Source, State, is_live
from .table import Table, carry_over, new_version, with_state

#: Accounting learns of a job some seconds after slurmctld, and clocks differ.
_LATE = 300


class MyJobs:
    """Costs what my jobs cost, however long the queue is.

    Each reading asks slurmdbd for my live jobs and those that ended lately (4 kB each,
    10-17 ms together for ten) and slurmctld for the states of the live ones (``jobs/state``
    by id, 2 ms); only records whose state changed are read in full (``job/{id}``, 3 ms),
    and waiting ones once a minute for their reason and expected start.

    slurmdbd alone would not do: it hears of a change some seconds late and knows no
    reasons. slurmctld alone cannot say which jobs are mine without a whole-queue dump.
    """

    name = "mine"
    cost = "slurmdbd by user, slurmctld for states and changed jobs: a few ms and kB per job"

    def __init__(
        self,
        source: Source,
        user: str,
        *,
        recent: int = 3600,
        at_once: int = 100,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._source = source
        self._user = user
        #: Seconds that a job stays in the list after it ended.
        self._recent = recent
        #: Records read in full in one reading at most; the others' turn comes next time.
        self._at_once = at_once
        self._clock = clock
        self._records = Records(source)
        self._accounted: dict[int, JobSummary] = {}
        self._read_until = 0.0
        #: Submitted by this person here, and not yet known to accounting.
        self._fresh: dict[int, float] = {}

    def expect(self, job_ids: Iterable[int]) -> None:
        """Jobs that were just submitted: show them although accounting is late."""
        self._fresh.update(dict.fromkeys(job_ids, self._clock()))

    async def __call__(self, before: Table | None) -> Table:
        meter = Meter(self._source, self._clock)
        known = [i for i, row in self._accounted.items() if is_live(row)]
        known.extend(i for i in self._fresh if i not in self._accounted)
        states: dict[int, State]
        problem, states = await asyncio.gather(self._ask_accounting(), self._states(known))
        live = {i for i, row in self._accounted.items() if is_live(row)}
        states.update(await self._states(live.difference(known)))
        waiting = self._records.outdated(states)
        await self._records.read(waiting[: self._at_once], states)
        rows, changed = carry_over(before.rows if before else {}, self._rows(states))
        note = problem
        if len(waiting) > self._at_once:
            note += f" Reasons of {len(waiting) - self._at_once} waiting jobs are still to be read."
        same = before is not None and not changed and before.note == note.strip()
        return Table(
            rows=rows,
            as_of=meter.begun,
            version=before.version if before is not None and same else new_version(),
            plan=self.name,
            note=note.strip(),
            seconds=meter.seconds,
            requests=meter.requests,
        )

    async def _ask_accounting(self) -> str:
        """Bring ``_accounted`` up to date; a sentence about what is missing, or nothing."""
        now = self._clock()
        since = max(now - self._recent, self._read_until - _LATE)
        wanted = Accounted(users=[self._user], ended_since=int(since))
        try:
            found = await self._source.accounted(wanted)
        except (AccountingDown, AccountingMissing):
            if not self._read_until:
                raise
            return "Accounting does not answer: jobs submitted elsewhere since then are missing."
        self._read_until = now
        ended = {
            i: row
            for i, row in self._accounted.items()
            if not is_live(row) and (row.end_time or 0) >= now - self._recent
        }
        self._accounted = ended | {row.job_id: row for row in found}
        self._fresh = {
            i: at
            for i, at in self._fresh.items()
            if i not in self._accounted and now - at < self._recent
        }
        return ""

    async def _states(self, job_ids: Iterable[int]) -> dict[int, State]:
        ids = sorted(job_ids)
        return dict(await self._source.states(ids)) if ids else {}

    def _rows(self, states: dict[int, State]) -> Iterable[JobSummary]:
        for job_id in sorted({*self._accounted, *self._fresh}, reverse=True):
            accounted = self._accounted.get(job_id)
            state = states.get(job_id)
            record = self._records.get(job_id)
            if state is not None:
                row = record or accounted
                if row is not None:
                    yield with_state(row, state)
            elif accounted is not None and not is_live(accounted):
                yield accounted
            # Else slurmctld has forgotten it and accounting has not heard of its end: it
            # neither lives nor may it be called finished. It is left out until one says more.
