"""What a hub of a thousand users costs slurmrestd, by the pace that the watcher keeps.

``python -m bench.simulation`` plays an hour: users open and close panels, each one's
server reads by its strategies, and slurmrestd serves them with so many threads at once, so that
what it cannot do in time delays the next reading too. The costs of single readings are
those measured by ``make bench``, scaled by the length of the queue.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from jupyter_slurm_rest.queue.poller import PollInterval

USERS = 1_000
JOBS = 100_000
HOUR = 3_600.0
#: Requests that slurmrestd works on at once: as many as it has CPUs for.
THREADS = 4

#: Seconds of slurmrestd for one reading (docs/performance.md, "Cost of requests").
MINE = 0.015
STATES_BY_ID = 9e-6 * JOBS
PAGE = 0.045 + 25 * 0.003
DUMP = 0.75e-3 * JOBS
#: How often a user's own list turns out to be changed, and the queue as a whole.
MINE_CHANGES, QUEUE_CHANGES = 0.1, 1.0


@dataclass(frozen=True)
class Habits:
    """How users look: minutes with a panel open, and without; who looks at all jobs."""

    open: float = 20.0
    shut: float = 40.0
    looks_at_all: float = 0.15


@dataclass(frozen=True)
class Design:
    """A way of reading: what one look at a list costs, and how long it rests then."""

    name: str
    mine: Callable[[], Iterator[tuple[float, bool]]]
    everybody: Callable[[], Iterator[tuple[float, bool]]]
    #: A new object for each reader; gets seconds of the reading, and whether it changed.
    rest: Callable[[], Callable[[float, bool], float]]
    #: Everybody's list is read once for the whole hub.
    shared: bool = False


def costs(seconds: float, changes: float) -> Callable[[], Iterator[tuple[float, bool]]]:
    def readings() -> Iterator[tuple[float, bool]]:
        while True:
            yield seconds, random.random() < changes  # noqa: S311 - no secret

    return readings


def paced(share: float = 0.05) -> Callable[[], Callable[[float, bool], float]]:
    def begin() -> Callable[[float, bool], float]:
        pace = PollInterval(share=share)
        return lambda seconds, changed: pace.succeeded(seconds, changed=changed)

    return begin


def every(seconds: float) -> Callable[[], Callable[[float, bool], float]]:
    return lambda: lambda took, changed: seconds


def designs() -> list[Design]:
    mine, index = costs(MINE, MINE_CHANGES), costs(STATES_BY_ID + PAGE, QUEUE_CHANGES)
    dump = costs(DUMP, QUEUE_CHANGES)
    return [
        Design("this project, each server reads by itself", mine, index, paced()),
        Design(
            "this project, each server reads by itself, slurmrestd_share 0.005",
            mine,
            index,
            paced(0.005),
        ),
        Design(
            "this project, shared mode: one reader of all jobs for the hub",
            mine,
            index,
            paced(),
            shared=True,
        ),
        Design("dump of the whole queue every 30 s for each open panel", dump, dump, every(30)),
    ]


@dataclass
class Played:
    """Figures of one hour; seconds of slurmrestd's work are per minute."""

    wanted: float
    done: float
    slowest: float
    readers: float


def play(design: Design, habits: Habits | None = None, *, seed: int = 1) -> Played:
    """One hour, after users have come at random."""
    random.seed(seed)
    habits = habits or Habits()
    free = [0.0] * THREADS
    events: list[tuple[float, int, Iterator[tuple[float, bool]], float]] = []
    rests: dict[int, Callable[[float, bool], float]] = {}
    number = 0

    def looks(begin: float, end: float, readings: Iterator[tuple[float, bool]]) -> None:
        nonlocal number
        number += 1
        rests[number] = design.rest()
        heapq.heappush(events, (begin, number, readings, end))

    open_time = 0.0
    for _ in range(USERS):
        now = -random.uniform(0, (habits.open + habits.shut) * 60)  # noqa: S311 - no secret
        everybody = random.random() < habits.looks_at_all  # noqa: S311 - no secret
        while now < HOUR:
            now += random.expovariate(1 / (habits.shut * 60))
            end = now + random.expovariate(1 / (habits.open * 60))
            if end > 0 and now < HOUR:
                begin = max(0.0, now) + random.uniform(0, 5)  # noqa: S311 - no secret
                open_time += min(end, HOUR) - max(0.0, now)
                looks(begin, min(end, HOUR), design.mine())
                if everybody and not design.shared:
                    looks(begin, min(end, HOUR), design.everybody())
            now = end
    if design.shared:
        looks(0.0, HOUR, design.everybody())
    done = wanted = slowest = 0.0
    while events:
        at, who, readings, end = heapq.heappop(events)
        work, changed = next(readings)
        wanted += work
        begin = max(at, heapq.heappop(free))
        finish = begin + work
        heapq.heappush(free, finish)
        done += max(0.0, min(finish, HOUR) - min(begin, HOUR))
        slowest = max(slowest, finish - at)
        again = finish + rests[who](finish - at, changed)
        if again < end:
            heapq.heappush(events, (again, who, readings, end))
    minutes = HOUR / 60
    return Played(wanted / minutes, done / minutes, slowest, open_time / HOUR)


def report() -> str:
    """As Markdown."""
    lines = [
        f"{USERS:,} users, {JOBS:,} jobs, slurmrestd with {THREADS} threads "
        f"(at most {60 * THREADS} seconds of work per minute):",
        "",
        "| Design | Open panels | slurmrestd, seconds per minute | Share of its capacity "
        "| Slowest response |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for design in designs():
        played = play(design)
        part = played.done / (60 * THREADS)
        lines.append(
            f"| {design.name} | {played.readers:.0f} | {played.done:.1f} | {part:.0%} "
            f"| {played.slowest:,.1f} s |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    print(report())
