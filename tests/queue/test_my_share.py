"""My jobs where they are many: how many is known before they are asked for."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator

import pytest

from jupyter_slurm_rest.queue.filters import Filters
from jupyter_slurm_rest.queue.my_jobs import MyJobs, has_many
from jupyter_slurm_rest.queue.records import NoEvents
from jupyter_slurm_rest.queue.watcher import Settings, Watcher

from .scripted import Queue, job


def queue_of(mine: int, others: int, first: int = 300_000) -> Queue:
    users = ["alice"] * mine + ["bob"] * others
    random.Random(1).shuffle(users)
    return Queue(*(job(first + i, user=user) for i, user in enumerate(users)))


@pytest.fixture
def watch(jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[list[Watcher]]:
    watchers: list[Watcher] = []
    yield watchers
    for watcher in watchers:
        jp_asyncio_loop.run_until_complete(watcher.close())


@pytest.mark.parametrize(
    ("mine", "others", "many", "told"),
    [(9_000, 11_000, True, 80), (20_000, 0, True, 60), (10, 20_000, False, 10)],
)
async def test_a_few_samples_tell_many_from_few(
    mine: int, others: int, many: bool, told: int
) -> None:
    queue = queue_of(mine, others)
    numbers = [range(300_000, 300_000 + mine + others), range(1, 300_000)]
    found = await has_many(queue, "alice", numbers, recent=3_600, chance=random.Random(1))
    assert found is many
    assert queue.told <= told
    assert queue.requests <= 25


async def test_my_many_jobs_come_in_pages(watch: list[Watcher]) -> None:
    queue = queue_of(9_000, 3_000)
    watcher = Watcher(queue, NoEvents(), Settings(shortest=60.0))
    watch.append(watcher)
    first = await watcher.page("mine", Filters(), limit=200)
    told = queue.told
    second = await watcher.page("mine", Filters(), limit=200)

    mine = sorted((i for i, row in queue.jobs.items() if row.user == "alice"), reverse=True)
    assert first.strategy == "index"
    shown = [row.job_id for row in first.page.rows]
    assert shown == mine[: len(shown)]
    assert 32 <= len(shown) <= 60
    # 4 kB each.
    assert told <= 100
    assert "so far" in first.note
    more = [row.job_id for row in second.page.rows]
    assert more == mine[: len(more)]
    assert len(more) > 100
    # Nothing is asked without numbers, of slurmctld or of accounting.
    assert queue.whole_states == 0
    assert "dump" not in queue.calls
    assert all(asked.job_ids for asked in queue.asked)


async def test_my_few_jobs_in_a_long_queue_are_read_by_user(watch: list[Watcher]) -> None:
    queue = queue_of(10, 12_000)
    watcher = Watcher(queue, NoEvents(), Settings(shortest=60.0))
    watch.append(watcher)
    look = await watcher.page("mine", Filters())
    assert look.strategy == "mine"
    assert look.page.total == 10
    assert queue.whole_states == 0


async def test_what_happens_to_my_many_jobs_is_told(watch: list[Watcher]) -> None:
    queue = queue_of(9_000, 0)
    watcher = Watcher(queue, NoEvents(), Settings(shortest=0.05, share=1.0))
    watch.append(watcher)
    newest = max(queue.jobs)
    for _ in range(200):
        if "searching for" not in (await watcher.page("mine", Filters())).note:
            break
        await asyncio.sleep(0.05)
    queue.put(job(newest, "RUNNING"))
    for _ in range(200):
        await watcher.page("mine", Filters())
        if watcher.transitions(0):
            break
        await asyncio.sleep(0.05)
    assert [(one.before, one.job.id) for one in watcher.transitions(0)] == [
        ("PENDING", str(newest))
    ]


async def test_tasks_of_my_long_array_are_not_listed() -> None:
    array = job(7, array_job_id=7, array_tasks="2-49999", id="7_[2-49999]")
    started = job(8, "RUNNING", array_job_id=7, array_task_id=1, id="7_1")
    queue = Queue(array, started)
    queue.tasks[7] = 49_998
    mine = MyJobs(queue, "alice")
    table = await mine(None)
    queue.jobs[8] = job(8, "COMPLETED", array_job_id=7, array_task_id=1, id="7_1")
    table = await mine(table)
    assert {row.job_id: row.state for row in table.rows.values()} == {7: "PENDING", 8: "COMPLETED"}
    assert queue.entries < 10


async def test_a_long_array_just_submitted_is_not_listed_either() -> None:
    queue = Queue(job(7, array_job_id=7, array_tasks="0-49999", id="7_[0-49999]"))
    queue.tasks[7] = 50_000
    queue.late.add(7)
    mine = MyJobs(queue, "alice")
    mine.expect([7])
    assert [row.id for row in (await mine(None)).rows.values()] == ["7_[0-49999]"]
    assert queue.entries == 0
