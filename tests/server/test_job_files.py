"""Where jobs read and write: paths, what is remembered of them, and what could not be opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jupyter_slurm_rest.file_threads import FileThreads
from jupyter_slurm_rest.server import cluster
from jupyter_slurm_rest.server.cluster import JobFiles
from jupyter_slurm_rest.server.job_files import contents_path, name_unopened
from jupyter_slurm_rest.server.submit_form import folder_of
from jupyter_slurm_rest.slurm.endings import explained
from jupyter_slurm_rest.slurm.models import ExitCode, Job


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


def test_memory_is_bounded() -> None:
    files = JobFiles()
    for number in range(cluster._KEPT + 1):
        files.completed(job(number, stdout="/x"))
    assert len(files._known) == cluster._KEPT
    assert files.completed(job(0)).stdout == ""
    assert files.completed(job(1)).stdout == "/x"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/home/alice/slurm-1.out", "slurm-1.out"),
        ("/home/alice/runs/../runs/a b.out", "runs/a b.out"),
        ("/home/alicex/slurm-1.out", ""),
        ("/home/alice/../bob/slurm-1.out", ""),
        ("", ""),
    ],
)
def test_only_files_below_the_root_have_a_contents_path(path: str, expected: str) -> None:
    assert contents_path(path, root="/home/alice") == expected


@pytest.mark.parametrize(
    ("path", "folder", "expected"),
    [
        ("", None, "/home/alice"),
        ("", "", "/data/alice"),
        ("", "runs/today", "/data/alice/runs/today"),
        ("", "../bob", "/home/alice"),
        ("job.sbatch", "runs", "/data/alice"),
        ("runs/today/job.sbatch", None, "/data/alice/runs/today"),
        ("/runs/job.sbatch", None, "/data/alice/runs"),
        ("../bob/job.sbatch", None, "/home/alice"),
    ],
)
def test_a_job_works_where_its_script_is_or_the_file_browser(
    path: str, folder: str | None, expected: str
) -> None:
    assert folder_of(path, folder, root="/data/alice", start="/home/alice") == expected


def failed(**files: Any) -> Job:
    exit_code = ExitCode(signal=53)
    return explained(Job(id="7", job_id=7, state="FAILED", exit_code=exit_code, **files))


async def told(job: Job) -> str:
    why = (await name_unopened(job, FileThreads())).why
    assert why is not None
    return why.text


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"stdout": "{0}/no/x.out"},
            "its standard output {0}/no/x.out (there is no folder {0}/no).",
        ),
        ({"stdout": "{0}"}, "its standard output {0} (it is a folder)."),
        (
            {"stdout": "{0}/x", "stderr": "{0}/no/e"},
            "its standard error {0}/no/e (there is no folder",
        ),
        ({"stdin": "{0}/in", "stdout": "{0}/x"}, "its standard input {0}/in (no such file"),
        ({"stdout": "{0}/file/x"}, "its standard output {0}/file/x ({0}/file is not a folder)."),
    ],
)
async def test_unopened_file_is_named(tmp_path: Path, files: dict[str, str], said: str) -> None:
    (tmp_path / "file").touch()
    where = str(tmp_path)
    job = failed(**{name: path.format(where) for name, path in files.items()})
    assert said.format(where) in await told(job)


async def test_readable_files_are_not_named(tmp_path: Path) -> None:
    job = failed(stdin=f"{tmp_path}", stdout=f"{tmp_path}/x", stderr=f"{tmp_path}/y")
    assert (await name_unopened(job, FileThreads())).why == job.why
    other = Job(id="7", job_id=7, state="FAILED", exit_code=ExitCode(code=3), stdout="/no/x")
    assert await name_unopened(other, FileThreads()) is other
