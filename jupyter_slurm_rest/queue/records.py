"""Rows of single jobs, read one by one and cached, and what changed between two readings."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

import msgspec

from jupyter_slurm_rest.slurm.models import JobSummary

from .pages import Table, same, with_state
from .source import Source, State

#: Fewer separate tasks than this are read one by one, more through their array.
_TASKS_ONE_BY_ONE = 3


class _CachedRecord(msgspec.Struct):
    row: JobSummary
    state: State
    #: Never, if it is a row of accounting in place of slurmctld's.
    read_at: float

    @property
    def stand_in(self) -> bool:
        return self.read_at == _NEVER


_NEVER = -float("inf")


class Records:
    """A bounded cache of slurmctld's records, by ``JobSummary.job_id``.

    Cost: ``slurm/job/{id}``, 8-11 kB and 3 ms each. A row is valid as long as
    ``jobs/state`` reports the state that the row was read with; a waiting job's reason,
    priority and expected start change without that, so it is read again after ``reread``
    seconds. ``width`` requests run at once.
    """

    def __init__(
        self,
        source: Source,
        *,
        keep: int = 5_000,
        reread: float = 60.0,
        width: int = 2,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._keep = keep
        self._reread = reread
        self._width = asyncio.Semaphore(width)
        self._clock = clock
        self._kept: OrderedDict[int, _CachedRecord] = OrderedDict()
        #: Jobs that slurmctld did not return: ``jobs/state`` lists even jobs that
        #: PrivateData hides.
        self._absent: OrderedDict[int, float] = OrderedDict()

    def get(self, job_id: int) -> JobSummary | None:
        """The row as last read, however old."""
        kept = self._kept.get(job_id)
        return None if kept is None else kept.row

    def outdated(self, states: Mapping[int, State]) -> list[int]:
        """Which of these records must be read; those whose state changed come first."""
        changed = self.unknown(states)
        new = set(changed)
        now = self._clock()
        aged: list[tuple[float, bool, int, int]] = []
        for place, (job_id, state) in enumerate(states.items()):
            if job_id in new or job_id not in self._kept:
                continue
            kept, waits = self._kept[job_id], state[0] == "PENDING"
            if kept.stand_in or (waits and now - kept.read_at >= self._reread):
                aged.append((kept.read_at, not waits, place, job_id))
        return changed + [job_id for *_, job_id in sorted(aged)]

    def unknown(self, states: Mapping[int, State]) -> list[int]:
        """Which of these records have no row that is valid for their state."""
        return [
            job_id
            for job_id, state in states.items()
            if ((kept := self._kept.get(job_id)) is None or kept.state != state)
            and self._clock() - self._absent.get(job_id, _NEVER) >= self._reread
        ]

    def stand_in(self, rows: Iterable[JobSummary], states: Mapping[int, State]) -> None:
        """Show accounting's rows until slurmctld's own are read: they have no reasons."""
        for row in rows:
            state = states.get(row.job_id)
            if state is not None:
                seen = with_state(row, state)
                self._keep_row(_CachedRecord(seen, state, _NEVER))

    def take(self, rows: Iterable[JobSummary]) -> None:
        """Rows that slurmctld has just given elsewhere."""
        for row in rows:
            self._keep_row(_CachedRecord(row, (row.state, row.flags), self._clock()))

    async def read(self, job_ids: Iterable[int], states: Mapping[int, State]) -> None:
        """Read these records; those that slurmctld no longer has are dropped."""
        groups: defaultdict[int, list[int]] = defaultdict(list)
        for job_id in job_ids:
            kept = self._kept.get(job_id)
            groups[(kept and kept.row.array_job_id) or job_id].append(job_id)
        targets: list[int] = []
        for first, members in groups.items():
            whole = first in members or len(members) > _TASKS_ONE_BY_ONE
            targets.extend([first] if whole else members)
        await asyncio.gather(*(self._read_one(target, states) for target in targets))

    async def _read_one(self, job_id: int, states: Mapping[int, State]) -> None:
        async with self._width:
            rows = await self._source.records(job_id)
        now = self._clock()
        for row in rows:
            state = states.get(row.job_id, (row.state, row.flags))
            self._keep_row(_CachedRecord(row, state, now))
        if all(row.job_id != job_id for row in rows):
            self._kept.pop(job_id, None)
            self._absent[job_id] = now
            while len(self._absent) > self._keep:
                self._absent.popitem(last=False)

    def _keep_row(self, new: _CachedRecord) -> None:
        job_id = new.row.job_id
        old = self._kept.get(job_id)
        if old is not None and same(old.row, new.row):
            new.row = old.row
        self._kept[job_id] = new
        self._kept.move_to_end(job_id)
        while len(self._kept) > self._keep:
            self._kept.popitem(last=False)


#: The most transitions kept of one reading. If more happened, clients are only told that
#: the queue changed.
MOST = 200
#: Readings whose transitions are kept; usually several minutes.
KEPT = 50


class Transition(msgspec.Struct, frozen=True):
    """A job appeared, or its state changed. ``before`` is ``None`` for a job not seen yet."""

    before: str | None
    job: JobSummary


def transitions(before: Table | None, after: Table) -> Iterator[Transition]:
    """Transitions between two tables of one view; empty for the first table.

    A job that disappeared is not a transition, because this does not tell how it ended.
    """
    if before is None:
        return
    # By record, because the id of an array's pending tasks changes with each task that
    # starts.
    known = {row.job_id: row.state for row in before.rows.values()}
    for row in after.rows.values():
        state = known.get(row.job_id)
        if state != row.state:
            yield Transition(state, row)


class Transitions:
    """Transitions found by the last readings of the user's jobs."""

    def __init__(self) -> None:
        #: The time of each reading, and its transitions.
        self._found: deque[tuple[float, list[Transition]]] = deque(maxlen=KEPT)

    def add(self, before: Table | None, after: Table) -> None:
        """Store the transitions between two readings."""
        found = list(transitions(before, after))
        if 0 < len(found) <= MOST:
            self._found.append((after.as_of, found))

    def since(self, as_of: float) -> list[Transition]:
        """Transitions found by the reading of that time and later ones, oldest first."""
        return [one for at, found in self._found if at >= as_of for one in found]


class EventEmitter(Protocol):
    """Receives a watcher's notifications; the server emits them as Jupyter events."""

    def queue_changed(self, scope: str, as_of: float) -> None:
        """The list ``scope`` (``mine`` or ``all``) has changed."""

    def trouble(self, error: Exception | None) -> None:
        """Readings began to fail with ``error``, or (``None``) work again."""


class NoEvents:
    """Ignores all notifications."""

    def queue_changed(self, scope: str, as_of: float) -> None: ...

    def trouble(self, error: Exception | None) -> None: ...
