"""A table of jobs, and pages of it for the browser: sorted, filtered, cut, sent as differences.

A reader names the version it has (``since``); it then gets only the rows that are new or
changed, where they stand now, and the ids that left. Unchanged pages are a 304.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec
from cachetools import LRUCache

from jupyter_slurm_rest.slurm.models import JobSummary

from .filters import Filters, in_order, matching
from .responses import Delta
from .source import LIVE_STATES, State

#: Fields that change with every look at the clock; a row is not new because of them.
#: Clients compute the elapsed time of a running job from ``running_since``.
CLOCKWORK = ("elapsed",)


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of one view at one time. Immutable: readers may keep it while it is replaced."""

    #: By :attr:`JobSummary.id`, in the order of the response. A row that did not change is
    #: the same object as in the table before: so two tables are compared by identity.
    rows: Mapping[str, JobSummary]
    #: Seconds since the epoch: when the reading began.
    as_of: float
    #: From :func:`new_version`: another one whenever any row changed.
    version: int
    #: Name of the strategy.
    strategy: str = ""
    #: What this table does not show, in a sentence; empty when it shows everything.
    note: str = ""
    #: What the reading cost slurmrestd: seconds and number of requests.
    seconds: float = 0.0
    requests: int = 0
    #: Slurm's own time of the last change, to be sent as ``update_time``.
    last_update: int | None = None
    #: Always whole.
    growing: bool = False


_versions = itertools.count(1)


def new_version() -> int:
    """A number that no table of this process had; later ones are larger."""
    return next(_versions)


def carry_over(
    old: Mapping[str, JobSummary], new: Iterable[JobSummary]
) -> tuple[dict[str, JobSummary], bool]:
    """``new`` by id, with unchanged rows taken from ``old``; and whether anything changed."""
    rows: dict[str, JobSummary] = {}
    changed = False
    for row in new:
        before = old.get(row.id)
        if before is not None and same(before, row):
            rows[row.id] = before
        else:
            rows[row.id] = row
            changed = True
    return rows, changed or len(rows) != len(old)


def amended(
    table: Table, wholes: Collection[int], found: Iterable[JobSummary], *, keep_ended: bool
) -> Table:
    """``table`` after the jobs and arrays ``wholes`` were read again: ``found`` is all of them.

    ``keep_ended``: rows of tasks that ended stay, though slurmctld may have forgotten them.
    """
    new = {row.job_id: row for row in found}
    rows = {
        row.id: row
        for row in table.rows.values()
        if row.job_id not in new
        and (whole_of(row) not in wholes or (keep_ended and row.state not in LIVE_STATES))
    }
    before = {row.job_id: row for row in table.rows.values()}
    for row in new.values():
        old = before.get(row.job_id)
        rows[row.id] = old if old is not None and same(old, row) else row
    unchanged = len(rows) == len(table.rows) and all(
        table.rows.get(name) is row for name, row in rows.items()
    )
    if unchanged:
        return table
    return msgspec.structs.replace(table, rows=rows, version=new_version())


def whole_of(row: JobSummary) -> int:
    """The number under which slurmctld gives a job with all that belongs to it."""
    return row.array_job_id or row.het_job_id or row.job_id


def same(one: JobSummary, other: JobSummary) -> bool:
    """Whether two rows say the same, the clock aside."""
    if one == other:
        return True
    return all(getattr(one, name) == getattr(other, name) for name in _COMPARED)


_COMPARED = tuple(name for name in JobSummary.__struct_fields__ if name not in CLOCKWORK)


def with_elapsed(row: JobSummary, now: float) -> JobSummary:
    """``row`` with the time that its job has run ``now``: it may have been read long ago."""
    if row.running_since is None:
        return row
    return msgspec.structs.replace(row, elapsed=max(0, int(now) - row.running_since))


def with_state(row: JobSummary, state: State) -> JobSummary:
    """``row`` in ``state``: slurmctld's state wins over a row that was read at another moment."""
    if (row.state, row.flags) == state:
        return row
    if state[0] == "PENDING" and row.start_time is not None:
        # Requeued: the times are those of its last run.
        row = msgspec.structs.replace(
            row, start_time=None, end_time=None, elapsed=None, exit_code=None, nodes=""
        )
    since = row.running_since if state[0] == "RUNNING" else None
    return msgspec.structs.replace(row, state=state[0], flags=state[1], running_since=since)


#: Sorting more rows than this would be felt by the kernels that share the event loop.
_SORT_HERE = 2_000


class PageQuery(msgspec.Struct, frozen=True):
    """Which page of which view."""

    view: str
    filters: Filters
    sort: str
    offset: int
    limit: int


class Page(msgspec.Struct, frozen=True):
    """Rows of one page; with ``delta``, only those that the reader does not have."""

    version: str
    rows: list[JobSummary]
    total: int
    #: By base state, of what matches all filters but that of the states.
    counts: dict[str, int]
    delta: Delta | None


class _Sorted(msgspec.Struct):
    """A table's rows by id, which every other order begins with."""

    table: Table
    rows: list[JobSummary]


class _Selection(msgspec.Struct):
    table: Table
    rows: list[JobSummary]
    counts: dict[str, int]


class Pages:
    """Cuts pages, and remembers recent ones in order to send differences."""

    def __init__(self, *, selections: int = 8, sent: int = 64) -> None:
        #: Versions of another run of this server mean nothing to this one.
        self._run = secrets.token_hex(4)
        self._selections: LRUCache[tuple[str, Filters, str], _Selection] = LRUCache(selections)
        self._sorted: dict[str, _Sorted] = {}
        self._sent: LRUCache[str, tuple[JobSummary, ...]] = LRUCache(sent)

    async def page(self, table: Table, query: PageQuery, *, since: str = "") -> Page:
        """The page of ``table`` that ``query`` asks for."""
        selection = await self._select(table, query)
        return self.cut(
            selection.rows[query.offset : query.offset + query.limit],
            query=query,
            version=table.version,
            total=len(selection.rows),
            counts=selection.counts,
            since=since,
        )

    def cut(
        self,
        rows: Sequence[JobSummary],
        *,
        query: PageQuery,
        version: int,
        total: int,
        counts: dict[str, int],
        since: str = "",
    ) -> Page:
        """A page of these rows, as a difference where the version ``since`` is remembered.

        ``version`` grows whenever a row of the view changes.
        """
        name = self._version(query, version, rows)
        before = self._sent.get(since) if since else None
        delta = _difference(since, before, rows) if before is not None else None
        self._sent[name] = tuple(rows)
        shown = list(rows) if delta is None else [rows[at] for at in delta.at]
        return Page(name, shown, total, counts, delta)

    async def _select(self, table: Table, query: PageQuery) -> _Selection:
        key = (query.view, query.filters, query.sort)
        known = self._selections.get(key)
        if known is None or known.table.version != table.version or _by_clock(query):
            if len(table.rows) > _SORT_HERE:
                known = await asyncio.to_thread(self._choose, table, query)
            else:
                known = self._choose(table, query)
            self._selections[key] = known
        return known

    def _choose(self, table: Table, query: PageQuery) -> _Selection:
        by_id = self._sorted.get(query.view)
        if by_id is None or by_id.table.version != table.version:
            by_id = _Sorted(table, in_order(list(table.rows.values()), "id"))
            self._sorted[query.view] = by_id
        filters = query.filters
        # How many there are in each state, so that a user can choose among the states.
        anyhow = matching(by_id.rows, msgspec.structs.replace(filters, states=frozenset()))
        counts = dict(Counter(row.state for row in anyhow))
        rows = matching(anyhow, Filters(states=filters.states))
        return _Selection(table, in_order(rows, query.sort, by_id_already=True), counts)

    def _version(self, query: PageQuery, version: int, rows: Sequence[JobSummary]) -> str:
        """No two queries and no two runs of this server ever share a version."""
        order = [row.id for row in rows] if _by_clock(query) else []
        content = repr((self._run, query, version, order)).encode()
        return hashlib.blake2b(content, digest_size=12).hexdigest()


def _by_clock(query: PageQuery) -> bool:
    """Whether rows change places while none of them changes: running jobs overtake others."""
    return query.sort.lstrip("-") == "elapsed"


def _difference(
    since: str, before: Sequence[JobSummary], now: Sequence[JobSummary]
) -> Delta | None:
    """``None`` when rows that did not change changed places: then the page is sent whole."""
    had = {row.id: row for row in before}
    at = [place for place, row in enumerate(now) if had.get(row.id) is not row]
    new = set(at)
    kept = [row.id for place, row in enumerate(now) if place not in new]
    staying = set(kept)
    if [row.id for row in before if row.id in staying] != kept:
        return None
    # A row that changed is taken out and put in again, like a new one.
    present = {row.id for row in now}
    removed = [row.id for row in before if row.id not in present]
    return Delta(since=since, removed=removed, at=at)
