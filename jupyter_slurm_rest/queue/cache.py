"""One response of Slurm shared by everyone who asks within a short time.

However many tabs and notebooks look, each resource is fetched once (single flight) and
kept for a few seconds. When Slurm cannot answer, what is known is given out as stale.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Generic, TypeVar, cast

import msgspec

from jupyter_slurm_rest.slurm import errors

T = TypeVar("T")

#: Failures that pass by themselves: an older response is better than none.
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
    """Keeps answers for ``ttl`` seconds, and stale ones for ``keep`` seconds."""

    def __init__(self, *, ttl: float, keep: float = 600.0) -> None:
        self.ttl = ttl
        self.keep = keep
        self._kept: dict[Hashable, tuple[float, Snapshot[Any]]] = {}
        self._flights: dict[Hashable, asyncio.Task[Snapshot[Any]]] = {}
        #: Also those that nobody is given any more, because something was changed since.
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
        """The response under ``key``, from ``fetch`` unless a young one is there.

        Without ``allow_stale``, what is known is not given out when ``fetch`` fails: for
        answers that cannot say that they are old.
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
            # Shielded: the first to ask may leave; the others still wait for the response.
            return cast("Snapshot[T]", await asyncio.shield(flight))
        except _PASSING as error:
            if allow_stale and kept and time.monotonic() - kept[0] < self.keep:
                old = kept[1]
                return Snapshot(old.value, old.as_of, stale=True, note=error.message)
            raise

    def forget(self) -> None:
        """Drop everything: something was changed, or another user's token came."""
        self._generation += 1
        self._kept.clear()
        self._flights.clear()

    async def close(self) -> None:
        """Stop what is under way."""
        running = list(self._running)
        for flight in running:
            flight.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _fetch(
        self, key: Hashable, fetch: Callable[[], Awaitable[T]], generation: int
    ) -> Snapshot[T]:
        asked = time.time()
        snapshot = Snapshot(await fetch(), asked)
        if generation == self._generation:
            now = time.monotonic()
            self._kept = {k: kept for k, kept in self._kept.items() if now - kept[0] < self.keep}
            self._kept[key] = (now, snapshot)
        return snapshot

    def _landed(self, key: Hashable, flight: asyncio.Task[Snapshot[Any]]) -> None:
        self._running.discard(flight)
        if self._flights.get(key) is flight:
            del self._flights[key]
        # Everyone who waited may have left; asyncio would complain about the exception.
        if not flight.cancelled():
            flight.exception()
