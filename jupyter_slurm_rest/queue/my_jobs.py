"""The strategy for "my jobs" where accounting can be asked by user: from v0.0.40."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from jupyter_slurm_rest.slurm.errors import AccountingDown, AccountingMissing
from jupyter_slurm_rest.slurm.jobs import CHANCE
from jupyter_slurm_rest.slurm.models import JobSummary
from jupyter_slurm_rest.slurm.models.job_id import known_ranges

from .number_walk import LONG_ARRAY
from .pages import Table, amended, carry_over, new_version, whole_of, with_state
from .records import Records
from .source import LIVE_STATES, Accounted, Meter, Source, State, is_live

#: Accounting has a job some seconds later than slurmctld, and clocks differ.
_LATE = 300
#: Seconds that a job stays in the list after it ended.
RECENT = 3_600
#: Seconds after its end in which slurmctld may still have a job (``MinJobAge`` is 300).
_REQUEUED_WITHIN = 900


class MyJobs:
    """The cost depends only on the number of the user's jobs, not on the length of the
    queue.

    Each reading asks slurmdbd for my live jobs and those that ended lately (4 kB each,
    10-17 ms together for ten) and slurmctld for the states of the live ones (``jobs/state``
    by id, 2 ms); only records whose state changed are read in full (``job/{id}``, 3 ms),
    and waiting ones once a minute for their reason and expected start.

    slurmdbd alone would not do: it hears of a change some seconds late, of many a waiting
    task never (one that depends on a task of its own, or was changed by itself), and it
    knows no reasons. slurmctld alone cannot say which jobs are mine without a whole-queue
    dump. So slurmdbd says which arrays and jobs are mine, slurmctld what there is of them.
    """

    name = "mine"
    cost = "slurmdbd by user, slurmctld for states and changed jobs: a few ms and kB per job"

    def __init__(
        self,
        source: Source,
        user: str,
        *,
        recent: int = RECENT,
        at_once: int = 100,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._source = source
        self._user = user
        self._recent = recent
        #: The most records read in full in one reading; the others follow in the next one.
        self._at_once = at_once
        self._clock = clock
        self._records = Records(source)
        self._accounted: dict[int, JobSummary] = {}
        self._read_until = 0.0
        #: Submitted by this user here, and not yet known to accounting.
        self._fresh: dict[int, float] = {}
        #: Arrays and jobs that were not finished at the last reading.
        self._followed: set[int] = set()

    def expect(self, job_ids: Iterable[int]) -> None:
        """Jobs that were just submitted: show them although accounting is late."""
        self._fresh.update(dict.fromkeys(job_ids, self._clock()))

    def amend(self, table: Table, wholes: Collection[int], found: Iterable[JobSummary]) -> Table:
        """``table`` after these were read again: they are true now, whatever accounting knows."""
        rows = [row for row in found if row.user == self._user]
        self._records.take(rows)
        self._followed.update(whole_of(row) for row in rows if is_live(row))
        return amended(table, wholes, rows, keep_ended=True)

    async def __call__(self, before: Table | None) -> Table:
        meter = Meter(self._source, self._clock)
        # For a job that was just submitted, only its record shows that it is a long array.
        new = [i for i in self._fresh if self._records.get(i) is None]
        await self._records.read(new[: self._at_once], {})
        requested = self._wholes()
        states: dict[int, State]
        problem, states = await asyncio.gather(self._ask_accounting(), self._states(requested))
        states.update(await self._states(self._wholes() - requested))
        for array in self._long_arrays():
            row = self._accounted.get(array) or self._records.get(array)
            if row is not None:
                states[array] = (row.state, row.flags)
        # For finished jobs both agree, and accounting has the times.
        states = {i: state for i, state in states.items() if self._tells_more(i, state)}
        await self._read_unheard(states)
        self._follow(states)
        waiting = self._records.outdated(states)
        await self._records.read(waiting[: self._at_once], states)
        rows, changed = carry_over(before.rows if before else {}, self._rows(states))
        note = problem
        if len(waiting) > self._at_once:
            note += (
                f" The reasons of {len(waiting) - self._at_once} pending jobs are not loaded yet."
            )
        same = before is not None and not changed and before.note == note.strip()
        return Table(
            rows=rows,
            as_of=meter.begun,
            version=before.version if before is not None and same else new_version(),
            strategy=self.name,
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
            return "Accounting does not respond: jobs submitted elsewhere since then are missing."
        self._read_until = now
        ended = {
            i: row
            for i, row in self._accounted.items()
            if not is_live(row) and (row.end_time or 0) >= now - self._recent
        }
        # A job that was requeued has a record for each of its runs.
        found.sort(key=is_live)
        self._accounted = ended | {row.job_id: row for row in found}
        self._fresh = {
            i: at
            for i, at in self._fresh.items()
            if i not in self._accounted and now - at < self._recent
        }
        return ""

    def _wholes(self) -> set[int]:
        """What to ask slurmctld for: an array's number brings all of its tasks."""
        # Finished jobs are included while they can still be requeued.
        since = self._clock() - _REQUEUED_WITHIN
        requested = [
            row
            for row in self._accounted.values()
            if is_live(row) or "REQUEUED" in row.flags or (row.end_time or 0) >= since
        ]
        long = self._long_arrays()
        # Of a long array slurmctld would list every task: those that started are asked for.
        wholes = {row.job_id if whole_of(row) in long else whole_of(row) for row in requested}
        return (wholes | self._followed | set(self._fresh)) - long

    def _long_arrays(self) -> set[int]:
        fresh = [row for i in self._fresh if (row := self._records.get(i)) is not None]
        return {
            row.job_id
            for row in (*self._accounted.values(), *fresh)
            if is_live(row) and row.job_id == row.array_job_id and _is_long(row)
        }

    def _tells_more(self, job_id: int, state: State) -> bool:
        known = self._accounted.get(job_id)
        return state[0] in LIVE_STATES or known is None or is_live(known)

    async def _read_unheard(self, states: Mapping[int, State]) -> None:
        """Read what accounting knows nothing of, each array at once."""
        tried: set[int] = set()
        while True:
            unheard = [
                i
                for i in self._records.unknown(states)
                if i not in self._accounted and i not in self._fresh and i not in tried
            ]
            if not unheard:
                return
            one = unheard[0]
            tried.add(one)
            await self._records.read([one], states)
            row = self._records.get(one)
            if row is not None and (whole := whole_of(row)) not in tried:
                tried.add(whole)
                await self._records.read([whole], states)

    def _follow(self, states: Mapping[int, State]) -> None:
        """Remember arrays with live tasks: accounting may forget them before slurmctld does."""
        rows = [self._records.get(i) for i, state in states.items() if state[0] in LIVE_STATES]
        self._followed = {whole_of(row) for row in rows if row is not None}

    async def _states(self, job_ids: Iterable[int]) -> dict[int, State]:
        ids = sorted(job_ids)
        return dict(await self._source.states(ids)) if ids else {}

    def _rows(self, states: dict[int, State]) -> Iterable[JobSummary]:
        for job_id in sorted({*self._accounted, *self._fresh, *states}, reverse=True):
            accounted = self._accounted.get(job_id)
            state = states.get(job_id)
            record = self._records.get(job_id)
            if state is not None:
                row = record or accounted
                if row is not None:
                    yield with_state(row, state)
            elif accounted is not None and not is_live(accounted):
                yield accounted
            # Otherwise slurmctld has forgotten it and accounting does not have its end yet:
            # it is neither known to be running nor to be finished, and is left out until
            # one of them reports more.


def _is_long(row: JobSummary) -> bool:
    """Whether ``row`` stands for more tasks than are worth listing one by one."""
    tasks = row.array_tasks or ""
    return "..." in tasks or sum(len(some) for some in known_ranges(tasks)) > LONG_ARRAY


#: Jobs of one user that are read at once: 4 kB and 0.5 ms each.
AT_MOST = 2_000
#: Numbers in the samples. Those of the user cost 4 kB each from accounting.
_SIZES = (12, 40, 160, 500, 500, 500, 500, 500, 500, 500, 500)
#: For a sample without matches: the probability of more is 1 in 20.
_UNSEEN = 3.0


async def has_many(
    source: Source,
    user: str,
    among: Sequence[Sequence[int]],
    *,
    recent: int,
    chance: random.Random = CHANCE,
    clock: Callable[[], float] = time.time,
) -> bool:
    """Whether ``user`` has more than about :data:`AT_MOST` jobs, by samples.

    ``among`` are the numbers that jobs may have, such as the newest and the rest, each
    without the others'. Counts what lives or ended within ``recent`` seconds. Costs 1 kB
    and 5 ms for each sample of a user with few jobs, and 20 jobs of one with many.
    """
    since = int(clock()) - recent
    most = 0.0
    for numbers in among:
        tried = hits = 0
        for size in _SIZES:
            if len(numbers) > size:
                sample = sorted({numbers[chance.randrange(len(numbers))] for _ in range(size)})
            else:
                sample = list(numbers)
            if not sample:
                break
            requested = Accounted(users=[user], job_ids=sample, live_since=since)
            found = await source.accounted(requested)
            hits += len({row.job_id for row in found})
            tried += len(sample)
            weight = len(numbers) / tried
            if (hits - 2 * math.sqrt(hits)) * weight > AT_MOST:
                return True
            if len(sample) == len(numbers):
                tried, weight = len(numbers), 1.0
                break
            if (hits + _UNSEEN + 2 * math.sqrt(hits)) * weight + most <= AT_MOST:
                break
        if tried:
            most += hits * len(numbers) / tried
    return most > AT_MOST
