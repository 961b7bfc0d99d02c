"""The one watcher that a server (or a hub) has for each cluster, shared by all clients."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Literal

import msgspec

from jupyter_slurm_rest.slurm.errors import SlurmError
from jupyter_slurm_rest.slurm.jobs import smallest
from jupyter_slurm_rest.slurm.models import Job, JobSummary

from .filters import Filters
from .index import Index, QueueIndex
from .long_queue import LongQueue, QueueDump
from .my_jobs import AT_MOST, RECENT, MyJobs, has_many
from .pages import Page, PageQuery, Pages, Table, with_state
from .poller import PollInterval, Seen, View
from .records import EventEmitter, Records, Transition, Transitions
from .source import Source
from .strategy import Choice, Conditions, ConditionsCache, for_all, for_mine

Scope = Literal["mine", "all"]

#: Jobs and arrays that are read again by themselves after a change; the newest of more.
_CATCH_UP = 25
#: Seconds that it is believed whether the user has many jobs, while the queue hardly grows.
_COUNTED = 600.0


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a site may set."""

    #: Longer queues are never read as a whole where there is another way.
    max_jobs_dump: int = 5_000
    #: The share of slurmrestd's time that one server may take.
    share: float = 0.05
    #: Seconds between two readings, at least and at most.
    shortest: float = 5.0
    longest: float = 600.0
    #: Seconds that a request keeps the watcher polling.
    lease: float = 90.0
    #: Different lists (filters, order) that are looked at, about so many at the same time.
    lists: int = 8


class _Counted(msgspec.Struct, frozen=True):
    until: float
    #: Jobs in the queue then.
    queue: int
    many: bool


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """A page, and its metadata."""

    page: Page
    #: Seconds since the epoch: when Slurm was asked.
    as_of: float
    stale: bool
    strategy: str
    #: What is not shown, and why it is stale; otherwise empty.
    note: str


class Watcher:
    """Reads one cluster's queue for all clients of this server.

    Each of its views (my jobs, the dump, the index) is read by one task at a time, and only
    while there are readers; changes are announced.
    """

    def __init__(self, source: Source, events: EventEmitter, settings: Settings) -> None:
        self._source = source
        self._events = events
        self._settings = settings
        self._pages = Pages(selections=settings.lists, sent=8 * settings.lists)
        self._begin()

    def _begin(self) -> None:
        source = self._source
        self._conditions = ConditionsCache(source, self._settings.max_jobs_dump)
        self._choices: dict[Scope, Choice] = {}
        self._transitions = Transitions()
        #: The user of the view "mine", once it was requested.
        self._user = ""
        self._mine: View[Table] | None = None
        self._dump: View[Table] | None = None
        self._my_jobs: MyJobs | None = None
        #: Submitted before anybody looked at my jobs; those long since accounting knows.
        self._unseen: deque[int] = deque(maxlen=200)
        #: Ids of jobs and arrays that the user changed and that must be read again.
        self._touched: set[int] = set()
        self._catching_up = asyncio.Lock()
        #: Whether the user has too many jobs to request at once, as last counted.
        self._counted: _Counted | None = None
        self._counting = asyncio.Lock()
        strategy = self._queue_index = QueueIndex(source, Records(source))
        self._dumping: QueueDump | None = None
        self._index: View[Index] = self._view(strategy, self._index_changed)
        searches = max(1, self._settings.lists // 2)
        self._long = LongQueue(
            source,
            strategy,
            self._pages,
            searches=searches,
            more=lambda view: self._events.queue_changed(view, time.time()),
        )

    async def page(
        self,
        scope: Scope,
        filters: Filters,
        *,
        sort: str = "-job_id",
        offset: int = 0,
        limit: int = 100,
        since: str = "",
        fresh: bool = False,
    ) -> Look:
        """A page of the queue; with ``since`` as a difference to that version.

        With ``fresh``, Slurm is read now, even if the last reading is recent.

        Raises ``SlurmError`` while nothing could be read yet, and ``InvalidRequest`` for an
        order that this queue is too long for.
        """
        choice = await self.choice(scope)
        if scope == "mine" and choice.strategy != "mine":
            user = await self._source.user()
            filters = msgspec.structs.replace(filters, users=frozenset({user}))
            self._user = user
        query = PageQuery(scope, filters, sort, offset, limit)
        await self._catch_up()
        if choice.strategy == "index":
            seen = await self._index.look(fresh=fresh)
            accounting = (await self._conditions.now()).accounting
            page, note = await self._long.page(
                seen.value, query, accounting=accounting, since=since
            )
            return _look(page, seen, choice, note)
        view = await self._table_view(choice)
        looked = await view.look(fresh=fresh)
        page = await self._pages.page(looked.value, query, since=since)
        return _look(page, looked, choice, looked.value.note)

    async def state(self) -> tuple[Seen[Any], Choice]:
        """Everybody's queue as it is read, without a page of it; a look like any other."""
        choice = await self.choice("all")
        view = self._index if choice.strategy == "index" else await self._table_view(choice)
        return await view.look(), choice

    async def choice(self, scope: Scope) -> Choice:
        """The strategy of a view, and why."""
        conditions = await self._conditions.now()
        before = self._choices.get(scope)
        now = before.strategy if before else ""
        if scope == "mine":
            choice = for_mine(conditions, now)
            if (
                choice.strategy == "mine"
                and conditions.may_have_many()
                and await self._many(conditions)
            ):
                choice = for_mine(conditions, now, many=True)
        else:
            choice = for_all(conditions, now)
        self._choices[scope] = choice
        return choice

    async def _many(self, here: Conditions) -> bool:
        """Whether the user has too many jobs to ask accounting for all of them."""
        async with self._counting:
            known, queue = self._counted, here.queue or 0
            if known is None or time.monotonic() >= known.until or queue > known.queue + AT_MOST:
                many = await has_many(
                    self._source,
                    await self._source.user(),
                    await self._numbers(queue),
                    recent=RECENT,
                )
                known = self._counted = _Counted(time.monotonic() + _COUNTED, queue, many)
            return known.many

    async def _numbers(self, queue: int) -> list[Sequence[int]]:
        """Numbers that jobs have, or may have: the likely ones apart from the others."""
        index = self._index.value
        if index is not None and not (index.growing or index.missing):
            return [index.newest]
        await self._queue_index.find_newest(queue)
        ranges: list[Sequence[int]] = []
        for newest in self._queue_index.newest:
            first = smallest(newest)
            likely = max(first, newest - 2 * queue)
            ranges += [range(likely, newest + 1), range(first, likely)]
        return ranges

    @property
    def dumped(self) -> Table | None:
        """The whole queue as last read; ``None`` where it never was."""
        return self._dump.value if self._dump is not None else None

    def transitions(self, since: float) -> list[Transition]:
        """What happened to the user's jobs in the readings since then."""
        return self._transitions.since(since)

    def submitted(self, job_ids: Collection[int]) -> None:
        """The user submitted these: show them now, not when accounting knows."""
        if self._my_jobs is not None:
            self._my_jobs.expect(job_ids)
        else:
            self._unseen.extend(job_ids)
        self._queue_index.hint(job_ids)
        self.acted(job_ids)

    def acted(self, job_ids: Iterable[int] = ()) -> None:
        """The user changed these jobs and arrays: every list shows it at the next look.

        Their own list is also read at once, the expensive ones as usual.
        """
        self._touched.update(job_ids)
        if self._mine is not None:
            self._mine.hurry()

    def learn(self, job: Job) -> None:
        """Somebody looked at one job: no list shows it as it was before."""
        in_queue = "slurmctld" in job.sources
        row = JobSummary(**{name: getattr(job, name) for name in JobSummary.__struct_fields__})

        def news(table: Table | None) -> bool:
            rows = table.rows if table is not None else {}
            old = next((one for one in rows.values() if one.job_id == row.job_id), None)
            # Other fields may differ because only one of the daemons reports them.
            return old is not None and _told(old) != _told(row)

        wholes = {row.job_id}
        if self._mine is not None and (mine := self._my_jobs) and news(self._mine.value):
            self._mine.amend(lambda table: mine.amend(table, wholes, [row]))
        if self._dump is not None and (dump := self._dumping) and news(self._dump.value):
            rows = [row] if in_queue else []
            self._dump.amend(lambda table: dump.amend(table, wholes, rows))

    async def _catch_up(self) -> None:
        """Read what the user changed, before a list is shown that does not know of it."""
        async with self._catching_up:
            touched, self._touched = sorted(self._touched, reverse=True)[:_CATCH_UP], set()
            if not touched or not any(view.value for view in self._views()):
                return
            try:
                read = await asyncio.gather(*(self._source.records(one) for one in touched))
            except SlurmError:
                # The list's own reading says what is wrong.
                return
            found, wholes = [row for rows in read for row in rows], set(touched)
            index = self._queue_index
            self._index.amend(lambda value: index.amend(value, wholes, found))
            if self._mine is not None and (mine := self._my_jobs) is not None:
                self._mine.amend(lambda value: mine.amend(value, wholes, found))
            if self._dump is not None and (dump := self._dumping) is not None:
                self._dump.amend(lambda value: dump.amend(value, wholes, found))

    async def forget(self) -> None:
        """The token belongs to another user now: drop everything read for the old one."""
        await self.close()
        self._begin()

    async def close(self) -> None:
        """Stop reading."""
        await asyncio.gather(*(view.close() for view in self._views()))

    async def _table_view(self, choice: Choice) -> View[Table]:
        # All that is awaited comes first: between the test for None and the assignment no
        # other reader may come, or each would make a view, and read, of its own.
        user = await self._source.user()
        tells = (await self._conditions.now()).capabilities.last_update
        if choice.strategy == "mine":
            if self._mine is None:
                self._my_jobs = MyJobs(self._source, user)
                self._my_jobs.expect(self._unseen)
                self._mine = self._view(self._my_jobs, self._mine_changed)
            return self._mine
        if self._dump is None:
            strategy = self._dumping = QueueDump(self._source, tells_last_update=tells)
            self._dump = self._view(
                strategy, lambda before, now: self._dump_changed(before, now, user)
            )
        return self._dump

    def _view(self, strategy: Any, changed: Any) -> View[Any]:
        s = self._settings
        return View(
            strategy,
            PollInterval(share=s.share, floor=s.shortest, ceiling=s.longest),
            lease=s.lease,
            readers=lambda: sum(view.awake() for view in self._views()),
            changed=changed,
            trouble=self._events.trouble,
        )

    def _views(self) -> list[View[Any]]:
        return [view for view in (self._mine, self._dump, self._index) if view is not None]

    def _mine_changed(self, before: Table | None, now: Table) -> None:
        self._transitions.add(before, now)
        self._queue_index.hint(row.job_id for row in now.rows.values())
        self._changed("mine", now)

    def _index_changed(self, before: Index | None, now: Index) -> None:
        # While it changes several times a second, the first and last notifications are
        # enough.
        if before is None or not now.growing:
            self._changed("all", now)
        mine = self._choices.get("mine")
        if mine is not None and mine.strategy == "index" and before is not None:
            known = self._long.matched(Filters(users=frozenset({self._user})))
            self._transitions.add(_rows_of(before, known), _rows_of(now, known))
            if not now.growing:
                self._changed("mine", now)

    def _dump_changed(self, before: Table | None, now: Table, user: str) -> None:
        self._changed("all", now)
        choice = self._choices.get("mine")
        if choice is not None and choice.strategy != "mine":
            self._transitions.add(before and _only(before, user), _only(now, user))
            self._changed("mine", now)

    def _changed(self, scope: Scope, now: Table | Index) -> None:
        self._events.queue_changed(scope, now.as_of)


def _only(table: Table, user: str) -> Table:
    rows = {job_id: row for job_id, row in table.rows.items() if row.user == user}
    return msgspec.structs.replace(table, rows=rows)


def _rows_of(index: Index, known: Iterable[JobSummary]) -> Table:
    """Those rows that ``index`` has, in the states that it has."""
    states = index.states
    rows = {row.id: with_state(row, states[row.job_id]) for row in known if row.job_id in states}
    return Table(rows=rows, as_of=index.as_of, version=index.version)


def _told(row: JobSummary) -> tuple[object, ...]:
    """Fields that users see change and that both daemons report."""
    return row.id, row.state, row.flags


def _look(page: Page, seen: Seen[Any], choice: Choice, note: str) -> Look:
    if seen.error is not None:
        words = getattr(seen.error, "message", "") or "The last refresh failed."
        note = f"{words} {note}".strip()
    return Look(
        page=page,
        as_of=seen.value.as_of,
        stale=seen.stale,
        strategy=choice.strategy,
        note=note,
    )


def describe(choice: Choice) -> str:
    """For the doctor and the panel's status line."""
    costs = {
        "mine": MyJobs.cost,
        "dump": QueueDump.cost,
        "dump-rarely": QueueDump.cost,
        "index": QueueIndex.cost,
    }
    return f"{choice.strategy}: {choice.why}; {costs[choice.strategy]}"
