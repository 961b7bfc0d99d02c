"""Requests to a watcher, its responses, and what is cached for all who ask.

Times are seconds since the epoch. ``as_of`` says when Slurm was asked, so that a reader can
tell how old the data is; ``stale`` means that newer data was not available.

However many tabs and notebooks look, each resource is fetched once (single flight) and kept
for a few seconds. When Slurm does not respond, the last data is returned and marked as
stale.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Annotated, Any, Generic, Literal, TypedDict, TypeVar, cast

import msgspec
from msgspec import Meta

from jupyter_slurm_rest.slurm import errors
from jupyter_slurm_rest.slurm.models import JobSummary, Model, Node, Partition

T = TypeVar("T")

#: Temporary failures, during which an older response is better than none.
_PASSING = (errors.Unreachable, errors.ResponseLost, errors.ControllerDown)


class Snapshot(msgspec.Struct, Generic[T], frozen=True):
    """What Slurm said, and when."""

    value: T
    #: Seconds since the epoch.
    as_of: float
    stale: bool = False
    #: Why it is stale.
    note: str = ""


class Snapshots:
    """Keeps responses for ``ttl`` seconds, and stale ones for ``keep`` seconds."""

    def __init__(self, *, ttl: float, keep: float = 600.0) -> None:
        self.ttl = ttl
        self.keep = keep
        self._kept: dict[Hashable, tuple[float, Snapshot[Any]]] = {}
        self._flights: dict[Hashable, asyncio.Task[Snapshot[Any]]] = {}
        #: Including those that are no longer returned, because something changed.
        self._running: set[asyncio.Task[Snapshot[Any]]] = set()
        self._generation = 0

    async def get(
        self,
        key: Hashable,
        fetch: Callable[[], Awaitable[T]],
        *,
        ttl: float | None = None,
        allow_stale: bool = True,
    ) -> Snapshot[T]:
        """The response under ``key``; from ``fetch`` unless a recent one is cached.

        Without ``allow_stale``, a failure of ``fetch`` is raised even if older data is
        cached: for responses that cannot be marked as stale.
        """
        kept = self._kept.get(key)
        if kept and time.monotonic() - kept[0] < (self.ttl if ttl is None else ttl):
            return cast("Snapshot[T]", kept[1])
        flight = self._flights.get(key)
        if flight is None:
            reading = self._fetch(key, fetch, self._generation)
            flight = self._flights[key] = asyncio.create_task(reading, name=f"slurm-{key}")
            self._running.add(flight)
            flight.add_done_callback(lambda done: self._landed(key, done))
        try:
            # Shielded: if the first caller is canceled, the others still wait for the
            # response.
            return cast("Snapshot[T]", await asyncio.shield(flight))
        except _PASSING as error:
            if allow_stale and kept and time.monotonic() - kept[0] < self.keep:
                old = kept[1]
                return Snapshot(old.value, old.as_of, stale=True, note=error.message)
            raise

    def forget(self) -> None:
        """Drop everything: something was changed, or the token belongs to another user now."""
        self._generation += 1
        self._kept.clear()
        self._flights.clear()

    async def close(self) -> None:
        """Cancel pending requests."""
        running = list(self._running)
        for flight in running:
            flight.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _fetch(
        self, key: Hashable, fetch: Callable[[], Awaitable[T]], generation: int
    ) -> Snapshot[T]:
        begun = time.time()
        snapshot = Snapshot(await fetch(), begun)
        if generation == self._generation:
            now = time.monotonic()
            self._kept = {k: kept for k, kept in self._kept.items() if now - kept[0] < self.keep}
            self._kept[key] = (now, snapshot)
        return snapshot

    def _landed(self, key: Hashable, flight: asyncio.Task[Snapshot[Any]]) -> None:
        self._running.discard(flight)
        if self._flights.get(key) is flight:
            del self._flights[key]
        # All callers may have been canceled; without this, asyncio logs the exception as
        # never retrieved.
        if not flight.cancelled():
            flight.exception()


Offset = Annotated[int, Meta(ge=0, le=10_000_000)]
Words = Annotated[str, Meta(max_length=4096)]


class Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Requests with unknown fields are rejected rather than partly followed."""


class JobsQuery(Request, frozen=True, kw_only=True):
    """Which jobs, in which order, which page. Lists are comma-separated."""

    scope: Literal["mine", "all"] = "mine"
    state: Words = ""
    user: Words = ""
    partition: Words = ""
    account: Words = ""
    qos: Words = ""
    #: Part of the id, name, user, account or node names.
    search: Words = ""
    #: A field of the rows, with ``-`` in front for descending.
    sort: Annotated[str, Meta(max_length=64)] = "-job_id"
    offset: Offset = 0
    #: At most 200 rows if the queue is too long to be read as a whole.
    limit: Annotated[int, Meta(ge=1, le=5000)] = 100
    #: The version that the client has: if it is known, only what changed since is sent.
    since: Annotated[str, Meta(max_length=64)] = ""
    #: Fields of the rows that are wanted. Default: all.
    columns: Words = ""
    #: Read Slurm now, even if the last reading is recent: the user asked for it.
    fresh: bool = False

    def params(self) -> dict[str, str]:
        """As query parameters, without those that have their default value."""
        return {name: str(value) for name, value in msgspec.structs.asdict(self).items() if value}


def listed(words: str) -> frozenset[str]:
    """The words of a comma-separated list."""
    return frozenset(word for word in (part.strip() for part in words.split(",")) if word)


class Delta(Model, frozen=True, kw_only=True):
    """How to turn the page that the client has into the new one.

    Take out what is ``removed`` and every row that is among the response's jobs; then put
    each of those in ``at`` its place, in their order.
    """

    #: The version that the client has.
    since: str
    #: Ids that are no longer on the page.
    removed: list[str]
    #: Where each of the response's jobs stands on the new page, counted from 0, ascending.
    at: list[int]


class JobList(Model, frozen=True, kw_only=True):
    """A page of the queue, or with ``delta`` what is new on it."""

    #: ``elapsed`` is that of the response; count on from ``running_since``. With the
    #: query's ``columns``, rows have these fields only.
    jobs: list[JobSummary]
    #: Jobs that match, of which ``jobs`` is one page.
    total: int
    #: Of this page; to be sent back as ``since``.
    version: str
    #: ``None``: ``jobs`` is the whole page.
    delta: Delta | None
    as_of: float
    stale: bool
    #: How the list was read.
    strategy: str
    #: What the list does not show, or why it is stale; otherwise empty.
    note: str
    #: Jobs by base state, of those that match everything but the states asked for.
    counts: dict[str, int]


class QueueState(Model, frozen=True, kw_only=True):
    """The state of all users' queue, without rows."""

    #: A new one whenever a row changed.
    version: str
    as_of: float
    stale: bool
    #: How it is read, and why.
    strategy: str


class NodeList(Model, frozen=True, kw_only=True):
    """The nodes."""

    nodes: list[Node]
    total: int
    as_of: float
    stale: bool
    note: str


class PartitionList(Model, frozen=True, kw_only=True):
    """The partitions."""

    partitions: list[Partition]
    total: int
    as_of: float
    stale: bool
    note: str


class About(TypedDict):
    """What every complete list reports besides its entries."""

    total: int
    as_of: float
    stale: bool
    note: str


def about(found: Snapshot[list[T]]) -> About:
    """To be spread into the response that holds ``found``'s list."""
    return About(total=len(found.value), as_of=found.as_of, stale=found.stale, note=found.note)
