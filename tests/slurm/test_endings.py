"""Why jobs ended, from the records of real Slurms."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from jupyter_slurm_rest.slurm.endings import explained, normalized
from jupyter_slurm_rest.slurm.models import ExitCode, Job
from jupyter_slurm_rest.slurm.models.job import signal_name
from jupyter_slurm_rest.slurm.wire.envelope import ExitStatus, exit_code

FILES: dict[str, Any] = {"stdin": "/dev/null", "stdout": "/data/x.out", "stderr": "/data/x.out"}


def ended(
    state: str = "FAILED", reason: str = "", code: int = 0, signal: int = 0, **more: Any
) -> Job:
    raw = ExitCode(code=code, signal=signal, signal_name=signal_name(signal))
    fields = {"nodes": "cpu1", **FILES, **more}
    job = Job(id="7", job_id=7, state=state, reason=reason, **fields)
    return explained(msgspec.structs.replace(job, exit_code=normalized(raw, state, reason)))


def words(job: Job) -> str:
    return "" if job.why is None else f"{job.why.text} {job.why.advice}".strip()


@pytest.mark.parametrize(
    "wire",
    [
        4021,  # v0.0.38: the wait status
        {"status": "SIGNALED", "return_code": 15, "signal": {"signal_id": 53}},
        {
            "status": ["SIGNALED"],
            "return_code": {"set": False, "number": 0},
            "signal": {"id": {"set": True, "number": 53}, "name": "53"},
        },
    ],
)
def test_a_file_that_slurm_could_not_open(wire: Any) -> None:
    found = exit_code(wire if isinstance(wire, int) else msgspec.convert(wire, ExitStatus))
    assert normalized(found, "FAILED") == ExitCode(code=0, signal=53)


@pytest.mark.parametrize("reason", ["RaisedSignal", "JobLaunchFailure", ""])
def test_it_is_said_which_files(reason: str) -> None:
    job = ended(reason=reason, code=15, signal=53)
    assert words(job).startswith(
        "The job did not start and has no output: Slurm could not open its standard output"
        " /data/x.out."
    )
    assert "Check the end" not in words(job)
    several = ended(signal=53, stdin="/data/in", stderr="/data/x.err")
    assert "one of its files: standard input /data/in, standard output" in words(several)
    assert "its input or output." in words(ended(signal=53, stdout="", stderr=""))


@pytest.mark.parametrize(
    ("job", "said"),
    [
        (ended(reason="NonZeroExitCode", code=3), "The script ended with exit code 3."),
        (ended(reason="NonZeroExitCode", code=53), "The script ended with exit code 53."),
        (ended(code=126), "a command is not executable"),
        (ended(code=127), "a command was not found"),
        (ended(code=137), "exit code 137: a command was ended by signal KILL (128 + 9)"),
        (ended(code=255), "The script ended with exit code 255."),
        # 22.05 calls every script that a signal ended a launch failure.
        (ended(reason="JobLaunchFailure", signal=9), "The script was ended by signal KILL."),
        (ended(reason="RaisedSignal", signal=9), "The script was ended by signal KILL."),
        (ended(reason="RaisedSignal", signal=1), "The script was ended by signal HUP."),
        (ended(reason="RaisedSignal", signal=11), "a bug in the program"),
        (ended(reason="RaisedSignal", signal=24), "CPU time"),
        # slurmdbd keeps the reason that a job waited for last, and no other.
        (ended(reason="BeginTime", code=5), "The script ended with exit code 5."),
        (ended(reason="Priority", signal=9), "The script was ended by signal KILL."),
        (ended(reason="AssocGrpCpuLimit", signal=53), "Slurm could not open its standard output"),
        (ended(reason="None"), "no exit code or signal of its script"),
        (ended(reason="Resources"), "no exit code or signal of its script"),
        (ended(reason="Prolog", code=1), "prolog"),
        (ended("OUT_OF_MEMORY", "Priority"), "The job used more memory"),
        (ended("NODE_FAIL", "Resources", code=1), "One of the job's nodes failed."),
        (ended(reason="JobLaunchFailure"), "The job could not be launched on its node."),
        (ended(signal=48), "Slurm could not switch to the job's user on the node"),
        (ended(signal=54), "The site's prolog failed"),
        (ended(signal=40), "Slurm could not start the job (exit code 0:40)"),
        (ended("TIMEOUT", "BeginTime", signal=15), "The job reached its time limit."),
        (ended("OUT_OF_MEMORY", "OutOfMemory", signal=125), "The job used more memory"),
        (ended("DEADLINE", "DeadLine", signal=1), "The job could not finish before its deadline."),
        (ended("NODE_FAIL"), "One of the job's nodes failed."),
        (ended("PREEMPTED"), "preempted"),
        (ended("BOOT_FAIL"), "failed to boot"),
        (ended("CANCELLED", "None", signal=15), "The job was canceled while it ran."),
        (ended("CANCELLED", "JobHeldUser", nodes=""), "The job was canceled before it started."),
        (ended("CANCELLED", "DependencyNeverSatisfied"), "can never be satisfied"),
    ],
)
def test_texts_for_endings(job: Job, said: str) -> None:
    assert said in words(job)


def test_normal_endings_have_no_text() -> None:
    assert ended("REQUEUED", "Priority").why is None
    assert ended("COMPLETED", "BeginTime").why is None
    # slurmdbd keeps what it waited for.
    assert explained(Job(id="7", job_id=7, state="RUNNING", reason="BeginTime")).why is None
    waiting = explained(Job(id="7", job_id=7, state="PENDING", reason="BeginTime"))
    assert "begin time" in words(waiting)


def test_a_step_that_failed_within_a_good_script() -> None:
    job = ended("COMPLETED", derived_exit_code=ExitCode(signal=9, signal_name="KILL"))
    assert words(job).startswith("The script succeeded, but one of its steps failed: signal")


def test_an_end_that_accounting_lost() -> None:
    job = explained(Job(id="7_1", job_id=8, state="FAILED"))
    assert "sacct -j 7_1" in words(job)


def test_slurms_own_signals_are_not_shown_as_hup() -> None:
    hangup = ExitCode(signal=1, signal_name="HUP")
    assert normalized(hangup, "DEADLINE", "DeadLine") == ExitCode(code=1)
    assert normalized(hangup, "FAILED", "Prolog") == ExitCode(code=1)
    assert normalized(hangup, "FAILED", "RaisedSignal") == hangup
