"""The strategies for all jobs: the full list, and pages of a queue that is too long for it."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TypeVar

import msgspec
from cachetools import LRUCache

from jupyter_slurm_rest.slurm.errors import UnreadableResponse, Unsupported
from jupyter_slurm_rest.slurm.models import JobSummary

from .filters import Filters, by_id, in_order, matching
from .index import MAX_ROWS, Index, QueueIndex, ordered
from .pages import Page, PageQuery, Pages, Table, amended, carry_over, new_version, with_state
from .source import Accounted, Meter, Source, is_live

#: Records asked for at once, at first and at most; more take longer for each of them.
FIRST_CHUNK, MAX_CHUNK = 40, 1_000
#: The approximate number of jobs to request at once; a record of slurmdbd takes 4 kB and
#: 0.5 ms.
_TOLD = 100


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a search has found so far."""

    #: Newest first, as accounting knows them (no reasons, no expected starts).
    rows: list[JobSummary]
    #: Jobs that were searched, and how many there are in all.
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
            wanted = min(_TOLD, max(10, enough - matches))
            fitting = wanted * len(chunk) // max(1, len(found))
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


#: Matches that the first look waits for: 4 kB each.
_AT_FIRST = 32
#: Seconds until it is said that there are more of them.
_SOON = 0.3
#: Seconds that one look may spend on searching; the next look searches on.
_PATIENCE = 0.8
#: Matches that are found before they are sorted by anything but their number.
_SORTABLE = 5_000
#: Seconds after which a search starts again: partitions and names can be changed.
_RENEW = 600.0


_T = TypeVar("_T")


class _CachedSearch(msgspec.Struct):
    search: Search
    begun: float
    #: Clients with the same filters share a search.
    lock: asyncio.Lock


class LongQueue:
    """Cuts pages out of an :class:`Index` and reads only their rows."""

    def __init__(
        self,
        source: Source,
        strategy: QueueIndex,
        pages: Pages,
        *,
        searches: int = 4,
        more: Callable[[str], None] = lambda view: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._strategy = strategy
        self._pages = pages
        self._more = more
        self._clock = clock
        self._searches: LRUCache[Filters, _CachedSearch] = LRUCache(searches)
        #: What was shown last for each query, so that equal rows have equal versions.
        self._shown: LRUCache[PageQuery, tuple[list[JobSummary], int, str]] = LRUCache(4 * searches)

    async def page(
        self, index: Index, query: PageQuery, *, accounting: bool, since: str = ""
    ) -> tuple[Page, str]:
        """The page, and what it does not show in a sentence."""
        states = frozenset(state.upper() for state in query.filters.states)
        if query.filters.needs_rows():
            if not accounting:
                raise Unsupported(
                    "Filtering a long queue by anything but state",
                    "in use",
                    needs="accounting, which this cluster's slurmrestd does not serve",
                )
            found = await self._find(index, ordered(index, states, "-job_id"), query)
            accounted: Sequence[JobSummary]
            rows, counts = found.rows, dict(Counter(row.state for row in found.rows))
            if query.sort.lstrip("-") not in ("id", "job_id"):
                rows = in_order(rows, query.sort)
            elif not query.sort.startswith("-"):
                rows = rows[::-1]
            accounted = self._window(rows, query)
            chosen: Sequence[int] = [row.job_id for row in accounted]
            total = len(rows)
            note = _search_note(found, query)
        else:
            ids = ordered(index, states, query.sort)
            chosen, total, accounted = self._window(ids, query), len(ids), ()
            counts, note = dict(index.counts), QueueIndex.note
        shown = await self._strategy.rows(index, chosen, accounting=accounting, accounted=accounted)
        if missing := len(chosen) - len(shown):
            note += f" {missing} jobs on this page are hidden from you or have just ended."
        note = f"{note} {_growth_note(index)}".strip()
        version = self._version(query, shown, total, note)
        page = self._pages.cut(
            shown, query=query, version=version, total=total, counts=counts, since=since
        )
        return page, note

    def matched(self, filters: Filters) -> list[JobSummary]:
        """What the search by ``filters`` has found so far, from accounting."""
        kept = self._searches.get(filters)
        return [] if kept is None else kept.search.matched

    async def _find(self, index: Index, among: Sequence[int], query: PageQuery) -> Found:
        now = self._clock()
        # One search serves every choice of states.
        filters = msgspec.structs.replace(query.filters, states=frozenset())
        kept = self._searches.get(filters)
        if kept is None or now - kept.begun > _RENEW:
            kept = self._searches[filters] = _CachedSearch(
                Search(self._source, filters), now, asyncio.Lock()
            )
        newest_first = query.sort in ("-id", "-job_id")
        enough = query.offset + query.limit + 1 if newest_first else _SORTABLE
        async with kept.lock:
            if not kept.search.begun and enough > _AT_FIRST:
                enough = _AT_FIRST
                # The next request can return more at once.
                asyncio.get_running_loop().call_later(_SOON, self._more, query.view)
            return await kept.search.find(
                index, among, enough=enough, hurry=lambda: self._clock() - now > _PATIENCE
            )

    @staticmethod
    def _window(rows: Sequence[_T], query: PageQuery) -> Sequence[_T]:
        return rows[query.offset : query.offset + min(query.limit, MAX_ROWS)]

    def _version(self, query: PageQuery, rows: list[JobSummary], total: int, note: str) -> int:
        before = self._shown.get(query)
        same = (
            before is not None
            and before[2] == f"{total} {note}"
            and len(before[0]) == len(rows)
            and all(old is new for old, new in zip(before[0], rows, strict=True))
        )
        version = before[1] if before is not None and same else new_version()
        self._shown[query] = (rows, version, f"{total} {note}")
        return version


#: Jobs that come and go between two counts of slurmctld's, which are half a minute apart.
_PASSING = 0.01


def _growth_note(index: Index) -> str:
    if not index.growing and index.missing <= max(10, _PASSING * len(index.states)):
        return ""
    found = len(index.states)
    return f"{found} jobs found so far; searching for about {index.missing} more."


def _search_note(found: Found, query: PageQuery) -> str:
    note = ""
    if not found.complete:
        note = (
            f"Searched the newest {found.searched} of {found.total} jobs so far. Scroll or"
            " refresh to search more."
        )
    if query.filters.partitions:
        note += " Jobs that are pending in several partitions cannot be found by partition."
    return note.strip()


class QueueDump:
    """Every job that slurmctld holds, in one response.

    Cost: 8 kB and up to 0.9 ms of slurmrestd per job (5,000 jobs: 40 MB, 3-4 s), and up to
    0.5 MB of its memory per thousand jobs and dump, which it does not give back. So it is
    for queues under ``max_jobs_dump``; on longer ones only where an API version before
    v0.0.40, or a cluster without accounting, leaves no other way.

    When nothing changed, ``update_time`` makes it 3 ms and an empty response. Versions
    before v0.0.40 do not tell when the last change was; there slurmctld's own clock, read
    from ``diag`` just before the dump, stands in for it.
    """

    name = "dump"
    cost = "the whole queue in one response: 8 kB and up to 0.9 ms of slurmrestd's time per job"

    def __init__(
        self,
        source: Source,
        *,
        tells_last_update: bool,
        note: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._source = source
        self._tells_last_update = tells_last_update
        self._note = note
        self._clock = clock

    def amend(self, table: Table, wholes: Collection[int], found: Iterable[JobSummary]) -> Table:
        """``table`` after these jobs were read again."""
        return amended(table, wholes, found, keep_ended=False)

    async def __call__(self, before: Table | None) -> Table:
        meter = Meter(self._source, self._clock)
        asked_at = None if self._tells_last_update else (await self._source.diag()).asked_at
        dump = await self._source.dump(before.last_update if before else None)
        if dump is None:
            # In response to an update_time, which came from a table.
            if before is None:
                raise UnreadableResponse(
                    "slurmrestd reported no changes, although no time was given."
                )
            return msgspec.structs.replace(
                before, as_of=meter.begun, seconds=meter.seconds, requests=meter.requests
            )
        rows, changed = carry_over(before.rows if before else {}, dump.rows)
        return Table(
            rows=rows,
            as_of=meter.begun,
            version=before.version if before and not changed else new_version(),
            strategy=self.name,
            note=f"{self._note} {_strangers(rows.values())}".strip(),
            seconds=meter.seconds,
            requests=meter.requests,
            last_update=dump.last_update if self._tells_last_update else asked_at,
        )


def _strangers(rows: Iterable[JobSummary]) -> str:
    count = sum(row.user.isdigit() for row in rows)
    if not count:
        return ""
    return f"{count} jobs have no user name, because slurmrestd's host does not know the user."
