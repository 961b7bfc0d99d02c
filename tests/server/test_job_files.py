"""Where jobs wrote, once slurmctld has forgotten them."""

from __future__ import annotations

from typing import Any

from jupyter_slurm_rest.server import job_files
from jupyter_slurm_rest.server.job_files import JobFiles
from jupyter_slurm_rest.slurm.models import Job


def job(number: int = 7, submitted: int = 1000, **more: Any) -> Job:
    return Job(id=str(number), job_id=number, submit_time=submitted, state="COMPLETED", **more)


def test_what_slurmctld_said_is_remembered() -> None:
    files = JobFiles()
    assert files.completed(job()).stdout == ""
    seen = job(stdin="/dev/null", stdout="/data/7.out", stderr="/data/7.err")
    assert files.completed(seen) is seen
    later = files.completed(job())
    assert (later.stdin, later.stdout, later.stderr) == ("/dev/null", "/data/7.out", "/data/7.err")
    # Another job of the same number.
    assert files.completed(job(submitted=2000)).stdout == ""


def test_it_does_not_grow_for_ever() -> None:
    files = JobFiles()
    for number in range(job_files._KEPT + 1):
        files.completed(job(number, stdout="/x"))
    assert len(files._known) == job_files._KEPT
    assert files.completed(job(0)).stdout == ""
    assert files.completed(job(1)).stdout == "/x"
