"""Filters on a long queue: accounting says which of its jobs match."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from jupyter_slurm_rest.slurm.models import JobSummary

from .filters import Filters, by_id, matching
from .index import Index
from .source import Accounted, Source, is_live
from .table import with_state

#: Records asked for at once, at first and at most. An id is 11 bytes of the request line.
FIRST_CHUNK, MAX_CHUNK = 500, 3_000
#: slurmdbd's record of one job is 4 kB and 0.5 ms: a chunk answers with at most 500 of
#: them while matches are frequent, and grows only while they are rare.
_RARE = 0.05


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
        size = FIRST_CHUNK
        while left and sum(i in self._matched for i in among) < enough:
            chunk, left = left[:size], left[size:]
            found = await self._source.accounted(self._asked(chunk))
            # Resized and requeued jobs have several records; slurmctld holds the live one.
            self._matched.update({row.job_id: row for row in found if is_live(row)})
            self._searched.update(chunk)
            size = min(MAX_CHUNK, size * 2) if len(found) < _RARE * len(chunk) else FIRST_CHUNK
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
