"""Which file kept a job from beginning."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jupyter_slurm_rest.file_threads import FileThreads
from jupyter_slurm_rest.server.job_files import name_unopened
from jupyter_slurm_rest.slurm.endings import explained
from jupyter_slurm_rest.slurm.models import ExitCode, Job


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
async def test_it_is_named(tmp_path: Path, files: dict[str, str], said: str) -> None:
    (tmp_path / "file").touch()
    where = str(tmp_path)
    job = failed(**{name: path.format(where) for name, path in files.items()})
    assert said.format(where) in await told(job)


async def test_what_can_be_opened_here_is_not_blamed(tmp_path: Path) -> None:
    job = failed(stdin=f"{tmp_path}", stdout=f"{tmp_path}/x", stderr=f"{tmp_path}/y")
    assert (await name_unopened(job, FileThreads())).why == job.why
    other = Job(id="7", job_id=7, state="FAILED", exit_code=ExitCode(code=3), stdout="/no/x")
    assert await name_unopened(other, FileThreads()) is other
