"""The strategy for my jobs."""

from __future__ import annotations

import pytest

from jupyter_slurm_rest.queue.my_jobs import MyJobs
from jupyter_slurm_rest.slurm.errors import AccountingDown, ControllerDown
from jupyter_slurm_rest.slurm.models import JobSummary

from .scripted import Queue, job

NOW = 1_000_000


def strategy(queue: Queue, **options: int) -> MyJobs:
    return MyJobs(queue, "alice", clock=lambda: NOW, **options)


async def test_it_costs_what_my_jobs_cost() -> None:
    queue = Queue(*(job(i, user="bob") for i in range(1_000)), job(5_000), job(5_001))
    mine = strategy(queue)

    first = await mine(None)
    queue.calls.clear()
    second = await mine(first)

    assert list(second.rows) == ["5001", "5000"]
    assert queue.calls == ["accounted", "states"]
    assert second.version == first.version


async def test_reasons_come_from_slurmctld() -> None:
    queue = Queue(job(1, reason="Priority"))
    assert (await strategy(queue)(None)).rows["1"].reason == "Priority"


async def test_only_jobs_whose_state_changed_are_read_again() -> None:
    queue = Queue(*(job(i) for i in range(1, 6)))
    mine = strategy(queue)
    before = await mine(None)
    queue.calls.clear()
    queue.put(job(3, "RUNNING", nodes="cpu1"))

    after = await mine(before)

    assert [call for call in queue.calls if call.startswith("record")] == ["record 3"]
    assert (after.rows["3"].state, after.rows["3"].nodes) == ("RUNNING", "cpu1")
    assert after.rows["2"] is before.rows["2"]
    assert after.version > before.version


async def test_an_ended_job_stays_for_a_while_as_accounting_tells_it() -> None:
    queue = Queue(job(1), job(2))
    mine = strategy(queue, recent=600)
    before = await mine(None)
    queue.end(1, "FAILED", end_time=NOW - 10)
    queue.history[9] = job(9, "COMPLETED", end_time=NOW - 700)

    after = await mine(before)

    assert {row.id: row.state for row in after.rows.values()} == {"2": "PENDING", "1": "FAILED"}


async def test_a_job_that_nobody_knows_is_not_called_finished() -> None:
    queue = Queue(job(1), job(2))
    mine = strategy(queue)
    before = await mine(None)
    # Accounting still thinks that it waits; slurmctld has lost it.
    queue.history[1] = queue.jobs.pop(1)

    assert list((await mine(before)).rows) == ["2"]


async def test_a_submitted_job_shows_before_accounting_hears_of_it() -> None:
    queue = Queue(job(1))
    mine = strategy(queue)
    before = await mine(None)
    queue.put(job(2))
    queue.late.add(2)

    mine.expect([2])
    during = await mine(before)
    queue.late.clear()
    queue.end(2, end_time=NOW)
    after = await mine(during)

    assert during.rows["2"].state == "PENDING"
    assert after.rows["2"].state == "COMPLETED"


async def test_known_jobs_are_followed_while_accounting_is_down() -> None:
    queue = Queue(job(1))
    mine = strategy(queue)
    before = await mine(None)
    queue.accounting_failure = AccountingDown("slurmdbd does not answer.")
    queue.put(job(1, "RUNNING"))

    after = await mine(before)

    assert after.rows["1"].state == "RUNNING"
    assert "missing" in after.note


async def test_nothing_is_shown_when_accounting_never_responded() -> None:
    queue = Queue(job(1))
    queue.accounting_failure = AccountingDown("slurmdbd does not answer.")
    with pytest.raises(AccountingDown):
        await strategy(queue)(None)


async def test_a_silent_controller_ends_no_job() -> None:
    queue = Queue(job(1, "RUNNING"))
    mine = strategy(queue)
    before = await mine(None)
    queue.failure = ControllerDown("slurmctld does not answer.")
    with pytest.raises(ControllerDown):
        await mine(before)


async def test_many_waiting_jobs_are_read_in_turns_and_it_says_so() -> None:
    queue = Queue(*(job(i, reason="Priority") for i in range(1, 31)))
    mine = strategy(queue, at_once=20)

    first = await mine(None)
    second = await mine(first)

    assert len(first.rows) == 30
    assert "10 pending jobs" in first.note
    assert second.note == ""
    assert all(row.reason == "Priority" for row in second.rows.values())


async def test_an_array_is_read_once_for_all_its_tasks() -> None:
    tasks = [
        job(10 + i, "RUNNING", id=f"10_{i}", array_job_id=10, array_task_id=i) for i in range(1, 9)
    ]
    rest = job(10, id="10_[9-20]", array_job_id=10, array_tasks="9-20")
    queue = Queue(rest, *tasks)
    mine = strategy(queue)
    first = await mine(None)
    queue.calls.clear()
    for task in tasks:
        queue.put(job(task.job_id, "SUSPENDED", id=task.id, array_job_id=10))
    await mine(first)
    assert [call for call in queue.calls if call.startswith("record")] == ["record 10"]


def split(task: int) -> JobSummary:
    return job(10 + task, id=f"10_{task}", array_job_id=10, array_task_id=task)


async def test_waiting_tasks_that_accounting_never_heard_of_are_there() -> None:
    # With aftercorr slurmctld gives every task a record, and tells slurmdbd of one.
    last = job(10, id="10_3", array_job_id=10, array_task_id=3)
    queue = Queue(last, split(1), split(2), job(30))
    queue.late |= {11, 12}
    mine = strategy(queue)
    first = await mine(None)
    assert list(first.rows) == ["30", "10_2", "10_1", "10_3"]
    reads = [call for call in queue.calls if call.startswith("record")]
    assert reads == ["record 11", "record 10", "record 30"]

    queue.calls.clear()
    assert (await mine(first)).version == first.version
    assert queue.calls == ["accounted", "states"]


async def test_they_are_still_there_when_what_accounting_knew_has_ended() -> None:
    last = job(10, id="10_3", array_job_id=10, array_task_id=3)
    queue = Queue(last, split(1), split(2))
    queue.late |= {11, 12}
    now = float(NOW)
    mine = MyJobs(queue, "alice", clock=lambda: now)
    table = await mine(None)
    queue.end(10, end_time=NOW)
    table = await mine(table)
    assert {row.id: row.state for row in table.rows.values()} == {
        "10_1": "PENDING",
        "10_2": "PENDING",
        "10_3": "COMPLETED",
    }
    now += 7_200
    queue.history.clear()
    assert list((await mine(table)).rows) == ["10_2", "10_1"]


async def test_a_job_that_was_requeued_after_its_end_waits_again() -> None:
    queue = Queue(job(1))
    queue.late.add(1)
    queue.history[1] = job(1, "COMPLETED", end_time=NOW - 100)
    assert (await strategy(queue)(None)).rows["1"].state == "PENDING"
