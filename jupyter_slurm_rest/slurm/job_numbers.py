"""Find jobs by their numbers, where listing all of them is too expensive.

slurmrestd's time for ``jobs/state`` grows with the square of the length of the response:
100,000 jobs in one take 150 s, in a hundred of 1,000 jobs 1.5 s. Nothing says which numbers
there are, so they are tried: 1,000 numbers take 15 ms where each has a job and 6 ms where
none has.
"""

from __future__ import annotations

import math
import random
from collections.abc import Awaitable, Callable, Collection, Sequence

#: Numbers in one request. More take longer for each of them, and a request line of more
#: than 65,535 bytes (4,000 numbers) is cut off by slurmrestd without an error.
WINDOW = 1_000
#: A job's number proper; a federation puts its cluster's number above.
ORIGIN_BITS = 26
_SPACE = 1 << ORIGIN_BITS
#: Numbers below the first that Slurm gives out where nothing is configured are rare.
_SMALLEST = 100
#: Windows spread over all numbers until a first job is found; at most and at least.
_TRIES, _AT_LEAST = 40, 3
#: Origins that are tried, once for so many windows without a federation's number.
_ORIGINS, _TRIES_WITHOUT = 8, 8
#: Numbers of each window above the newest known, and how far apart they are.
_ABOVE = 200
_STRIDES = (1, 16, 256, 4_096, 65_536, 524_288)
#: Windows of one stride that are tried one after the other where jobs are sparse.
_STEPS = 8

#: Which of these numbers have a job.
Ask = Callable[[Sequence[int]], Awaitable[Collection[int]]]


def origin(number: int) -> int:
    """The part of ``number`` that a federation adds: 0 without one."""
    return number >> ORIGIN_BITS


def smallest(number: int) -> int:
    """The first number that the cluster which gave out ``number`` may have given."""
    return (origin(number) << ORIGIN_BITS) + 1


#: What picks numbers, unless the caller brings its own.
CHANCE = random.Random()  # noqa: S311 - no secret


async def any_number(ask: Ask, *, chance: random.Random = CHANCE) -> int | None:
    """The highest number that a spread of guesses hits; ``None``: none of them.

    Every other window is spread evenly, which finds long queues, and the ones between
    more densely the smaller the numbers are, which finds most clusters.
    """
    highest: int | None = None
    for attempt in range(_TRIES):
        others = attempt and attempt % _TRIES_WITHOUT == 0
        for one in range(_ORIGINS + 1) if others else range(1):
            found = await ask(_guesses(one << ORIGIN_BITS, attempt, chance))
            highest = max([*found, highest or 0]) or None
        # The first to be hit may be a few old ones.
        if highest is not None and attempt + 1 >= _AT_LEAST:
            return highest
    return highest


async def any_above(
    ask: Ask, number: int, *, tries: int, chance: random.Random = CHANCE
) -> int | None:
    """The same above ``number``, with no more than ``tries`` windows."""
    for attempt in range(tries):
        guesses = _guesses(origin(number) << ORIGIN_BITS, attempt, chance)
        if found := await ask([guess for guess in guesses if guess > number]):
            return max(found)
    return None


def _guesses(base: int, attempt: int, chance: random.Random) -> list[int]:
    return [base + number for number in (_evenly(chance) if attempt % 2 else _by_size(chance))]


def _evenly(chance: random.Random) -> list[int]:
    stride = _SPACE // WINDOW
    first = chance.randrange(1, stride)
    return list(range(first, _SPACE, stride))[:WINDOW]


def _by_size(chance: random.Random) -> list[int]:
    ratio = math.log(_SPACE / _SMALLEST) / WINDOW
    shift = chance.random()
    return sorted({int(_SMALLEST * math.exp(ratio * (i + shift))) for i in range(WINDOW)})


async def newest_from(ask: Ask, number: int) -> int:
    """The newest number that has a job, at or above ``number``.

    Newer jobs are found where they are many or near: of a few behind a wide gap some may
    be missed, until there are more.
    """
    top, far = number, 0
    for position, stride in enumerate(_STRIDES):
        if found := await _above(ask, top, stride):
            top, far = max(found), position
    for stride in reversed(_STRIDES[: far + 1]):
        for _ in range(_STEPS if stride > 1 else _SPACE):
            before = top
            found = await _above(ask, before, stride)
            if not found or max(found) <= before:
                break
            top = max(found)
            # Where they are dense the newest is less than a stride away.
            if stride > 1 and 2 * len(found) * stride > top - before:
                break
    return top


async def _above(ask: Ask, number: int, stride: int) -> Collection[int]:
    end = (origin(number) + 1) * _SPACE
    numbers = range(number + stride, min(end, number + 1 + _ABOVE * stride), stride)
    return await ask(numbers) if numbers else ()


class Unread:
    """Numbers that are still to be tried: disjoint ranges, taken from the highest down."""

    def __init__(self) -> None:
        #: First and last, ascending.
        self._ranges: list[tuple[int, int]] = []
        #: Where taking goes on; ``None``: at the highest.
        self._below: int | None = None

    def __len__(self) -> int:
        return sum(last - first + 1 for first, last in self._ranges)

    def add(self, first: int, last: int) -> None:
        """These as well; they are taken first. They must not overlap with others."""
        if first <= last:
            self._ranges.append((first, last))
            self._ranges.sort()
            self._below = None

    def take(self, count: int) -> range:
        """The next ``count`` numbers or fewer, which are then taken out."""
        if not self._ranges:
            return range(0)
        place = len(self._ranges) - 1
        if self._below is not None:
            while place and self._ranges[place][0] > self._below:
                place -= 1
        first, last = self._ranges.pop(place)
        if self._below is not None and first <= self._below < last:
            self._ranges.insert(place, (self._below + 1, last))
            last = self._below
        begin = max(first, last - count + 1)
        if begin > first:
            self._ranges.insert(place, (first, begin - 1))
        self._below = begin - 1
        return range(begin, last + 1)

    def go_on_below(self, number: int | None) -> None:
        """Take ``number`` and those below it next; ``None``: the highest."""
        self._below = number

    def spread(self, count: int, *, chance: random.Random = CHANCE) -> list[int]:
        """About ``count`` of them, evenly spread."""
        stride = max(1, len(self) // count)
        numbers: list[int] = []
        skip = chance.randrange(stride)
        for first, last in self._ranges:
            numbers += range(first + skip, last + 1, stride)
            size = last - first + 1
            # Where the next one falls in the range that follows.
            skip = (skip - size) % stride
        return numbers[: count + len(self._ranges)]
