"""Finding jobs by number."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Sequence

import pytest

from jupyter_slurm_rest.slurm.jobs import WINDOW, Unread, any_number, newest_from


class Numbers:
    def __init__(self, live: Iterable[int]) -> None:
        self.live = set(live)
        self.requests = 0

    async def __call__(self, numbers: Sequence[int]) -> Collection[int]:
        self.requests += 1
        assert len(numbers) <= WINDOW
        # slurmrestd cuts a longer request line off without an error.
        assert sum(len(f"job_id={number}&") for number in numbers) < 60_000
        return [number for number in numbers if number in self.live]


async def newest(numbers: Numbers) -> int | None:
    found = await any_number(numbers, chance=random.Random(1))
    return None if found is None else await newest_from(numbers, found)


@pytest.mark.parametrize(
    ("live", "requests"),
    [
        (range(3_000_000, 3_100_000), 15),
        (range(3_000_000, 3_020_000), 20),
        (range(30_000_000, 30_100_000), 30),
        (range(1, 6_000), 15),
        (range(3 << 26, (3 << 26) + 50_000), 30),
    ],
    ids=["long", "shorter", "after many years", "new", "federated"],
)
async def test_the_newest_number_is_found_in_few_requests(live: range, requests: int) -> None:
    numbers = Numbers(live)
    assert await newest(numbers) == live[-1]
    assert numbers.requests <= requests


async def test_the_newest_is_found_beyond_gaps() -> None:
    live = {*range(100_000, 150_000), *range(220_000, 221_000), *range(400_000, 400_500)}
    assert await newest(Numbers(live)) == 400_499


async def test_no_jobs_have_no_newest() -> None:
    numbers = Numbers(())
    assert await newest(numbers) is None
    assert numbers.requests < 100


async def test_nothing_is_asked_beyond_the_last_number() -> None:
    last = (1 << 26) - 1
    numbers = Numbers({last})
    assert await newest_from(numbers, last) == last
    assert numbers.requests == 0


def test_numbers_are_taken_from_the_highest_down_and_once() -> None:
    unread = Unread()
    unread.add(1, 2_500)
    taken = [unread.take(1_000)]
    unread.add(5_000, 5_100)
    while len(unread):
        taken.append(unread.take(1_000))
    assert taken[:2] == [range(1_501, 2_501), range(5_000, 5_101)]
    assert sorted(number for some in taken for number in some) == [
        *range(1, 2_501),
        *range(5_000, 5_101),
    ]
    assert not unread.take(1_000)


def test_taking_goes_on_where_it_is_told_to() -> None:
    unread = Unread()
    unread.add(1, 10_000)
    assert unread.take(1_000) == range(9_001, 10_001)
    unread.go_on_below(3_000)
    assert unread.take(1_000) == range(2_001, 3_001)
    assert unread.take(1_000) == range(1_001, 2_001)
    unread.go_on_below(None)
    assert unread.take(1_000) == range(8_001, 9_001)
    spread = unread.spread(100)
    assert 95 <= len(spread) <= 105
    assert set(spread) <= {*range(1, 1_001), *range(3_001, 8_001)}
