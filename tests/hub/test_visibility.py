"""Detecting hidden jobs, as opposed to jobs that came or went between two readings."""

from __future__ import annotations

import pytest

from jupyter_slurm_rest.hub.errors import Refusal
from jupyter_slurm_rest.hub.visibility import VisibilityCheckedSource
from jupyter_slurm_rest.queue.index import QueueIndex
from jupyter_slurm_rest.queue.long_queue import QueueDump
from jupyter_slurm_rest.queue.records import Records
from jupyter_slurm_rest.queue.source import Accounted, Dump
from jupyter_slurm_rest.slurm.models import JobSummary
from tests.queue.scripted import Queue, job


class Hiding(Queue):
    """PrivateData=jobs: the queue has no job of others, jobs/state names them all."""

    async def dump(self, update_time: int | None) -> Dump | None:
        dump = await super().dump(update_time)
        if dump is None:
            return None
        return Dump([row for row in dump.rows if row.job_id not in self.hidden], dump.last_update)


def hiding(count: int = 5, hidden: bool = True) -> Hiding:
    queue = Hiding(*(job(i, submit_time=1) for i in range(1, count + 1)))
    queue.hidden = set(queue.jobs) if hidden else set()
    return queue


class Told(list[Refusal]):
    def checked_source(self, queue: Queue, now: float = 1e9) -> VisibilityCheckedSource:
        self.now = now
        return VisibilityCheckedSource(queue, self.append, clock=lambda: self.now, pause=0.0)


async def test_jobs_that_the_queue_leaves_out_are_noticed() -> None:
    told = Told()
    with pytest.raises(Refusal, match="PrivateData") as caught:
        await QueueDump(told.checked_source(hiding()), tells_last_update=True)(None)
    assert caught.value.code == "not_public"
    assert told == [caught.value]


async def test_an_open_queue_is_read_as_it_is() -> None:
    told, queue = Told(), hiding(hidden=False)
    table = await QueueDump(told.checked_source(queue), tells_last_update=True)(None)
    assert len(table.rows) == 5
    assert told == []


class Moving(Queue):
    """Jobs come and go between every two responses."""

    def __init__(self) -> None:
        super().__init__(*(job(i) for i in range(1, 6)))

    async def dump(self, update_time: int | None) -> Dump | None:
        dump = await super().dump(update_time)
        for i in range(6, 40):
            self.put(job(i))
        return dump

    async def records(self, job_id: int) -> list[JobSummary]:
        if job_id % 2:
            self.end(job_id)
        return await super().records(job_id)


async def test_what_came_or_ended_between_two_responses_is_not_hidden() -> None:
    told = Told()
    table = await QueueDump(told.checked_source(Moving()), tells_last_update=True)(None)
    assert len(table.rows) == 5
    assert told == []


class Once(Hiding):
    """A job is missing from one reading only."""

    async def records(self, job_id: int) -> list[JobSummary]:
        rows = await super().records(job_id)
        self.hidden.clear()
        return rows


async def test_one_miss_is_no_proof() -> None:
    queue = Once(job(1))
    queue.hidden = {1}
    told = Told()
    await told.checked_source(queue).dump(None)
    assert told == []


async def test_a_long_queue_is_refused_before_a_row_of_it_is_asked_for() -> None:
    told = Told()
    checked_source = told.checked_source(hiding())
    with pytest.raises(Refusal):
        await QueueIndex(checked_source, Records(checked_source))(None)


async def test_a_queue_that_closes_is_noticed_within_a_minute_and_at_the_next_row() -> None:
    queue, told = hiding(hidden=False), Told()
    checked_source = told.checked_source(queue)
    strategy = QueueIndex(checked_source, Records(checked_source))
    index = await strategy(None)
    queue.hidden = set(queue.jobs)
    index = await strategy(index)
    assert told == []
    with pytest.raises(Refusal):
        await strategy.rows(index, [2])

    queue, told = hiding(hidden=False), Told()
    checked_source = told.checked_source(queue)
    table = await QueueDump(checked_source, tells_last_update=True)(None)
    queue.hidden = set(queue.jobs)
    told.now += 61
    with pytest.raises(Refusal):
        await QueueDump(checked_source, tells_last_update=True)(table)


async def test_accounting_that_hides_jobs_would_make_filters_find_too_little() -> None:
    queue, told = hiding(hidden=False), Told()
    queue.late = set(queue.jobs)
    with pytest.raises(Refusal, match=r"slurmdbd\.conf"):
        await told.checked_source(queue).accounted(Accounted(users=["bob"], job_ids=[1, 2]))

    young = Queue(job(1, submit_time=int(1e9) - 5))
    young.late = {1}
    told = Told()
    assert await told.checked_source(young).accounted(Accounted(users=["bob"], job_ids=[1])) == []
    assert told == []
