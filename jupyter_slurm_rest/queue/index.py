"""The plan for "all jobs" of a long queue: ids and states of all, rows where one looks."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import msgspec

from jupyter_slurm_rest.slurm.errors import AccountingDown, InvalidRequest
from jupyter_slurm_rest.slurm.models import JobSummary

from .records import Records
from .source import Accounted, Meter, Source, State, is_live
from .table import new_version

#: Rows of one look: a screenful and a margin.
MAX_ROWS = 200
#: Records that one look reads in full. A site's rate limit lets a person ask slurmctld for
#: 30 things at once, and then for two a second.
_FULL_ROWS = 25
#: Seconds between two such readings, whoever looks.
_ROWS_EVERY = 5.0
#: Ids that one request for states names.
_IDS = 1_000
#: Seconds until all states are read again: numbers start anew some day.
_WHOLE_EVERY = 3_600.0
#: A job's number proper (``MAX_JOB_ID``); a federation puts the cluster's number above.
_ORIGIN_BITS = 26


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """Which jobs there are, and in which state; by record (``JobSummary.job_id``)."""

    states: Mapping[int, State]
    #: Newest first.
    newest: Sequence[int]
    #: As in :class:`~jupyter_slurm_rest.queue.Table`.
    as_of: float
    version: int
    seconds: float
    requests: int

    def counts(self) -> dict[str, int]:
        """Records per base state."""
        return dict(Counter(state for state, _ in self.states.values()))


class QueueIndex:
    """Never reads the queue's rows, only ``jobs/state``: 80 bytes and 27 us per job.

    20,000 jobs are 1.6 MB and 0.5 s, and 20 MB in the worker thread of slurmrestd that
    answers; it keeps them, and has up to twenty such threads. So all of it is asked for
    once (an hour): afterwards by id, a thousand at a time, which takes 0.2 s and lets no
    thread grow; jobs that came since have the numbers after the newest.

    Rows are read where somebody looks: one page at a time, at most :data:`MAX_ROWS`. A
    page comes from accounting in one request (4 kB and 0.4 ms a row); its rows are then
    read in full (``job/{id}``, 3 ms each), with their reasons, some with each look.
    ``jobs/state`` knows neither users nor submission times, so without a filter the list
    is in order of job numbers or states.
    """

    name = "index"
    cost = "ids and states of all jobs (80 bytes each), and full rows only where one looks"
    note = (
        "The queue is long: rows are read as you scroll, "
        "in order of job number or state; filter by user, account or partition to sort."
    )

    def __init__(
        self, source: Source, records: Records, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._source = source
        self._records = records
        self._clock = clock
        self._read_whole = -float("inf")
        self._read_rows = -float("inf")
        self._reading = asyncio.Lock()

    async def __call__(self, before: Index | None) -> Index:
        meter = Meter(self._source, self._clock)
        if before is None or self._clock() - self._read_whole >= _WHOLE_EVERY:
            states = dict(await self._source.states())
            self._read_whole = meter.begun
        else:
            states = await self._follow(before)
        same = before is not None and before.states == states
        return Index(
            states=before.states if before is not None and same else states,
            newest=before.newest if before is not None and same else sorted(states, reverse=True),
            as_of=meter.begun,
            version=before.version if before is not None and same else new_version(),
            seconds=meter.seconds,
            requests=meter.requests,
        )

    def amend(self, index: Index, wholes: Collection[int], found: Iterable[JobSummary]) -> Index:
        """``index`` after these jobs were read again."""
        rows = {row.job_id: row for row in found}
        self._records.take(rows.values())
        states = {i: state for i, state in index.states.items() if i in rows or i not in wholes}
        states.update({i: (row.state, row.flags) for i, row in rows.items()})
        # Also where only the rows are new, such as their reasons.
        return msgspec.structs.replace(
            index, states=states, newest=sorted(states, reverse=True), version=new_version()
        )

    async def rows(
        self, index: Index, job_ids: Sequence[int], *, accounting: bool = True
    ) -> list[JobSummary]:
        """The rows of these records; those that have left meanwhile are missing.

        However many ask at once, each record is read once.
        """
        states = {i: index.states[i] for i in job_ids[:MAX_ROWS] if i in index.states}
        async with self._reading:
            await self._read(states, accounting)
        rows = (self._records.get(job_id) for job_id in states)
        return [row for row in rows if row is not None]

    async def _read(self, states: Mapping[int, State], accounting: bool) -> None:
        unknown = self._records.unknown(states)
        most = max(_FULL_ROWS, len(unknown))
        if accounting and len(unknown) > _FULL_ROWS:
            # One question instead of a hundred: the page shows at once.
            with contextlib.suppress(AccountingDown):
                found = await self._source.accounted(Accounted(job_ids=unknown))
                self._records.stand_in(await self._visible(found, states), states)
                # What accounting does not tell is very new, or hidden from this person.
                most = _FULL_ROWS
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

    async def _follow(self, before: Index) -> dict[int, State]:
        """The states of jobs that are known, and of those that came since."""
        states: dict[int, State] = {}
        for begin in range(0, len(before.newest), _IDS):
            states.update(await self._source.states(before.newest[begin : begin + _IDS]))
        # In a federation each cluster counts on its own; the upper bits say which it is.
        newest: dict[int, int] = {}
        for job_id in (*before.newest, *states):
            origin = job_id >> _ORIGIN_BITS
            newest[origin] = max(job_id, newest.get(origin, 0))
        for last in newest.values():
            while True:
                came = await self._source.states(range(last + 1, last + 1 + _IDS))
                states.update(came)
                # Numbers are given out in order: none in a thousand means none at all.
                if not came:
                    break
                last = max(last + 1, *came)
        return states


def ordered(index: Index, states: frozenset[str], sort: str) -> Sequence[int]:
    """Records in these states (all, if empty), in the order ``sort``.

    Raises :exc:`InvalidRequest` for an order that needs the rows.
    """
    field, descending = sort.lstrip("-"), sort.startswith("-")
    if field not in ("id", "job_id", "state"):
        raise InvalidRequest(
            "sort",
            f"{len(index.states)} jobs are too many to be sorted by {field!r}.",
            advice="Filter by user, account, partition or name, or sort by job number or state.",
        )
    found: Sequence[int] = index.newest
    if states:
        found = [i for i in found if _in(index.states[i], states)]
    if field == "state":
        return sorted(found, key=lambda i: index.states[i][0], reverse=descending)
    return found if descending else found[::-1]


def _in(state: State, wanted: frozenset[str]) -> bool:
    return state[0] in wanted or not wanted.isdisjoint(state[1])
