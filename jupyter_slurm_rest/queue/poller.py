"""One reading of Slurm, kept fresh while somebody looks at it."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable
from typing import Generic, Protocol, TypeVar

import msgspec

#: A response this many times slower than any of late is odd.
_ODD = 4.0
#: Seconds after which half of the slowest answer is remembered.
_HALF_LIFE = 3_600.0
#: How much longer than the floor a delay gets when reading after reading finds nothing new.
CALM = 4.0


class PollInterval:
    """Delays that keep readings under a share of slurmrestd's time.

    A reading that took ``s`` seconds is followed by ``s / share - s`` seconds of rest, so
    that over time no more than ``share`` is spent; when slurmctld limits its users or is
    slow, answers take longer and so do the rests. ``floor`` and ``ceiling`` bound the
    delay in seconds. A response far slower than any of the last hours has probably waited,
    for slurmctld to restart, rather than worked: it is not paid for with minutes of rest
    at once, but with rests that double until it is. While nothing changes the floor
    rises, up to :data:`CALM` times: most people's jobs wait or run for hours.

    Failures double the delay; the jitter keeps the servers of one hub from coming back
    all at once after slurmrestd did.
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
        #: Seconds of the slowest answer of late, and when it was weighed last.
        self._slowest, self._weighed = 0.0, clock()
        #: Odd answers in a row.
        self._odd = 0

    def succeeded(self, seconds: float, readers: int = 1, *, changed: bool = True) -> float:
        """The delay after a reading that took ``seconds``; ``readers`` divide the share."""
        self._failures = 0
        self._calm = 1.0 if changed else min(CALM, self._calm * 1.5)
        rest = self._weighed_rest(seconds, seconds * readers / self.share - seconds)
        delay = min(self.ceiling, max(self.floor * self._calm, rest))
        # A tenth of jitter: the servers of a hub must not fall into step.
        return delay * (0.95 + 0.1 * self._jitter())

    def failed(self) -> float:
        """The delay after one more failure in a row."""
        self._failures += 1
        most = min(self.ceiling, self.floor * 2.0 ** min(self._failures, 16))
        return max(self.floor / 2, most * self._jitter())

    def _weighed_rest(self, seconds: float, rest: float) -> float:
        """``rest``, or less while the response is odd."""
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
        """Failures in a row."""
        return self._failures


class Reading(Protocol):
    """What a strategy reads: a ``Table`` or an ``Index``."""

    @property
    def version(self) -> int:
        """Another one when anything changed."""

    @property
    def seconds(self) -> float:
        """Of slurmrestd's time, that it cost."""

    @property
    def growing(self) -> bool:
        """Whether it is a beginning that the next reading goes on from, very soon."""


#: Seconds between readings that go on from one another.
_BREATH = 0.2

R = TypeVar("R", bound=Reading)

#: Readings in a row that may prove to be older than what was read elsewhere meanwhile.
_TRIES = 3

#: Called with the error when readings begin to fail, with ``None`` when they work again.
Trouble = Callable[[Exception | None], None]


class Seen(msgspec.Struct, Generic[R], frozen=True):
    """What a look at a view gives."""

    value: R
    #: Older than it should be: the last reading failed, or the next is still under way.
    stale: bool
    error: Exception | None


class View(Generic[R]):
    """Reads through a strategy: one reading at a time, none when nobody looks.

    The first look waits for a reading. Every later one gets what is there, after waiting
    at most ``patience`` seconds for something newer if it is older than the pace would
    have it. A look keeps the view awake for ``lease`` seconds.
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
        """Whether somebody looked lately."""
        return self._clock() - self._looked_at < self._lease

    async def look(self) -> Seen[R]:
        """The newest reading. Raises the reading's own error while there is none."""
        self._looked_at = self._clock()
        if self._loop is None or self._loop.done():
            self._loop = asyncio.create_task(self._keep_fresh(), name="slurm-view")
        if self._value is None:
            # The back-off holds for people too: a broken slurmrestd gets no reload storm.
            if self._error is not None and self._clock() < self._due:
                raise self._error
            await asyncio.shield(self._start_reading())
        elif self._clock() >= self._due:
            reading = self._start_reading()
            # What grows is shown as it is: the reading goes on behind it.
            if not self._value.growing:
                await asyncio.wait({reading}, timeout=self._patience)
        if self._value is None:
            assert self._error is not None  # noqa: S101 - a reading ends in one or the other
            raise self._error
        overdue = self._clock() >= self._due and not self._value.growing
        stale = self._error is not None or overdue
        return Seen(self._value, stale, self._error)

    def amend(self, change: Callable[[R], R]) -> None:
        """Take over what was read elsewhere, later than any reading that is under way."""
        self._amended += 1
        if self._value is None:
            return
        before, self._value = self._value, change(self._value)
        if self._value is not before:
            self._changed(before, self._value)

    def hurry(self) -> None:
        """Something was changed by the user: read soon, not when the pace says."""
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
            # Paid for by the rest after the last of them.
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
            # Looked at again: a reading that is due is under way already.
            wait = max(0.05, self._due - self._clock())
            self._wake.clear()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._wake.wait(), min(wait, self._lease))
            if self.awake() and self._clock() >= self._due:
                await asyncio.shield(self._start_reading())
