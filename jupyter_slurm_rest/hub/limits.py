"""How often tokens are handed out."""

from __future__ import annotations

import time
from collections.abc import Callable

#: Forget who has been quiet, so that strangers cannot fill the memory.
MOST_REMEMBERED = 10_000


class RateLimit:
    """A bucket per key: ``per_minute`` at once, refilled evenly."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = float(per_minute)
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def allows(self, key: str) -> bool:
        """Take one from the key's bucket, if there is one."""
        now = self._clock()
        left, since = self._buckets.get(key, (self._size, now))
        left = min(self._size, left + (now - since) * self._size / 60)
        allowed = left >= 1
        self._buckets[key] = (left - 1 if allowed else left, now)
        if len(self._buckets) > MOST_REMEMBERED:
            self._buckets = {k: v for k, v in self._buckets.items() if now - v[1] < 60}
        return allowed
