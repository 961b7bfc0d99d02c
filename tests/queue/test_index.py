"""Strategies for all jobs: the full listing, the index and its search."""

from __future__ import annotations

import asyncio

import pytest

from jupyter_slurm_rest.queue.filters import Filters
from jupyter_slurm_rest.queue.index import MAX_ROWS, QueueIndex, ordered
from jupyter_slurm_rest.queue.long_queue import QueueDump, Search
from jupyter_slurm_rest.queue.records import Records
from jupyter_slurm_rest.queue.strategy import Conditions, for_all, for_mine
from jupyter_slurm_rest.slurm.errors import InvalidRequest
from jupyter_slurm_rest.slurm.wire.version import capabilities_of

from .scripted import Queue, job


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def here(**changes: object) -> Conditions:
    fields = {
        "capabilities": capabilities_of("v0.0.42"),
        "accounting": True,
        "queue": 20_000,
        **changes,
    }
    return Conditions(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("circumstances", "mine", "everybody"),
    [
        (here(), "mine", "index"),
        (here(queue=5_000), "mine", "dump"),
        (here(accounting=False), "dump-rarely", "index"),
        (here(accounting=False, queue=100), "dump", "dump"),
        (here(capabilities=capabilities_of("v0.0.38")), "dump-rarely", "dump-rarely"),
        (here(capabilities=capabilities_of("v0.0.38"), queue=100), "dump", "dump"),
        (here(queue=None), "mine", "index"),
        (here(queue=6_000, max_jobs_dump=10_000), "mine", "dump"),
    ],
)
def test_each_cluster_gets_its_plans(circumstances: Conditions, mine: str, everybody: str) -> None:
    assert for_mine(circumstances).strategy == mine
    assert for_all(circumstances).strategy == everybody


def test_a_queue_around_the_limit_does_not_flap() -> None:
    around = here(queue=4_500)
    assert for_all(around, now="index").strategy == "index"
    assert for_all(around, now="dump").strategy == "dump"
    assert for_all(here(queue=3_900), now="index").strategy == "dump"


async def test_an_unchanged_queue_is_not_read_again() -> None:
    queue = Queue(job(1), job(2, user="bob"))
    dump = QueueDump(queue, tells_last_update=True)
    first = await dump(None)
    second = await dump(first)
    assert second.rows is first.rows
    assert second.version == first.version
    assert second.as_of >= first.as_of

    queue.put(job(2, "RUNNING", user="bob"))
    third = await dump(second)
    assert third.version > second.version
    assert third.rows["1"] is first.rows["1"]


async def test_old_versions_go_by_the_controllers_clock() -> None:
    queue = Queue(job(1), minor=38)
    dump = QueueDump(queue, tells_last_update=False)
    first = await dump(None)
    assert first.last_update == queue.changed_at + 1
    assert (await dump(first)).rows is first.rows


async def test_a_running_clock_is_no_change() -> None:
    queue = Queue(job(1, "RUNNING", elapsed=10))
    dump = QueueDump(queue, tells_last_update=True)
    first = await dump(None)
    queue.put(job(1, "RUNNING", elapsed=40))
    assert (await dump(first)).version == first.version


async def test_a_long_queue_is_never_dumped() -> None:
    queue = Queue(*(job(i) for i in range(1, 1_001)), job(2_000, "RUNNING"))
    index = QueueIndex(queue, Records(queue))
    seen = await index(None)
    rows = await index.rows(seen, seen.newest[:10])

    assert seen.counts == {"PENDING": 1_000, "RUNNING": 1}
    assert [row.job_id for row in rows] == [2_000, *range(1_000, 991, -1)]
    assert "dump" not in queue.calls
    assert queue.requests == 12


async def test_a_page_is_one_question_and_its_reasons_follow() -> None:
    queue = Queue(*(job(i, reason="Priority") for i in range(1, 101)))
    clock = Clock()
    index = QueueIndex(queue, Records(queue), clock=clock)
    seen = await index(None)
    queue.calls.clear()

    # Twenty who look at once cost what one costs.
    first, *_ = await asyncio.gather(*(index.rows(seen, seen.newest) for _ in range(20)))
    asked = len(queue.calls)
    reasons = [sum(row.reason == "Priority" for row in first)]
    # The page shows before any reason is known.
    while reasons[-1] < 100:
        clock.now += 10
        rows = await index.rows(seen, seen.newest)
        reasons.append(sum(row.reason == "Priority" for row in rows))

    assert [row.job_id for row in first] == list(range(100, 0, -1))
    assert asked == 26
    assert reasons == [0, 50, 75, 100]


async def test_hidden_jobs_are_not_asked_for_with_every_look() -> None:
    queue = Queue(*(job(i) for i in range(1, 101)))
    index = QueueIndex(queue, Records(queue), clock=(clock := Clock()))
    seen = await index(None)
    for i in range(1, 101, 2):
        queue.hidden.add(i)
    for _ in range(4):
        rows = await index.rows(seen, seen.newest)
        clock.now += 10
    queue.calls.clear()
    await index.rows(seen, seen.newest)

    assert [row.job_id for row in rows] == list(range(100, 0, -2))
    assert len(queue.calls) <= 26


async def test_accounting_does_not_show_what_slurmctld_hides() -> None:
    queue = Queue(*(job(i, user="bob" if i % 2 else "alice") for i in range(1, 101)))
    queue.hidden.update(range(1, 101, 2))
    queue.accounting_hides = False
    index = QueueIndex(queue, Records(queue), clock=(clock := Clock()))
    seen = await index(None)
    for _ in range(4):
        rows = await index.rows(seen, seen.newest)
        clock.now += 10
        assert [row.job_id for row in rows] == list(range(100, 0, -2))


async def test_without_accounting_a_page_is_read_row_by_row() -> None:
    queue = Queue(*(job(i, reason="Priority") for i in range(1, 51)), accounting=False)
    index = QueueIndex(queue, Records(queue))
    rows = await index.rows(seen := await index(None), seen.newest, accounting=False)
    assert [row.reason for row in rows] == ["Priority"] * 50
    assert "accounted" not in queue.calls


async def test_one_look_reads_a_bounded_number_of_rows() -> None:
    queue = Queue(*(job(i) for i in range(1, 1_001)))
    index = QueueIndex(queue, Records(queue))
    seen = await index(None)
    assert len(await index.rows(seen, seen.newest)) == MAX_ROWS


async def test_an_index_follows_the_queue_without_reading_it_again() -> None:
    queue = Queue(*(job(i) for i in range(1, 2_501)))
    clock = Clock()
    strategy = QueueIndex(queue, Records(queue), clock=clock)
    first = await strategy(None)
    del queue.jobs[7]
    queue.put(job(9, "RUNNING"))
    # Far more than one question finds, with gaps, and one of another cluster's numbers.
    for i in (*range(2_900, 4_400), *range(5_000, 5_100), 2**26 + 1):
        queue.put(job(i))
    second = await strategy(first)
    third = await strategy(second)

    assert set(second.states) | set(third.states) <= set(queue.jobs)
    assert set(third.states) >= set(queue.jobs) - {2**26 + 1}
    assert second.states[9] == ("RUNNING", ())

    strategy.hint([2**26 + 2])
    assert set((await strategy(third)).states) == set(queue.jobs)
    assert queue.whole_states == 1


async def test_a_job_that_left_meanwhile_is_not_shown() -> None:
    queue = Queue(job(1), job(2))
    index = QueueIndex(queue, Records(queue))
    seen = await index(None)
    del queue.jobs[2]
    assert [row.job_id for row in await index.rows(seen, seen.newest)] == [1]


async def test_a_long_queue_is_ordered_by_what_is_known() -> None:
    queue = Queue(job(1, "RUNNING"), job(2), job(3, "RUNNING", flags=("COMPLETING",)))
    seen = await QueueIndex(queue, Records(queue))(None)
    nothing: frozenset[str] = frozenset()
    assert list(ordered(seen, nothing, "-job_id")) == [3, 2, 1]
    assert list(ordered(seen, nothing, "id")) == [1, 2, 3]
    assert list(ordered(seen, frozenset({"COMPLETING"}), "-id")) == [3]
    assert next(iter(ordered(seen, nothing, "state"))) == 2
    with pytest.raises(InvalidRequest, match="too many to sort by 'priority'"):
        ordered(seen, nothing, "priority")


async def test_a_search_asks_in_chunks_and_says_how_far_it_came() -> None:
    queue = Queue(*(job(i, user="alice" if i % 100 == 0 else "bob") for i in range(1, 3_001)))
    seen = await QueueIndex(queue, Records(queue))(None)
    search = Search(queue, Filters(users=frozenset({"alice"})))

    some = await search.find(seen, seen.newest, enough=4)
    assert [row.job_id for row in some.rows[:2]] == [3_000, 2_900]
    assert (some.searched, some.total, some.complete) == (520, 3_000, False)

    everything = await search.find(seen, seen.newest, enough=1_000)
    assert len(everything.rows) == 30
    assert everything.complete
    assert max(len(asked.job_ids) for asked in queue.asked) <= 3_000


async def test_a_search_goes_on_with_new_jobs_only() -> None:
    queue = Queue(*(job(i) for i in range(1, 11)))
    strategy = QueueIndex(queue, Records(queue))
    search = Search(queue, Filters(users=frozenset({"alice"})))
    before = await strategy(None)
    await search.find(before, before.newest, enough=100)
    queue.put(job(11))
    queue.put(job(3, "RUNNING"))
    del queue.jobs[4]

    after = await strategy(before)
    found = await search.find(after, after.newest, enough=100)

    assert queue.asked[-1].job_ids == [11]
    assert [row.job_id for row in found.rows] == [11, 10, 9, 8, 7, 6, 5, 3, 2, 1]
    assert next(row for row in found.rows if row.job_id == 3).state == "RUNNING"


async def test_plans_agree() -> None:
    queue = Queue(
        *(job(i, user=["alice", "bob"][i % 2], reason="Priority") for i in range(1, 41)),
        job(50, "RUNNING", nodes="cpu1"),
    )
    dumped = await QueueDump(queue, tells_last_update=True)(None)
    clock = Clock()
    strategy = QueueIndex(queue, Records(queue), clock=clock)
    index = await strategy(None)
    search = Search(queue, Filters(users=frozenset({"bob"})))
    found = await search.find(index, index.newest, enough=99)

    assert len(await strategy.rows(index, index.newest)) == 41
    # Some rows with each look.
    for _ in range(2):
        clock.now += 10
        await strategy.rows(index, index.newest)
    assert await strategy.rows(index, index.newest) == list(dumped.rows.values())[::-1]
    assert {row.id for row in found.rows} == {
        row.id for row in dumped.rows.values() if row.user == "bob"
    }
