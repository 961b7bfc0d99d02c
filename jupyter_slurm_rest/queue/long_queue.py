"""Pages of a queue that is too long to be held: rows are read where somebody looks."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from jupyter_slurm_rest.slurm.errors import Unsupported
from jupyter_slurm_rest.slurm.models import JobSummary

from .filters import Filters, in_order
from .index import MAX_ROWS, Index, QueueIndex, ordered
from .pages import Page, PageQuery, Pages
from .search import Found, Search
from .source import Source
from .table import new_version

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
    #: Who asks for the same does not search the same once more.
    lock: asyncio.Lock


class LongQueue:
    """Cuts pages out of an :class:`Index`, reading only the rows that are on them."""

    def __init__(
        self,
        source: Source,
        plan: QueueIndex,
        pages: Pages,
        *,
        searches: int = 4,
        more: Callable[[str], None] = lambda view: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._plan = plan
        self._pages = pages
        self._most = searches
        self._more = more
        self._clock = clock
        self._searches: OrderedDict[Filters, _CachedSearch] = OrderedDict()
        #: What was shown last for each query, so that equal rows have equal versions.
        self._shown: OrderedDict[PageQuery, tuple[list[JobSummary], int, str]] = OrderedDict()

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
        shown = await self._plan.rows(index, chosen, accounting=accounting, accounted=accounted)
        if missing := len(chosen) - len(shown):
            note += f" {missing} jobs on this page are hidden from you or have just ended."
        note = f"{note} {_growth_note(index)}".strip()
        version = self._version(query, shown, total, note)
        page = self._pages.cut(
            shown, query=query, version=version, total=total, counts=counts, since=since
        )
        return page, note

    def matched(self, filters: Filters) -> list[JobSummary]:
        """What the search by ``filters`` has found so far, as accounting told it."""
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
        self._searches.move_to_end(filters)
        while len(self._searches) > self._most:
            self._searches.popitem(last=False)
        newest_first = query.sort in ("-id", "-job_id")
        enough = query.offset + query.limit + 1 if newest_first else _SORTABLE
        async with kept.lock:
            if not kept.search.begun and enough > _AT_FIRST:
                enough = _AT_FIRST
                # More can be had at once by whoever looks again.
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
        self._shown.move_to_end(query)
        while len(self._shown) > 4 * self._most:
            self._shown.popitem(last=False)
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
