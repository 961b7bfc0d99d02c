"""Rows of single jobs, read from slurmctld one by one and kept while they are true."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Mapping

import msgspec

from jupyter_slurm_rest.slurm.models import JobSummary

from .source import Source, State
from .table import same

#: Fewer split-off tasks than this are read one by one, more through their array.
_TASKS_ONE_BY_ONE = 3


class _Kept(msgspec.Struct):
    row: JobSummary
    state: State
    read_at: float


class Records:
    """A bounded cache of slurmctld's records, by ``JobSummary.job_id``.

    Cost: ``slurm/job/{id}``, 8-11 kB and 3 ms each. A row is true as long as
    ``jobs/state`` tells the state that the row was read with; a waiting job's reason,
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
        self._kept: OrderedDict[int, _Kept] = OrderedDict()

    def get(self, job_id: int) -> JobSummary | None:
        """The row as last read, however old."""
        kept = self._kept.get(job_id)
        return None if kept is None else kept.row

    def outdated(self, states: Mapping[int, State]) -> list[int]:
        """Which of these records must be read; those whose state changed come first."""
        now = self._clock()
        changed, aged = [], []
        for job_id, state in states.items():
            kept = self._kept.get(job_id)
            if kept is None or kept.state != state:
                changed.append(job_id)
            elif state[0] == "PENDING" and now - kept.read_at >= self._reread:
                aged.append((kept.read_at, job_id))
        return changed + [job_id for _, job_id in sorted(aged)]

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
            state = states.get(row.job_id, (row.state, tuple(row.flags)))
            kept = self._kept.get(row.job_id)
            if kept is not None and same(kept.row, row):
                row = kept.row
            self._kept[row.job_id] = _Kept(row, state, now)
            self._kept.move_to_end(row.job_id)
        if all(row.job_id != job_id for row in rows):
            self._kept.pop(job_id, None)
        while len(self._kept) > self._keep:
            self._kept.popitem(last=False)
