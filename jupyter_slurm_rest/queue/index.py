"""The strategy for all jobs of a long queue: ids and states of all, rows only of visible
pages.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import msgspec

from jupyter_slurm_rest.slurm.errors import AccountingDown, InvalidRequest
from jupyter_slurm_rest.slurm.jobs import CHANCE
from jupyter_slurm_rest.slurm.models import JobSummary

from .number_walk import NumberWalk
from .pages import new_version
from .records import Records
from .source import Accounted, Meter, Source, State, is_live

#: Rows per request: a screenful and a margin.
MAX_ROWS = 200
#: Records that one request reads in full. A site's rate limit lets a user ask slurmctld for
#: 30 things at once, and then for two a second.
_FULL_ROWS = 25
#: Seconds between two such readings, for all clients together.
_ROWS_EVERY = 5.0
#: Queues up to this long are read at once at first: 80 ms, and no number has to be guessed.
_WHOLE = 5_000
#: Jobs after which the first reading ends, because a client waits for the first page.
_FIRST = MAX_ROWS
#: Seconds of slurmrestd's time of each reading that follows until all are found, and how
#: many such readings may take together before the rest is found at the usual pace.
_SLICE, _AT_MOST = 0.25, 60.0


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """Which jobs there are, and in which state; by record (``JobSummary.job_id``)."""

    states: Mapping[int, State]
    #: Newest first.
    newest: Sequence[int]
    #: As in :class:`~jupyter_slurm_rest.queue.Table`.
    as_of: float
    version: int
    #: Of this reading and the previous ones that it continues.
    seconds: float
    requests: int
    #: Records per base state.
    counts: Mapping[str, int]
    #: The search for more jobs continues.
    growing: bool = False
    #: Pending and running jobs that slurmctld counts and that were not found yet.
    missing: int = 0


class QueueIndex:
    """Never reads the queue's rows, only states, and these by number: 15 us a job.

    slurmrestd's time for ``jobs/state`` of all grows with the square of the queue (150 s for
    100,000 jobs), so that is asked for once and up to ``whole_up_to`` jobs only. Others are
    found by number, see :class:`~.number_walk.NumberWalk`: the first reading ends with the
    newest jobs; the next follow one another quickly until all are found. From then on the
    known numbers are asked for again, and those above the newest.

    Rows are read only for requested pages, at most :data:`MAX_ROWS` at a time. A page comes
    from accounting in one request (4 kB and 0.4 ms a row); its rows are then read in full
    (``job/{id}``, 3 ms each), with their reasons, some with each look. ``jobs/state`` knows
    neither users nor submission times, so without a filter the list is in order of job
    numbers or states.
    """

    name = "index"
    cost = "IDs and states of all jobs (80 bytes each), and full rows only where you scroll"
    note = (
        "The queue is long, so rows are loaded as you scroll, sorted by job ID or state. To"
        " sort by other columns, filter by user, account or partition."
    )

    def __init__(
        self,
        source: Source,
        records: Records,
        *,
        clock: Callable[[], float] = time.time,
        whole_up_to: int = _WHOLE,
        chance: random.Random = CHANCE,
    ) -> None:
        self._whole_up_to = whole_up_to
        self._source = source
        self._records = records
        self._clock = clock
        self._walk = NumberWalk(source, chance=chance)
        self._read_rows = -float("inf")
        self._reading = asyncio.Lock()

    @property
    def newest(self) -> list[int]:
        """The newest number known of each cluster of a federation; empty: none is known."""
        return self._walk.newest

    async def find_newest(self, queue: int) -> None:
        """Find out what the newest number is, unless it is known; ``queue`` jobs are there."""
        if not self._walk.started:
            await (self._walk.read_whole() if queue <= self._whole_up_to else self._walk.start())

    def hint(self, numbers: Iterable[int]) -> None:
        """Numbers that Slurm has given out: the newest is not below them."""
        self._walk.hint(numbers)

    async def __call__(self, before: Index | None) -> Index:
        meter = Meter(self._source, self._clock)
        spent = before.seconds if before is not None and before.growing else 0.0
        diag = await self._source.diag()
        known = None not in (diag.jobs_pending, diag.jobs_running)
        expected = (diag.jobs_pending or 0) + (diag.jobs_running or 0) if known else None
        walk = self._walk
        if expected is not None and expected <= self._whole_up_to and not walk.started:
            await walk.read_whole()
            more = False
        elif before is None or not walk.started:
            await walk.start()
            more = await walk.read(expected, lambda: len(walk.states) >= _FIRST)
        elif before.growing:
            more = await walk.read(expected, lambda: meter.seconds >= _SLICE)
        else:
            await walk.follow()
            begun = meter.seconds
            more = await walk.read(expected, lambda: meter.seconds >= begun + _SLICE)
            if not more:
                await walk.read_singles(expected)
            # Jobs that are left after the first readings are found gradually.
            more = False
        seconds = spent + meter.seconds
        return await self._index(
            before,
            as_of=meter.begun,
            seconds=seconds,
            requests=meter.requests,
            growing=more and seconds < _AT_MOST,
            missing=0 if expected is None or walk.exhausted else max(0, expected - walk.live),
        )

    async def _index(
        self,
        before: Index | None,
        *,
        as_of: float,
        seconds: float,
        requests: int,
        growing: bool,
        missing: int,
    ) -> Index:
        states = self._walk.states
        if before is not None and before.states == states:
            version = before.version
            if (before.growing, before.missing) != (growing, missing):
                version = new_version()
            return msgspec.structs.replace(
                before,
                as_of=as_of,
                version=version,
                seconds=seconds,
                requests=requests,
                growing=growing,
                missing=missing,
            )
        # Each takes some milliseconds where there are a hundred thousand.
        states = dict(states)
        await asyncio.sleep(0)
        newest = sorted(states, reverse=True)
        await asyncio.sleep(0)
        return Index(
            states=states,
            newest=newest,
            as_of=as_of,
            version=new_version(),
            seconds=seconds,
            requests=requests,
            counts=_counts(states),
            growing=growing,
            missing=missing,
        )

    def amend(self, index: Index, wholes: Collection[int], found: Iterable[JobSummary]) -> Index:
        """``index`` after these jobs were read again."""
        rows = {row.job_id: row for row in found}
        self._records.take(rows.values())
        states = {i: state for i, state in index.states.items() if i in rows or i not in wholes}
        states.update({i: (row.state, row.flags) for i, row in rows.items()})
        self._walk.amend({i: states[i] for i in rows}, [i for i in wholes if i not in rows])
        # Also where only the rows are new, such as their reasons.
        return msgspec.structs.replace(
            index,
            states=states,
            newest=sorted(states, reverse=True),
            version=new_version(),
            counts=_counts(states),
        )

    async def rows(
        self,
        index: Index,
        job_ids: Sequence[int],
        *,
        accounting: bool = True,
        accounted: Sequence[JobSummary] = (),
    ) -> list[JobSummary]:
        """The rows of these records, without those that have left the queue meanwhile.

        Concurrent requests for a record share one reading. ``accounted`` are rows that
        accounting already returned.
        """
        states = {i: index.states[i] for i in job_ids[:MAX_ROWS] if i in index.states}
        async with self._reading:
            await self._read(states, accounting, accounted)
        rows = (self._records.get(job_id) for job_id in states)
        return [row for row in rows if row is not None]

    async def _read(
        self, states: Mapping[int, State], accounting: bool, accounted: Sequence[JobSummary]
    ) -> None:
        unknown = self._records.unknown(states)
        most = max(_FULL_ROWS, len(unknown))
        if accounting and len(unknown) > _FULL_ROWS:
            # One request instead of a hundred, so that the page shows at once.
            with contextlib.suppress(AccountingDown):
                new = set(unknown)
                found = [row for row in accounted if row.job_id in new]
                rest = new - {row.job_id for row in found}
                if rest:
                    found += await self._source.accounted(Accounted(job_ids=sorted(rest)))
                self._records.stand_in(await self._visible(found, states), states)
                # Jobs that accounting does not return are very new, or hidden from this
                # user.
                await self._records.read(self._records.unknown(states)[:_FULL_ROWS], states)
                # Reasons are read for the next request; this one shows the page.
                return
        needed = self._records.unknown(states)
        now = self._clock()
        if needed or now - self._read_rows >= _ROWS_EVERY:
            self._read_rows = now
            outdated = self._records.outdated(states)
            await self._records.read(outdated[:most], states)

    async def _visible(
        self, found: list[JobSummary], states: Mapping[int, State]
    ) -> list[JobSummary]:
        """Accounting's rows without those that slurmctld hides.

        Each has a ``PrivateData`` of its own. One job of somebody else tells whether
        slurmctld hides them: what lives it cannot have forgotten meanwhile.
        """
        me = await self._source.user()
        others = (row.job_id for row in found if row.user != me and is_live(row))
        probe = next(others, None)
        if probe is None:
            return found
        await self._records.read([probe], states)
        shown = self._records.get(probe) is not None
        return [row for row in found if row.user == me or (shown and row.job_id != probe)]


def _counts(states: Mapping[int, State]) -> dict[str, int]:
    return dict(Counter(state for state, _ in states.values()))


def ordered(index: Index, states: frozenset[str], sort: str) -> Sequence[int]:
    """Records in these states (all, if empty), in the order ``sort``.

    Raises :exc:`InvalidRequest` for an order that needs the rows.
    """
    field, descending = sort.lstrip("-"), sort.startswith("-")
    if field not in ("id", "job_id", "state"):
        raise InvalidRequest(
            "sort",
            f"{len(index.states)} jobs are too many to sort by {field!r}.",
            advice="Filter by user, account, partition or name, or sort by job ID or state.",
        )
    found: Sequence[int] = index.newest
    if states:
        found = [i for i in found if _in(index.states[i], states)]
    if field == "state":
        return sorted(found, key=lambda i: index.states[i][0], reverse=descending)
    return found if descending else found[::-1]


def _in(state: State, wanted: frozenset[str]) -> bool:
    return state[0] in wanted or not wanted.isdisjoint(state[1])
