"""slurmdbd's records through every API version."""

from __future__ import annotations

import pytest

from jupyter_slurm_rest.slurm.error_mapping import failure
from jupyter_slurm_rest.slurm.models import Association, Job, JobSummary, Qos
from jupyter_slurm_rest.slurm.wire.associations import (
    AssociationRows,
    NamedRows,
    QosRows,
    ShareRows,
    TresTypes,
    association,
    names,
    qos,
    share,
    standing,
    tres_names,
    with_qos_names,
)
from jupyter_slurm_rest.slurm.wire.envelope import decode
from jupyter_slurm_rest.slurm.wire.job_records import (
    RecordList,
    RecordRows,
    record,
    summary,
    with_efficiency,
)
from jupyter_slurm_rest.slurm.wire.version import capabilities_of
from tests.slurm.recorded import Recording


def history(recording: Recording) -> dict[str, JobSummary]:
    rows = decode(recording.body("db_jobs"), RecordRows).jobs or []
    return {job.name: job for job in map(summary, rows)}


def full(recording: Recording, name: str) -> Job:
    rows = decode(recording.body(name), RecordList).jobs or []
    return with_efficiency(rows[0], record(rows[0]))


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("completed", "COMPLETED"),
        ("failed", "FAILED"),
        ("cancelled", "CANCELLED"),
        ("timeout", "TIMEOUT"),
        ("gpu", "RUNNING"),
        ("resources", "PENDING"),
    ],
)
def test_states_are_one_word(recording: Recording, name: str, state: str) -> None:
    assert history(recording)[name].state == state


def test_unknown_exit_codes_stay_unknown(recording: Recording) -> None:
    found = history(recording)
    failed = found["failed"].exit_code
    if recording.minor <= 39:
        # These versions lose it, and say 0.
        assert failed is None
    else:
        assert failed is not None
        assert failed.code == 3
    signalled = found["signalled"].exit_code
    assert signalled is not None
    # v0.0.39 writes -127.
    assert (signalled.code, signalled.signal_name) == (0, "SEGV")
    assert found["gpu"].exit_code is None


def test_what_a_job_had(recording: Recording) -> None:
    job = history(recording)["gpu"]
    assert (job.user, job.account, job.partition) == ("alice", "astro", "gpu")
    assert (job.cpus, job.memory, job.gpus, job.nodes) == (4, 2048, 2, "gpu1")
    assert job.time_limit == 10


def test_a_waiting_job_has_no_start_and_no_nodes(recording: Recording) -> None:
    job = history(recording)["resources"]
    assert (job.start_time, job.end_time, job.elapsed, job.nodes) == (None, None, None, "")
    assert job.cpus == 2


def test_steps(recording: Recording) -> None:
    job = full(recording, "db_job_completed")
    assert [step.id for step in job.steps] == [f"{job.id}.{n}" for n in ("batch", "0", "1")]
    assert [step.name for step in job.steps] == ["batch", "hostname", "echo"]
    assert [step.tasks for step in job.steps] == [1, 2, 1]
    assert all(step.state == "COMPLETED" for step in job.steps)
    assert all(step.exit_code is not None for step in job.steps)
    assert sum(step.cpu_time or 0 for step in job.steps) > 0


def test_a_running_step_has_not_ended(recording: Recording) -> None:
    job = full(recording, "db_job_steps")
    running = [step for step in job.steps if step.state == "RUNNING"]
    assert [step.name for step in running] == ["batch", "sleep"]
    assert [(step.end_time, step.exit_code) for step in running] == [(None, None)] * 2
    # Of a running job only the time is known: Slurm writes the use at the end.
    assert job.efficiency is not None
    assert job.efficiency.time is not None
    assert (job.efficiency.cpu, job.efficiency.memory) == (None, None)


def test_the_script_where_slurm_keeps_it(recording: Recording) -> None:
    can = capabilities_of(recording.version, recording.release)
    if can.stored_scripts:
        # 23.11 finds no job without scheduler_unset, which is sent.
        asked = "extra_db_job_script_unset" if can.flags_find_nothing else "db_job_script"
        script = full(recording, asked).script
        assert script is not None
        assert script.startswith("#!/bin/bash\n")


def test_empty_results_are_not_errors(recording: Recording) -> None:
    for name in ("db_jobs_none", "unknown_db_job"):
        response = recording.response(name)
        assert failure(response, path=recording.path(name)) is None
        assert (decode(response.body, RecordRows).jobs or []) == []


def test_associations(recording: Recording) -> None:
    rows = decode(recording.body("db_associations"), AssociationRows).associations or []
    response = decode(recording.body("db_qos"), QosRows)
    named = [with_qos_names(association(row), response.qos or response.old or []) for row in rows]
    mine = [one for one in named if one.user == "alice"]
    assert {one.account: one.is_default for one in mine} == {"astro": True, "particles": False}
    astro = next(one for one in mine if one.account == "astro")
    assert set(astro.qos) == {"normal", "high"}
    assert astro == Association(
        account="astro",
        user="alice",
        cluster=astro.cluster,
        is_default=True,
        default_qos="normal",
        qos=astro.qos,
        shares=10,
    )


def test_qos_limits(recording: Recording) -> None:
    response = decode(recording.body("db_qos"), QosRows)
    found = {one.name: one for one in map(qos, response.qos or response.old or [])}
    assert found["high"] == Qos(
        name="high",
        description="high",
        priority=100,
        max_wall=120,
        max_jobs_per_user=4,
        max_submit_jobs_per_user=20,
        max_tres_per_user="cpu=16,gres/gpu=4",
    )
    assert found["normal"].max_wall == 2880
    assert found["normal"].max_jobs_per_user is None


def test_names(recording: Recording) -> None:
    users = names(decode(recording.body("db_users"), NamedRows).users)
    assert {"alice", "bob", "carol"} <= set(users)
    accounts = names(decode(recording.body("db_accounts"), NamedRows).accounts)
    assert {"physics", "astro", "particles", "chemistry"} <= set(accounts)
    assert len(names(decode(recording.body("db_clusters"), NamedRows).clusters)) == 1
    counted = tres_names(decode(recording.body("db_tres"), TresTypes))
    assert {"cpu", "mem", "node", "gres/gpu"} <= set(counted)


def test_fairshare_of_a_user_and_what_is_above_them(recording: Recording) -> None:
    if not recording.has("shares"):
        return
    shares = decode(recording.body("shares"), ShareRows).shares
    assert shares is not None
    everyone = [share(row) for row in shares.shares or []]
    mine = standing(everyone, "alice")
    assert {(one.account, one.user) for one in mine} == {
        ("root", ""),
        ("physics", ""),
        ("astro", ""),
        ("astro", "alice"),
        ("particles", ""),
        ("particles", "alice"),
    }
    own = [one for one in mine if one.user]
    assert all(0 <= (one.fairshare or 0) <= 1 for one in own)
    assert {one.account: one.raw_shares for one in own} == {"astro": 10, "particles": 5}
