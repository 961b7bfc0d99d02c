"""Finds which jobs exist by requesting ranges of job numbers, newest first."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from jupyter_slurm_rest.slurm.jobs import (
    CHANCE,
    ORIGIN_BITS,
    WINDOW,
    Unread,
    any_above,
    any_number,
    newest_from,
    origin,
)
from jupyter_slurm_rest.slurm.models.job_id import known_ranges

from .source import LIVE_STATES, Numbered, Source, State

#: Numbers in a request while nothing is known about them; at first. An array lists each of
#: its tasks: how many numbers a request has follows from what the last ones listed.
_AT_FIRST, _UNKNOWN = 4, 250
#: States that one request should list at most.
_LISTED = 2_000
#: An array with more tasks to come is read by its record, and its number is not asked for.
LONG_ARRAY = 500
#: Records of such arrays read in one pass; those read longest ago come first.
_ARRAYS_AT_ONCE = 3
#: Of a window's numbers, at least so many must have a job for the next to be as promising,
#: and after how many windows of fewer a look around is worth while.
_PROMISING, _PATIENCE = 0.02, 2
#: Looks around in a row that may find nothing.
_LOOKS = 10
#: Of the jobs expected, those that may be missing without a look beyond the newest.
_ENOUGH = 0.05
#: Numbers of a pass that are tried for single old jobs, far from any other.
_SINGLES = 20_000


class NumberWalk:
    """Finds jobs by number until there are as many as slurmctld counts.

    First the newest number is found, then windows of numbers are read downwards. In
    a gap a spread of numbers shows where to go on, so that jobs among millions of numbers
    are found region by region. Nothing is ever asked for without numbers.
    """

    def __init__(self, source: Source, *, chance: random.Random = CHANCE) -> None:
        self._source = source
        self._chance = chance
        #: By record.
        self.states: dict[int, State] = {}
        #: Tasks of the arrays' records that have several.
        self._tasks: dict[int, int] = {}
        #: Long arrays, those read longest ago first.
        self._arrays: dict[int, None] = {}
        #: The newest number known for each origin; never a lower one, also when its job ends.
        self._tops: dict[int, int] = {}
        #: Jobs that live, as slurmctld counts: each task of a waiting array by itself.
        self.live = 0
        self._unread = Unread()
        #: Whether it was looked for newer jobs since the newest number changed elsewhere.
        self._climbed = False
        self._size = _AT_FIRST
        self._poor = 0

    def hint(self, numbers: Iterable[int]) -> None:
        """Numbers that Slurm has given out: the newest is not below them."""
        self._climbed = False
        for number in numbers:
            self._raise_top(number)

    @property
    def started(self) -> bool:
        """Whether any job was found."""
        return bool(self._tops)

    @property
    def newest(self) -> list[int]:
        """The newest number known for each origin."""
        return list(self._tops.values())

    @property
    def exhausted(self) -> bool:
        """Whether every number up to the newest was tried."""
        return self.started and not len(self._unread)

    async def read_whole(self) -> None:
        """All states in one response: for short queues only."""
        states = await self._source.states()
        self.hint(states)
        self._unread = Unread()
        self._learn(states, {})

    async def start(self) -> None:
        """Find the newest number, unless it is known."""
        for one in [] if self._climbed else list(self._tops.values()):
            await self._climb(one)
        if not self._tops:
            found = await any_number(self._probe, chance=self._chance)
            if found is not None:
                await self._climb(found)

    async def read(self, expected: int | None, enough: Callable[[], bool]) -> bool:
        """Read windows until ``enough()``; whether going on at once finds more.

        ``False`` when there are ``expected`` jobs, or only single ones may be missing.
        """
        self._climbed = False
        # slurmctld's count is up to half a minute old: where jobs are many, on it goes.
        while expected is None or self.live < expected or (self._poor == 0 and self._unread):
            if enough():
                return True
            lost = not len(self._unread) or (
                self._poor >= _PATIENCE and not await self._look_around(expected)
            )
            if lost and not (expected and await self._look_above(expected)):
                return False
            await self._window()
        return False

    async def read_singles(self, expected: int | None) -> None:
        """Try some of the numbers that seemed to have no jobs."""
        self._unread.go_on_below(None)
        end = len(self._unread) - _SINGLES
        while len(self._unread) > max(0, end):
            if expected is not None and self.live >= expected:
                return
            await self._window()

    async def follow(self) -> None:
        """Read the states of the known jobs anew, and of those that came since."""
        states: dict[int, State] = {}
        tasks: dict[int, int] = {}
        for numbers in self._known():
            found = await self._source.numbered(numbers)
            states.update(found.states)
            tasks.update(found.tasks)
        for array in self._arrays:
            if array in self.states:
                states[array] = self.states[array]
                tasks[array] = self._tasks[array]
        self.states, self._tasks, self.live = {}, {}, 0
        self._learn(states, tasks)
        await self._read_arrays()
        for top in list(self._tops.values()):
            await self._climb(top)

    def _known(self) -> Iterator[list[int]]:
        """The known numbers, as many at once as list a thousand states."""
        numbers: list[int] = []
        listed = 0
        for number in self.states:
            if number in self._arrays:
                continue
            count = self._tasks.get(number, 1)
            if numbers and listed + count > WINDOW:
                yield numbers
                numbers, listed = [], 0
            numbers.append(number)
            listed += count
        if numbers:
            yield numbers

    def amend(self, states: Mapping[int, State], gone: Collection[int]) -> None:
        """Take over what was read elsewhere."""
        for number in gone:
            self._forget(number)
        self._learn(states, {})
        self.hint(states)

    async def _climb(self, number: int) -> None:
        top = await newest_from(self._probe, number)
        self._raise_top(top)
        self._climbed = True

    def _raise_top(self, number: int) -> None:
        before = self._tops.get(origin(number), origin(number) << ORIGIN_BITS)
        if number > before:
            self._tops[origin(number)] = number
            self._unread.add(before + 1, number)
            self._poor = 0

    async def _probe(self, numbers: Sequence[int]) -> Collection[int]:
        """Some of them that have jobs, with the highest that has one.

        What is between them is unread: none is shown by itself.
        """
        left = [number for number in numbers if number not in self._arrays]
        while left:
            size = self._size if self._size < _UNKNOWN else WINDOW
            left, requested = left[:-size], left[-size:]
            found = await self._source.numbered(requested)
            self._measure(len(requested), found)
            long = {number: found.states[number] for number in found.tasks}
            self._learn(long, found.tasks)
            if found.states:
                return found.states
        return ()

    async def _window(self) -> None:
        numbers = self._unread.take(self._size)
        requested = [number for number in numbers if number not in self._arrays]
        try:
            found = await self._source.numbered(requested)
        except BaseException:
            self._unread.add(numbers.start, numbers.stop - 1)
            raise
        self._measure(len(numbers), found)
        self._learn(found.states, found.tasks)
        promising = len(found.states) >= _PROMISING * len(numbers)
        self._poor = 0 if promising else self._poor + 1

    def _measure(self, numbers: int, found: Numbered) -> None:
        """Adjust how many numbers the next request has."""
        listed = len(found.states) + sum(found.tasks.values())
        fitting = _LISTED * numbers // max(1, listed)
        self._size = max(_AT_FIRST, min(fitting, 2 * self._size, _UNKNOWN))

    async def _look_around(self, expected: int | None) -> bool:
        """Find out where to go on; ``False``: nowhere in particular."""
        missing = WINDOW if expected is None else expected - self.live
        # As many looks as one of those that are missing must be met by.
        looks = min(_LOOKS, 1 + 3 * len(self._unread) // (WINDOW * max(1, missing)))
        for _ in range(looks):
            found = await self._probe(self._unread.spread(WINDOW, chance=self._chance))
            if found:
                # Not far above it is where the jobs around it begin.
                highest, stride = max(found), len(self._unread) // WINDOW + 1
                step = stride // WINDOW + 1
                more = await self._probe(range(highest, highest + stride + 1, step))
                self._unread.go_on_below(max(more, default=highest) + step)
                self._poor = 0
                return True
        return False

    async def _look_above(self, expected: int) -> bool:
        """Where much is missing below, look beyond a wide gap above the newest."""
        if expected - self.live <= _ENOUGH * expected:
            return False
        for top in list(self._tops.values()):
            found = await any_above(self._probe, top, tries=_LOOKS, chance=self._chance)
            if found is not None:
                await self._climb(found)
                return True
        return False

    def _learn(self, states: Mapping[int, State], tasks: Mapping[int, int]) -> None:
        for number, state in states.items():
            self._forget(number)
            self.states[number] = state
            if (count := tasks.get(number, 1)) > 1:
                self._tasks[number] = count
            if count > LONG_ARRAY:
                self._arrays.setdefault(number)
            if state[0] in LIVE_STATES:
                self.live += count

    def _forget(self, number: int) -> None:
        state = self.states.pop(number, None)
        count = self._tasks.pop(number, 1)
        if state is not None and state[0] in LIVE_STATES:
            self.live -= count

    async def _read_arrays(self) -> None:
        for array in list(self._arrays)[:_ARRAYS_AT_ONCE]:
            rows = await self._source.records(array)
            before = self._tasks.get(array, 1)
            del self._arrays[array]
            self._forget(array)
            tasks: dict[int, int] = {}
            for row in rows:
                if row.job_id == array and row.array_tasks:
                    count = sum(len(some) for some in known_ranges(row.array_tasks))
                    # Cut off where it is long: there may be as many as before.
                    tasks[array] = max(count, before) if "..." in row.array_tasks else count
            self._learn({row.job_id: (row.state, row.flags) for row in rows}, tasks)
