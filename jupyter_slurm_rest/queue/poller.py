"""Polls Slurm for one view while there are readers."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable
from typing import Generic, Protocol, TypeVar

import msgspec

#: A response this many times slower than all recent ones is an outlier.
_ODD = 4.0
#: Half-life in seconds of the slowest recent response time.
_HALF_LIFE = 3_600.0
#: The largest factor by which the minimum delay grows while nothing changes.
CALM = 4.0


class PollInterval:
    """Delays that keep readings under a share of slurmrestd's time.

    A reading that took ``s`` seconds is followed by ``s / share - s`` seconds of rest, so
    that on average at most ``share`` of the time is used; if slurmctld is slow or limits
    the request rate, both get longer. ``floor`` and ``ceiling`` bound the delay in seconds.
    A response that is far slower than those of the last hours was probably waiting for a
    restart of slurmctld. It is followed by short delays, which double, rather than by
    minutes of rest at once. While nothing changes, the minimum delay grows by up to
    :data:`CALM`.

    Failures double the delay; jitter keeps the servers of one hub from returning all at
    once when slurmrestd is back.
    """

    def __init__(
        self,
        *,
        share: float = 0.05,
        floor: float = 5.0,
        ceiling: float = 600.0,
        jitter: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not 0 < share <= 1:
            raise ValueError(f"share is {share}; it must be above 0 and at most 1")
        self.share = share
        self.floor = floor
        self.ceiling = ceiling
        self._jitter = jitter
        self._failures = 0
        self._calm = 1.0
        self._clock = clock
        #: The slowest recent response time in seconds, and when it was last decayed.
        self._slowest, self._weighed = 0.0, clock()
        #: Consecutive outliers.
        self._odd = 0

    def succeeded(self, seconds: float, readers: int = 1, *, changed: bool = True) -> float:
        """The delay after a reading that took ``seconds``; ``readers`` divide the share."""
        self._failures = 0
        self._calm = 1.0 if changed else min(CALM, self._calm * 1.5)
        rest = self._weighed_rest(seconds, seconds * readers / self.share - seconds)
        delay = min(self.ceiling, max(self.floor * self._calm, rest))
        # 10% jitter, so that the servers of a hub do not synchronize.
        return delay * (0.95 + 0.1 * self._jitter())

    def failed(self) -> float:
        """The delay after another consecutive failure."""
        self._failures += 1
        most = min(self.ceiling, self.floor * 2.0 ** min(self._failures, 16))
        return max(self.floor / 2, most * self._jitter())

    def _weighed_rest(self, seconds: float, rest: float) -> float:
        """``rest``, or less after an outlier."""
        now = self._clock()
        slowest = self._slowest * 0.5 ** ((now - self._weighed) / _HALF_LIFE)
        self._slowest, self._weighed = slowest, now
        if 0 < slowest * _ODD < seconds:
            self._odd += 1
            most = max(1.0, self.floor) * 2.0**self._odd
            if most < rest:
                return most
        self._odd = 0
        self._slowest = max(seconds, slowest)
        return rest

    @property
    def failures(self) -> int:
        """Consecutive failures."""
        return self._failures


class Reading(Protocol):
    """What a strategy reads: a ``Table`` or an ``Index``."""

    @property
    def version(self) -> int:
        """A new number whenever anything changed."""

    @property
    def seconds(self) -> float:
        """Seconds of slurmrestd's time that it took."""

    @property
    def growing(self) -> bool:
        """Whether it is incomplete and is continued by the next reading, very soon."""


#: Seconds between readings that continue one another.
_BREATH = 0.2

#: A user who asks for a new reading waits for it this long, seconds, and may ask this often.
_REFRESH_PATIENCE = 5.0
_BETWEEN_REFRESHES = 2.0

R = TypeVar("R", bound=Reading)

#: How many consecutive readings may turn out to be older than what was read elsewhere.
_TRIES = 3

#: Called with the error when readings begin to fail, with ``None`` when they work again.
Trouble = Callable[[Exception | None], None]


class Seen(msgspec.Struct, Generic[R], frozen=True):
    """What a reader of a view receives."""

    value: R
    #: Outdated: the last reading failed, or the next one has not finished.
    stale: bool
    error: Exception | None


class View(Generic[R]):
    """Polls with a strategy: one reading at a time, and none without readers.

    The first request waits for a reading. Later ones return the latest one; if that is
    overdue, they wait at most ``patience`` seconds for a newer one. Each request keeps
    polling going for ``lease`` seconds.
    """

    def __init__(
        self,
        read: Callable[[R | None], Awaitable[R]],
        interval: PollInterval,
        *,
        lease: float = 90.0,
        patience: float = 0.5,
        readers: Callable[[], int] = lambda: 1,
        changed: Callable[[R | None, R], None] = lambda before, after: None,
        trouble: Trouble = lambda error: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._interval = interval
        self._lease = lease
        self._patience = patience
        self._readers = readers
        self._changed = changed
        self._trouble = trouble
        self._clock = clock
        self._value: R | None = None
        self._error: Exception | None = None
        self._looked_at = -float("inf")
        #: When a user last asked for a reading.
        self._refreshed = -float("inf")
        self._due = -float("inf")
        self._reading: asyncio.Task[None] | None = None
        self._loop: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        #: How often the value was amended.
        self._amended = 0

    @property
    def value(self) -> R | None:
        """The last reading, however old."""
        return self._value

    @property
    def error(self) -> Exception | None:
        """Why the last reading failed; ``None`` when it did not."""
        return self._error

    def awake(self) -> bool:
        """Whether there was a request recently."""
        return self._clock() - self._looked_at < self._lease

    async def look(self, *, fresh: bool = False) -> Seen[R]:
        """The newest reading. Raises the reading's own error while there is none.

        ``fresh``: the user asks for a reading now, whatever the pace says.
        """
        self._looked_at = self._clock()
        # Expensive readings are not repeated at each click of a button.
        cost = 0.0 if self._value is None else self._value.seconds
        if fresh and self._looked_at - self._refreshed >= max(_BETWEEN_REFRESHES, 20 * cost):
            self._refreshed = self._due = self._looked_at
        if self._loop is None or self._loop.done():
            self._loop = asyncio.create_task(self._keep_fresh(), name="slurm-view")
        if self._value is None:
            # The back-off also applies to requests by users, so that reloading pages does
            # not flood a failing slurmrestd.
            if self._error is not None and self._clock() < self._due:
                raise self._error
            await asyncio.shield(self._start_reading())
        elif self._clock() >= self._due:
            reading = self._start_reading()
            # An incomplete value is returned at once; reading continues in the background.
            if not self._value.growing:
                patience = max(self._patience, _REFRESH_PATIENCE) if fresh else self._patience
                await asyncio.wait({reading}, timeout=patience)
        if self._value is None:
            assert self._error is not None  # noqa: S101 - a reading ends in one or the other
            raise self._error
        overdue = self._clock() >= self._due and not self._value.growing
        stale = self._error is not None or overdue
        return Seen(self._value, stale, self._error)

    def amend(self, change: Callable[[R], R]) -> None:
        """Use a value that was read elsewhere, later than any pending reading."""
        self._amended += 1
        if self._value is None:
            return
        before, self._value = self._value, change(self._value)
        if self._value is not before:
            self._changed(before, self._value)

    def hurry(self) -> None:
        """The user changed something: read soon instead of after the usual delay."""
        if self._error is None:
            self._due = min(self._due, self._clock())
            self._wake.set()

    async def close(self) -> None:
        """Stop reading."""
        tasks = [task for task in (self._loop, self._reading) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start_reading(self) -> asyncio.Task[None]:
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read_once(), name="slurm-reading")
        return self._reading

    async def _read_once(self) -> None:
        try:
            for _ in range(_TRIES):
                before, amended = self._value, self._amended
                value = await self._read(before)
                if amended == self._amended:
                    break
        except Exception as error:  # noqa: BLE001 - whatever it is, the next reading is still due
            first = self._error is None
            self._error = error
            self._due = self._clock() + self._interval.failed()
            if first:
                self._trouble(error)
            return
        recovered = self._error is not None
        self._value, self._error = value, None
        changed = before is None or value.version != before.version
        if value.growing:
            # The rest after the last of them accounts for all.
            rest = _BREATH
        else:
            rest = self._interval.succeeded(value.seconds, self._readers(), changed=changed)
        self._due = self._clock() + rest
        if recovered:
            self._trouble(None)
        if changed:
            self._changed(before, value)

    async def _keep_fresh(self) -> None:
        while self.awake():
            # There are readers again: a reading that is due has already started.
            wait = max(0.05, self._due - self._clock())
            self._wake.clear()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._wake.wait(), min(wait, self._lease))
            if self.awake() and self._clock() >= self._due:
                await asyncio.shield(self._start_reading())
