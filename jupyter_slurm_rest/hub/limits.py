"""How often tokens are handed out."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import islice

#: Keys at most, so that strangers cannot fill the memory.
MOST_REMEMBERED = 10_000


class RateLimit:
    """A bucket per key: ``per_minute`` at once, refilled evenly."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = float(per_minute)
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def __len__(self) -> int:
        """How many keys are remembered."""
        return len(self._buckets)

    def allows(self, key: str) -> bool:
        """Take one from the key's bucket, if there is one."""
        now = self._clock()
        left, since = self._buckets.pop(key, (self._size, now))
        left = min(self._size, left + (now - since) * self._size / 60)
        allowed = left >= 1
        # At the end: the dictionary stays in the order of the last use, the oldest first.
        self._buckets[key] = (left - 1 if allowed else left, now)
        self._forget(now)
        return allowed

    def _forget(self, now: float) -> None:
        """Drop what is full again after a minute, and the oldest where there are too many."""
        for key, (_, since) in list(islice(self._buckets.items(), 2)):
            if now - since >= 60 or len(self._buckets) > MOST_REMEMBERED:
                del self._buckets[key]
