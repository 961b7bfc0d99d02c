"""Two stories of one job, and what it used."""

from __future__ import annotations

import pytest

from jupyter_slurm_rest.slurm.accounting import merge
from jupyter_slurm_rest.slurm.efficiency import efficiency
from jupyter_slurm_rest.slurm.models import ExitCode, Job, Step, Tres


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
    # False and 0 are answers, not gaps.
    assert (job.requeue, job.restarts) == (False, 0)
    assert [step.id for step in job.steps] == ["7.batch"]
    assert job.sources == ["slurmctld", "slurmdbd"]


def test_either_may_be_missing() -> None:
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


def test_what_was_not_sampled_is_not_known() -> None:
    job = accounting(elapsed=100, allocated=Tres(cpus=4, memory=1000), time_limit="UNLIMITED")
    found = efficiency(job)
    assert found is not None
    assert (found.cpu, found.memory, found.gpu, found.time) == (None, None, None, None)


def test_a_job_that_never_ran_has_no_efficiency() -> None:
    assert efficiency(accounting(elapsed=None, allocated=Tres(cpus=1))) is None
    assert efficiency(accounting(elapsed=0, allocated=Tres(cpus=1))) is None
    assert efficiency(accounting(elapsed=5, allocated=None)) is None
