"""One job as both daemons know it, history, accounts, and how much of a job's resources it used."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from jupyter_slurm_rest.slurm.accounting import HistoryQuery, merge
from jupyter_slurm_rest.slurm.errors import (
    AccountingDown,
    AccountingMissing,
    ControllerDown,
    InvalidRequest,
    NotFound,
)
from jupyter_slurm_rest.slurm.models import ExitCode, Job, Step, Tres
from jupyter_slurm_rest.slurm.transport import Response
from jupyter_slurm_rest.slurm.wire.steps import efficiency

from .recorded import FIXTURES, Recording
from .scripted import NO_SUCH_PATH, Request, client_of, recorded_reply

NEW = Recording(FIXTURES / "26.05.5" / "v0.0.45")


async def test_one_job_told_by_both(recording: Recording) -> None:
    client, _, _ = client_of(recorded_reply(recording), recording.version)
    job = await client.whole_job(recording.job_id("job_completed"))
    assert job.sources == ["slurmctld", "slurmdbd"]
    assert [step.name for step in job.steps] == ["batch", "hostname", "echo"]
    assert job.stdout.endswith(f"/slurm-{job.job_id}.out")
    assert job.exit_code is not None


@pytest.mark.parametrize("version", ["v0.0.40", "v0.0.45"])
async def test_a_job_whose_script_may_not_be_read_is_asked_for_without(version: str) -> None:
    release = "23.11.11" if version == "v0.0.40" else "26.05.5"
    recording = Recording(FIXTURES / release / version)
    there = recorded_reply(recording)

    def reply(request: Request) -> Response:
        if "show_batch_script" in request.params:
            return recording.response("db_jobs_none")
        return there(request)

    client, transport, _ = client_of(reply, version)
    job = await client.accounting_job(recording.job_id("job_completed"))
    assert [step.name for step in job.steps] == ["batch", "hostname", "echo"]
    assert job.script is None
    sent = [one.params for one in transport.seen if one.path.startswith("/slurmdb/")]
    # 23.11 finds nothing when any flag is set, but for this one beside it.
    assert all(("scheduler_unset" in params) is (release == "23.11.11") for params in sent)


async def test_a_running_job_is_not_told_by_accounting_to_have_ended(recording: Recording) -> None:
    client, _, _ = client_of(recorded_reply(recording), recording.version)
    job = await client.whole_job(recording.job_id("job_gpu"))
    assert (job.state, job.exit_code) == ("RUNNING", None)
    assert job.sources == ["slurmctld", "slurmdbd"]


def without(daemon: str) -> Callable[[Request], Response]:
    area = "slurmdb" if daemon == "slurmdbd" else "slurm"
    down = NEW.response("no_slurmdbd_db_qos" if area == "slurmdb" else "no_slurmctld_jobs")
    reply = recorded_reply(NEW)

    def response(request: Request) -> Response:
        stopped = request.path.startswith(f"/{area}/") and "diag" not in request.path
        return down if stopped and "ping" not in request.path else reply(request)

    return response


async def test_one_job_when_a_daemon_is_down() -> None:
    job_id = NEW.job_id("job_completed")
    client, _, _ = client_of(without("slurmdbd"), NEW.version)
    job = await client.whole_job(job_id)
    assert (job.sources, job.steps) == (["slurmctld"], [])
    client, _, _ = client_of(without("slurmctld"), NEW.version)
    job = await client.whole_job(job_id)
    assert job.sources == ["slurmdbd"]
    assert job.steps
    # Forgotten by the one, and the other is down: that is not "no such job".
    with pytest.raises(ControllerDown):
        await client.whole_job(999999)


async def test_history_filters_and_pages(recording: Recording) -> None:
    client, transport, _ = client_of(recorded_reply(recording), recording.version)
    query = HistoryQuery(
        users=["alice"],
        partitions=["debug", "long"],
        accounts=["astro"],
        states=["COMPLETED", "FAILED"],
        start=1_795_000_000,
        end=1_795_900_000,
        limit=2,
    )
    page = await client.history(query)
    assert page.total == 3
    assert [job.name for job in page.jobs] == ["signalled", "failed"]
    rest = await client.history(HistoryQuery(users=["alice"], states=["COMPLETED"], offset=0))
    assert [job.name for job in rest.jobs] == ["completed"]
    sent = next(seen.params for seen in transport.seen if "slurmdb" in seen.path)
    assert (sent["start_time"], sent["end_time"]) == ("uts1795000000", "uts1795900000")
    apart = recording.minor >= 40
    assert sent["partition"] == (["debug", "long"] if apart else "debug,long")
    assert sent["account"] == (["astro"] if apart else "astro")
    assert sent["skip_steps"] == "true"
    # An unknown filter fails the whole request; by state Slurm means something else.
    assert ("users" in sent) is (recording.minor >= 39)
    assert "state" not in sent


async def test_history_is_limited_by_default() -> None:
    client, transport, _ = client_of(recorded_reply(NEW), NEW.version)
    await client.history()
    sent = transport.seen[-1].params
    week = int(str(sent["end_time"])[3:]) - int(str(sent["start_time"])[3:])
    assert week == 7 * 86400


@pytest.mark.parametrize(
    ("query", "field"),
    [
        (HistoryQuery(start=10, end=5), "start"),
        (HistoryQuery(limit=0), "limit"),
        (HistoryQuery(limit=10**9), "limit"),
        (HistoryQuery(offset=-1), "limit"),
        (HistoryQuery(states=["DONE"]), "state"),
        (HistoryQuery(users=["a,b"]), "users"),
    ],
)
async def test_invalid_history_queries(query: HistoryQuery, field: str) -> None:
    client, transport, _ = client_of(recorded_reply(NEW), NEW.version)
    with pytest.raises(InvalidRequest) as caught:
        await client.history(query)
    assert caught.value.field == field
    assert not any("slurmdb" in seen.path for seen in transport.seen)


async def test_several_tasks_are_never_asked_of_accounting() -> None:
    client, transport, _ = client_of(recorded_reply(NEW), NEW.version)
    with pytest.raises(NotFound):
        await client.accounting_job("99_[2-5]")
    asked = [seen.params["step"] for seen in transport.seen if "slurmdb" in seen.path]
    assert asked == ["99"]


async def test_the_account_of_a_user(recording: Recording) -> None:
    client, _, _ = client_of(recorded_reply(recording), recording.version)
    account = await client.account("alice")
    assert account.default_account == "astro"
    assert {one.account for one in account.associations} == {"astro", "particles"}
    assert {one.name for one in account.qos} == {"normal", "high"}
    assert bool(account.shares) is (recording.minor >= 40)


async def test_a_cluster_without_accounting() -> None:
    reply = recorded_reply(NEW)
    client, _, _ = client_of(
        lambda request: NO_SUCH_PATH if "slurmdb" in request.path else reply(request), NEW.version
    )
    assert not await client.has_accounting()
    for call in (client.history, client.qos, client.associations, client.users):
        with pytest.raises(AccountingMissing):
            await call()
    job = await client.whole_job(NEW.job_id("job_completed"))
    assert job.sources == ["slurmctld"]


async def test_accounting_that_is_down_is_not_missing() -> None:
    client, _, _ = client_of(without("slurmdbd"), NEW.version)
    with pytest.raises(AccountingDown):
        await client.has_accounting()


def controller(**changes: object) -> Job:
    fields: dict[str, object] = {
        "id": "7",
        "job_id": 7,
        "state": "RUNNING",
        "submit_time": 100,
        "start_time": 110,
        "elapsed": 50,
        "nodes": "cpu1",
        "comment": "mine",
        "requeue": False,
        "restarts": 0,
        "sources": ["slurmctld"],
    }
    return Job(**(fields | changes))  # type: ignore[arg-type]


def accounting(**changes: object) -> Job:
    fields: dict[str, object] = {
        "id": "7",
        "job_id": 7,
        "state": "COMPLETED",
        "submit_time": 100,
        "start_time": 111,
        "end_time": 170,
        "exit_code": ExitCode(),
        "comment": "theirs",
        "script": "#!/bin/sh\n",
        "submit_line": "sbatch x",
        "requeue": None,
        "restarts": 3,
        "steps": [Step(id="7.batch")],
        "sources": ["slurmdbd"],
    }
    return Job(**(fields | changes))  # type: ignore[arg-type]


def test_slurmctld_is_right_about_now_and_slurmdbd_fills_in() -> None:
    job = merge(controller(), accounting())
    assert job is not None
    assert (job.state, job.exit_code, job.end_time) == ("RUNNING", None, None)
    assert (job.comment, job.script, job.submit_line) == ("mine", "#!/bin/sh\n", "sbatch x")
    # False and 0 are values, not gaps.
    assert (job.requeue, job.restarts) == (False, 0)
    assert [step.id for step in job.steps] == ["7.batch"]
    assert job.sources == ["slurmctld", "slurmdbd"]


def test_either_record_may_be_missing() -> None:
    assert merge(controller(), None) == controller()
    assert merge(None, accounting()) == accounting()
    assert merge(None, None) is None


@pytest.mark.parametrize("other", [{"submit_time": 99}, {"job_id": 8}])
def test_another_job_of_the_same_number_is_not_mixed_in(other: dict[str, object]) -> None:
    assert merge(controller(), accounting(**other)) == controller()


def test_efficiency_of_a_finished_job() -> None:
    job = accounting(
        elapsed=100,
        time_limit=5,
        allocated=Tres(cpus=4, memory=1000, gpus=2),
        steps=[Step(id="7.batch", cpu_time=40.0), Step(id="7.0", cpu_time=160.0), Step(id="7.1")],
    )
    found = efficiency(job, memory_used=250, gpu_percent=150)
    assert found is not None
    assert (found.cpu, found.memory, found.gpu) == (0.5, 0.25, 0.75)
    assert found.time == pytest.approx(1 / 3)
    assert (found.cpu_used, found.cpu_allocated) == (200.0, 400.0)
    assert (found.memory_used, found.memory_allocated) == (250, 1000)


def test_missing_samples_are_unknown() -> None:
    job = accounting(elapsed=100, allocated=Tres(cpus=4, memory=1000), time_limit="UNLIMITED")
    found = efficiency(job)
    assert found is not None
    assert (found.cpu, found.memory, found.gpu, found.time) == (None, None, None, None)


def test_a_job_that_never_ran_has_no_efficiency() -> None:
    assert efficiency(accounting(elapsed=None, allocated=Tres(cpus=1))) is None
    assert efficiency(accounting(elapsed=0, allocated=Tres(cpus=1))) is None
    assert efficiency(accounting(elapsed=5, allocated=None)) is None
