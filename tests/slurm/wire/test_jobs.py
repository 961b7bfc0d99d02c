"""Every API version shows the same queue."""

from __future__ import annotations

import pytest

from jupyter_slurm_rest.slurm.models import JobSummary
from jupyter_slurm_rest.slurm.wire.jobs import decode_jobs
from tests.slurm.recorded import RECORDINGS, Recording


def queue(recording: Recording) -> list[JobSummary]:
    return decode_jobs(recording.body("jobs"), now=2_000_000_000)


def named(recording: Recording, name: str) -> JobSummary:
    return next(job for job in queue(recording) if job.name == name)


@pytest.mark.parametrize(
    ("name", "state", "code", "signal"),
    [
        ("completed", "COMPLETED", 0, ""),
        ("failed", "FAILED", 3, ""),
        ("signalled", "FAILED", 0, "SEGV"),
        ("cancelled", "CANCELLED", 0, "TERM"),
        ("timeout", "TIMEOUT", 0, "TERM"),
    ],
)
def test_how_a_job_ended(
    recording: Recording, name: str, state: str, code: int, signal: str
) -> None:
    job = named(recording, name)
    assert job.state == state
    assert job.exit_code is not None
    if name == "cancelled" and recording.line in ((24, 5), (25, 11)):
        # There its shell ended of itself when its command was killed.
        code, signal = 143, ""
    assert (job.exit_code.code, job.exit_code.signal_name) == (code, signal)
    assert job.start_time is not None
    assert job.end_time is not None
    assert job.elapsed == job.end_time - job.start_time
    assert job.estimated_start is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("resources", "Resources"),
        ("priority", "Priority"),
        ("held-by-user", "JobHeldUser"),
        ("held-by-admin", "JobHeldAdmin"),
        ("dependency", "Dependency"),
        ("never", "DependencyNeverSatisfied"),
        ("begin", "BeginTime"),
        ("licence", "Licenses"),
        ("qos-limit", "QOSMaxGRESPerUser"),
    ],
)
def test_why_a_job_waits(recording: Recording, name: str, reason: str) -> None:
    job = named(recording, name)
    assert (job.state, job.reason) == ("PENDING", reason)
    assert job.nodes == ""
    assert (job.start_time, job.end_time, job.elapsed, job.exit_code) == (None, None, None, None)


def test_a_running_job_has_its_resources_and_no_end_code(recording: Recording) -> None:
    job = named(recording, "gpu")
    assert (job.state, job.nodes, job.node_count) == ("RUNNING", "gpu1", 1)
    assert (job.cpus, job.memory, job.gpus) == (4, 2048, 2)
    assert job.time_limit == 10
    assert job.exit_code is None
    assert job.elapsed == 2_000_000_000 - (job.start_time or 0)


def test_a_waiting_job_has_what_it_asks_for(recording: Recording) -> None:
    job = named(recording, "qos-limit")
    assert (job.user, job.qos, job.gpus, job.account) == ("carol", "high", 4, "chemistry")


def test_the_time_of_a_suspended_job_stands_still(recording: Recording) -> None:
    job = named(recording, "suspended")
    assert job.state == "SUSPENDED"
    assert job.elapsed is not None
    assert job.elapsed < 60


def test_an_array_is_its_started_tasks_and_the_rest(recording: Recording) -> None:
    tasks = [job for job in queue(recording) if job.name == "array"]
    ids = [job.id for job in tasks]
    array = tasks[0].array_job_id
    assert ids == [f"{array}_0", f"{array}_1", f"{array}_[2-5%2]"]
    assert [job.array_task_id for job in tasks] == [0, 1, None]
    assert tasks[2].array_tasks == "2-5%2"
    assert tasks[2].reason == "JobArrayTaskLimit"
    assert len({job.job_id for job in tasks}) == 3


def test_components_of_a_heterogeneous_job_are_told_apart(recording: Recording) -> None:
    parts = [job for job in queue(recording) if job.name == "het"]
    first = parts[0].het_job_id
    assert [job.id for job in parts] == [f"{first}+0", f"{first}+1"]
    assert [job.gpus for job in parts] == [0, 1]
    assert [job.het_offset for job in parts] == [0, 1]


def test_a_job_that_is_no_array_has_no_array_ids(recording: Recording) -> None:
    job = named(recording, "gpu")
    assert job.id == str(job.job_id)
    assert (job.array_job_id, job.array_task_id, job.array_tasks) == (None, None, None)
    assert (job.het_job_id, job.het_offset) == (None, None)


def test_every_version_of_a_release_tells_the_same_queue(recording: Recording) -> None:
    newest = max(
        (one for one in RECORDINGS if one.release == recording.release), key=lambda one: one.minor
    )
    here = {job.id: job for job in queue(recording)}
    there = {job.id: job for job in queue(newest)}
    assert here.keys() == there.keys()
    for job_id, job in here.items():
        # The scheduler's estimate moved while it was recorded.
        moved = {"estimated_start", "priority"}
        differing = {
            name
            for name in JobSummary.__struct_fields__
            if getattr(job, name) != getattr(there[job_id], name)
        }
        assert differing <= moved, job_id


def test_one_job_alone_is_read_and_unknown_keys_are_not_minded() -> None:
    body = b'{"job_id": 7, "job_state": "RUNNING", "array_job_id": 0, "unknown": {"a": [1]}}'
    (job,) = decode_jobs(b'{"jobs": [%s]}' % body, now=5.0)
    assert (job.id, job.state) == ("7", "RUNNING")
