"""How long to wait between two readings."""

from __future__ import annotations

import random
from collections.abc import Callable

#: How much longer than the floor a delay gets when reading after reading finds nothing new.
CALM = 4.0


class Pace:
    """Delays that keep readings under a share of slurmrestd's time.

    A reading that took ``s`` seconds is followed by ``s / share - s`` seconds of rest, so
    that over time no more than ``share`` is spent; when slurmctld limits its users or is
    slow, answers take longer and so do the rests. ``floor`` and ``ceiling`` bound the
    delay in seconds. While nothing changes the floor rises, up to :data:`CALM` times: most
    people's jobs wait or run for hours.

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
    ) -> None:
        if not 0 < share <= 1:
            raise ValueError(f"share is {share}; it is a fraction above 0 and up to 1")
        self.share = share
        self.floor = floor
        self.ceiling = ceiling
        self._jitter = jitter
        self._failures = 0
        self._calm = 1.0

    def succeeded(self, seconds: float, readers: int = 1, *, changed: bool = True) -> float:
        """The delay after a reading that took ``seconds``; ``readers`` divide the share."""
        self._failures = 0
        self._calm = 1.0 if changed else min(CALM, self._calm * 1.5)
        rest = seconds * readers / self.share - seconds
        delay = min(self.ceiling, max(self.floor * self._calm, rest))
        # A tenth of jitter: the servers of a hub must not fall into step.
        return delay * (0.95 + 0.1 * self._jitter())

    def failed(self) -> float:
        """The delay after one more failure in a row."""
        self._failures += 1
        most = min(self.ceiling, self.floor * 2.0 ** min(self._failures, 16))
        return max(self.floor / 2, most * self._jitter())

    @property
    def failures(self) -> int:
        """Failures in a row."""
        return self._failures
