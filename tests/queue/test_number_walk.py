"""The index of a queue that is too long to be listed at once."""

from __future__ import annotations

import random

import pytest

from jupyter_slurm_rest.queue.index import Index, QueueIndex
from jupyter_slurm_rest.queue.records import Records
from jupyter_slurm_rest.slurm.errors import Unreachable
from jupyter_slurm_rest.slurm.models import Diag

from .scripted import Queue, job


def index_of(queue: Queue) -> QueueIndex:
    return QueueIndex(queue, Records(queue), whole_up_to=0, chance=random.Random(1))


async def read(strategy: QueueIndex, index: Index | None = None) -> Index:
    index = await strategy(index)
    while index.growing:
        index = await strategy(index)
    return index


async def test_a_long_queue_is_read_by_number_newest_first() -> None:
    queue = Queue(*(job(i) for i in range(300_000, 320_000)))
    strategy = index_of(queue)
    first = await strategy(None)
    assert first.newest[:200] == list(range(319_999, 319_799, -1))
    assert first.growing
    assert first.missing == 20_000 - len(first.states)
    assert queue.requests <= 30

    whole = await read(strategy, first)
    assert set(whole.states) == set(queue.jobs)
    assert (whole.growing, whole.missing) == (False, 0)
    assert queue.whole_states == 0
    assert queue.largest <= 1_000
    # One for each window, and what finding the newest took.
    assert queue.requests <= 150


async def test_jobs_among_millions_of_numbers_are_found_region_by_region() -> None:
    regions = (range(9_000_000, 9_006_000), range(4_000_000, 4_003_000), range(70_000, 71_000))
    queue = Queue(*(job(i) for region in regions for i in region))
    strategy = index_of(queue)
    index = await read(strategy)
    for _ in range(10):
        index = await strategy(index)
    assert set(index.states) == set(queue.jobs)
    # Trying every number would take 9,000.
    assert queue.requests < 600


async def test_single_old_jobs_are_found_bit_by_bit() -> None:
    queue = Queue(*(job(i) for i in (*range(200_000, 206_000), 123_456, 777)))
    strategy = index_of(queue)
    index = await read(strategy)
    assert 0 < index.missing <= 2
    for _ in range(20):
        index = await strategy(index)
    assert index.missing == 0
    assert set(index.states) == set(queue.jobs)


async def test_an_array_is_listed_once_and_then_read_by_its_record() -> None:
    queue = Queue(*(job(i) for i in range(300_000, 306_000)))
    array = 303_000
    queue.put(job(array, array_job_id=array, array_tasks="0-99999"))
    queue.tasks[array] = 100_000
    strategy = index_of(queue)
    index = await read(strategy)
    assert len(index.states) == 6_000
    assert index.missing == 0
    listed = queue.entries

    for _ in range(3):
        index = await strategy(index)
    assert queue.entries - listed < 20_000
    assert f"record {array}" in queue.calls

    queue.put(job(array, "CANCELLED", array_job_id=array))
    assert (await strategy(index)).states[array][0] == "CANCELLED"


async def test_windows_shrink_where_arrays_are_many() -> None:
    queue = Queue(*(job(i, array_job_id=i, array_tasks="0-199") for i in range(50_000, 56_000)))
    queue.tasks = dict.fromkeys(queue.jobs, 200)
    sizes: list[int] = []
    numbered = queue.numbered

    async def measured(numbers):  # type: ignore[no-untyped-def]
        before = queue.entries
        found = await numbered(numbers)
        sizes.append(queue.entries - before)
        return found

    queue.numbered = measured  # type: ignore[method-assign]
    await index_of(queue)(None)
    assert sizes[-1] <= 4_000


async def test_new_jobs_are_found_above_the_newest_also_when_that_has_left() -> None:
    queue = Queue(*(job(i) for i in range(300_000, 306_000)))
    strategy = index_of(queue)
    index = await read(strategy)
    for i in range(304_000, 306_000):
        del queue.jobs[i]
    index = await strategy(index)
    queue.put(job(306_000))
    index = await strategy(index)
    assert index.newest[0] == 306_000


async def test_federated_numbers_are_followed_for_each_cluster() -> None:
    there = range((2 << 26) + 1, (2 << 26) + 6_000)
    queue = Queue(*(job(i) for i in (*range(20_000, 21_000), *there)))
    strategy = index_of(queue)
    strategy.hint([20_500, there[0]])
    index = await read(strategy)
    assert set(index.states) == set(queue.jobs)


async def test_a_failed_window_is_read_again() -> None:
    queue = Queue(*(job(i) for i in range(300_000, 306_000)))
    strategy = index_of(queue)
    index = await strategy(None)
    queue.failure = Unreachable("slurmrestd cannot be reached.")
    with pytest.raises(Unreachable):
        await strategy(index)
    queue.failure = None
    assert set((await read(strategy, index)).states) == set(queue.jobs)


async def test_without_counts_the_walk_ends_where_nothing_is_left() -> None:
    queue = Queue(*(job(i) for i in range(300_000, 306_000)))
    diag = queue.diag

    async def silent():  # type: ignore[no-untyped-def]
        return type(await diag())()

    queue.diag = silent  # type: ignore[method-assign]
    index = await read(index_of(queue))
    assert set(index.states) == set(queue.jobs)
    assert index.missing == 0


async def test_a_count_that_is_late_hides_no_jobs() -> None:
    queue = Queue(*(job(i) for i in range(300_000, 306_000)))

    async def late() -> Diag:
        return Diag(jobs_pending=5_500, jobs_running=0)

    queue.diag = late  # type: ignore[method-assign]
    assert set((await read(index_of(queue))).states) == set(queue.jobs)
