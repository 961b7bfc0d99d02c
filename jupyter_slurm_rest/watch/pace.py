"""How long to wait between two readings."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

#: An answer this many times slower than any of late is odd.
_ODD = 4.0
#: Seconds after which half of the slowest answer is remembered.
_HALF_LIFE = 3_600.0
#: How much longer than the floor a delay gets when reading after reading finds nothing new.
CALM = 4.0


class Pace:
    """Delays that keep readings under a share of slurmrestd's time.

    A reading that took ``s`` seconds is followed by ``s / share - s`` seconds of rest, so
    that over time no more than ``share`` is spent; when slurmctld limits its users or is
    slow, answers take longer and so do the rests. ``floor`` and ``ceiling`` bound the
    delay in seconds. An answer far slower than any of the last hours has probably waited,
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
            raise ValueError(f"share is {share}; it is a fraction above 0 and up to 1")
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
        """``rest``, or less while the answer is odd."""
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
