"""slurmdbd's records: jobs that ran more than once, times that only look set, array tasks."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_slurm_rest.queue.filters import in_order
from jupyter_slurm_rest.queue.pages import with_elapsed, with_state
from jupyter_slurm_rest.slurm.accounting import HistoryQuery
from jupyter_slurm_rest.slurm.models import JobSummary
from jupyter_slurm_rest.slurm.transport import Response
from jupyter_slurm_rest.slurm.wire.job_records import tasks_of
from jupyter_slurm_rest.slurm.wire.jobs import decode_jobs
from jupyter_slurm_rest.slurm.wire.states import run_state
from tests.slurm.scripted import Request, client_of

NOW = 2_000_000_000
Run = dict[str, object]


def run(state: object, submitted: int, end: int, *, step: str = "batch") -> Run:
    """A record of slurmdbd: a run that began at once."""
    times = {"submission": submitted, "start": submitted, "end": end, "elapsed": 1, "limit": None}
    steps = [{"step": {"id": {"job_id": 7, "step_id": step}}}]
    return {"job_id": 7, "state": {"current": state}, "time": times, "steps": steps}


def accounting(*runs: Run) -> Callable[[Request], Response]:
    def reply(request: Request) -> Response:
        body: dict[str, object] = {"jobs": list(runs), "pings": []}
        return Response(200, "application/json", json.dumps(body).encode(), 0.0)

    return reply


@pytest.mark.parametrize(
    ("told", "end", "state", "flags"),
    [
        (["PENDING", "REQUEUED"], 5, "REQUEUED", ()),
        ("REQUEUED", 5, "REQUEUED", ()),
        (["PENDING", "RESIZING"], 5, "RESIZING", ()),
        ("RESIZING", 5, "RESIZING", ()),
        (["PENDING", "REQUEUED"], None, "PENDING", ("REQUEUED",)),
        (["PENDING"], None, "PENDING", ()),
        (["COMPLETED"], 5, "COMPLETED", ()),
    ],
)
def test_a_run_that_was_not_the_last_has_sacct_s_word(
    told: str | list[str], end: int | None, state: str, flags: tuple[str, ...]
) -> None:
    assert run_state(told, end) == (state, flags)


async def test_a_requeued_run_has_its_times_and_is_not_pending() -> None:
    reply = accounting(run(["PENDING", "REQUEUED"], 1000, 1060))
    client, _, _ = client_of(reply, "v0.0.42")
    (job,) = (await client.history()).jobs
    assert (job.state, job.start_time, job.end_time, job.elapsed) == ("REQUEUED", 1000, 1060, 1)
    assert (await client.history(HistoryQuery(states=["PENDING"]))).jobs == []
    assert (await client.history(HistoryQuery(states=["REQUEUED"]))).total == 1


async def test_of_several_runs_under_one_number_the_last_is_the_job() -> None:
    runs = run("REQUEUED", 1000, 1060, step="0"), run("COMPLETED", 2000, 2030, step="batch")
    client, _, _ = client_of(accounting(*runs), "v0.0.38")
    assert [job.state for job in (await client.history()).jobs] == ["COMPLETED"]
    job = await client.accounting_job(7)
    assert (job.state, job.submit_time, [one.id for one in job.steps]) == (
        "COMPLETED",
        2000,
        ["7.batch"],
    )


@pytest.mark.parametrize(
    ("version", "asked"),
    [("v0.0.37", "4,10"), ("v0.0.38", "4,10"), ("v0.0.42", ["CANCELLED", "DEADLINE"])],
)
async def test_jobs_that_could_never_start_are_asked_for_by_how_they_ended(
    version: str, asked: object
) -> None:
    client, transport, _ = client_of(accounting(), version)
    await client.history()
    await client.history(HistoryQuery(states=["COMPLETED"]))
    jobs = [request for request in transport.seen if request.path.endswith("/jobs/")]
    assert [request.params.get("state") for request in jobs] == [None, asked, None]


def row(**fields: object) -> JobSummary:
    known = {"job_id": 7, "job_state": ["RUNNING"], "start_time": NOW - 100}
    body = json.dumps({"jobs": [known | fields]}).encode()
    return decode_jobs(body, now=NOW)[0]


@pytest.mark.parametrize("limit", [None, {"set": False, "infinite": True, "number": 0}])
def test_a_job_without_a_limit_has_no_end_to_come(limit: object) -> None:
    job = row(time_limit=limit, end_time=NOW + 365 * 86_400)
    assert (job.time_limit, job.end_time) == ("UNLIMITED", None)
    # Where the limit is not told, nothing is made of it.
    assert row(end_time=NOW + 60).time_limit is None
    assert row(end_time=NOW + 60, time_limit=5).end_time == NOW + 60
    assert row(time_limit=limit, end_time=NOW - 9, job_state=["FAILED"]).end_time == NOW - 9


def test_a_row_that_waits_again_loses_the_times_of_its_last_run() -> None:
    again = with_state(row(time_limit=5, end_time=NOW + 60, nodes="cpu1"), ("PENDING", ()))
    assert (again.start_time, again.end_time, again.elapsed, again.nodes) == (None, None, None, "")


def test_a_running_job_counts_on_without_the_seconds_it_was_suspended() -> None:
    resumed = row(suspend_time=NOW - 20, pre_sus_time=30)
    assert (resumed.elapsed, resumed.running_since) == (50, NOW - 50)
    # However long ago the row was read.
    assert with_elapsed(resumed, NOW + 7.9).elapsed == 57
    stopped = row(job_state=["SUSPENDED"], suspend_time=NOW - 20, pre_sus_time=30)
    assert (stopped.elapsed, stopped.running_since) == (30, None)
    assert with_elapsed(stopped, NOW + 7.9).elapsed == 30
    assert with_state(resumed, ("SUSPENDED", ())).running_since is None


def test_sorting_by_elapsed_goes_by_the_clock() -> None:
    now = int(time.time())
    ended = row(job_id=1, job_state=["COMPLETED"], start_time=now - 1000, end_time=now - 900)
    runs = msgspec.structs.replace(
        row(job_id=2), id="2", elapsed=5, start_time=now - 500, running_since=now - 500
    )
    assert [one.id for one in in_order([ended, runs], "-elapsed")] == ["2", "1"]


def bitmap(tasks: set[int]) -> str:
    return hex(sum(1 << task for task in tasks))


@pytest.mark.parametrize(
    ("bits", "tasks"),
    [("0xE", "1-3"), ("0x396", "1-2,4,7-9"), ("0x1", "0"), ("", ""), ("0x0", ""), ("-0x1", "")],
)
def test_tasks_that_accounting_writes_as_bits(bits: str, tasks: str) -> None:
    assert tasks_of(bits) == tasks


def test_empty_bitmaps_are_empty() -> None:
    assert tasks_of("4-7") == ""


# As sacct 24.11 printed them.
@pytest.mark.parametrize(
    ("tasks", "at_once", "written"),
    [
        (set(range(6)), 2, "0-5%2"),
        (set(range(6)), 0, "0-5"),
        (set(range(0, 31, 2)), None, "0-30:2"),
        (set(range(0, 31, 2)), 3, "0-30:2%3"),
        ({3, 6, 9}, None, "3,6,9"),
        ({0, 2, 4, 6, 8}, None, "0,2,4,6,8"),
    ],
)
def test_distances_and_how_many_run_at_once(
    tasks: set[int], at_once: int | None, written: str
) -> None:
    assert tasks_of(bitmap(tasks), at_once) == written


def test_long_lists_are_cut() -> None:
    tasks = {3 * n + n % 2 for n in range(40)}
    shown = "0,4,6,10,12,16,18,22,24,28,30,34,36,40,42,46,48,52,54,58,60,..."
    assert tasks_of(bitmap(tasks)) == shown


def test_a_million_tasks_are_fast() -> None:
    assert tasks_of("0x" + "f" * 250_000) == "0-999999"
    assert tasks_of("0x" + "9" * 250_000).endswith("...")


@given(st.sets(st.integers(0, 40), min_size=1, max_size=12))
def test_every_task_is_named_once(tasks: set[int]) -> None:
    written = tasks_of(bitmap(tasks))
    named: list[int] = []
    for part in written.split(","):
        ends, _, step = part.partition(":")
        low, _, high = ends.partition("-")
        named += range(int(low), int(high or low) + 1, int(step or 1))
    assert named == sorted(tasks)
