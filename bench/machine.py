"""How fast this machine is at the moment: shared ones wander by a factor of two and more."""

from __future__ import annotations

import time
from collections.abc import Iterator

from .results import Result, median

_TURNS = 1_000_000


def speed(before: str) -> Iterator[Result]:
    """CPU time of the same piece of work each time, and how much longer the clock says."""
    works, waits = [], []
    for _ in range(5):
        begun, worked = time.perf_counter(), time.process_time()
        total = 0
        for turn in range(_TURNS):
            total += turn
        works.append(time.process_time() - worked)
        waits.append((time.perf_counter() - begun) / works[-1])
    yield Result(
        "machine",
        f"speed of this machine before {before}: CPU time of a reference task in Python",
        median(works) * 1e3,
        "ms",
        note=f"{median(waits):.1f} times as long in wall-clock time",
    )
