"""Filters on a long queue: accounting says which of its jobs match."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from jupyter_slurm_rest.slurm.models import JobSummary

from .filters import Filters, by_id, matching
from .index import Index
from .source import Accounted, Source, is_live
from .table import with_state

#: Records asked for at once, at first and at most; more take longer for each of them.
FIRST_CHUNK, MAX_CHUNK = 40, 1_000
#: slurmdbd's record of one job is 4 kB and 0.5 ms: so many are to be told at once, about.
_TOLD = 100


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a search has found so far."""

    #: Newest first, as accounting knows them (no reasons, no expected starts).
    rows: list[JobSummary]
    #: Jobs that were looked at, and how many there are to be looked at.
    searched: int
    total: int

    @property
    def complete(self) -> bool:
        return self.searched >= self.total


class Search:
    """The jobs of a long queue that match ``filters`` (states aside), newest first.

    slurmrestd has no paging and accounting may match anything from none to all of the
    queue, so the queue's ids are asked for in chunks (``slurmdb/jobs?step=...`` with the
    filters): 1,000 ids without a match are 0.7 kB and 9 ms, each match is 4 kB and 0.5 ms.
    Users, accounts and names do not change, so later only new ids are asked for; a job
    whose partition was changed is found again after ``forget()``.
    """

    def __init__(self, source: Source, filters: Filters) -> None:
        self._source = source
        self._filters = msgspec.structs.replace(filters, states=frozenset())
        self._matched: dict[int, JobSummary] = {}
        self._searched: set[int] = set()
        self._size = FIRST_CHUNK

    @property
    def begun(self) -> bool:
        """Whether anything was searched."""
        return bool(self._searched)

    @property
    def matched(self) -> list[JobSummary]:
        """Every match so far."""
        return list(self._matched.values())

    def forget(self) -> None:
        """Search everything again."""
        self._matched.clear()
        self._searched.clear()

    async def find(
        self,
        index: Index,
        among: Sequence[int],
        *,
        enough: int,
        hurry: Callable[[], bool] = lambda: False,
    ) -> Found:
        """Search the records ``among``, newest first, that are not yet searched.

        Until ``enough`` of them match, all are searched, or ``hurry()``.
        """
        self._searched.intersection_update(index.states)
        self._matched = {i: row for i, row in self._matched.items() if i in index.states}
        left = [i for i in among if i not in self._searched]
        matches = sum(i in self._matched for i in among)
        while left and matches < enough:
            chunk, left = left[: self._size], left[self._size :]
            found = await self._source.accounted(self._asked(chunk))
            # Resized and requeued jobs have several records; slurmctld holds the live one,
            # or one that ended a moment ago.
            found.sort(key=is_live)
            new = {row.job_id: row for row in found if row.job_id in index.states}
            matches += len(new.keys() - self._matched.keys())
            self._matched.update(new)
            self._searched.update(chunk)
            told = min(_TOLD, max(10, enough - matches))
            fitting = told * len(chunk) // max(1, len(found))
            self._size = max(10, min(fitting, 3 * self._size, MAX_CHUNK))
            if hurry():
                break
        rows = [with_state(self._matched[i], index.states[i]) for i in among if i in self._matched]
        rows = matching(rows, self._filters)
        rows.sort(key=by_id, reverse=True)
        return Found(rows=rows, searched=len(among) - len(left), total=len(among))

    def _asked(self, chunk: list[int]) -> Accounted:
        f = self._filters
        return Accounted(
            users=sorted(f.users),
            accounts=sorted(f.accounts),
            partitions=sorted(f.partitions),
            names=sorted(f.names),
            job_ids=chunk,
        )
