"""Where a file is, for the person's file browser and for Slurm."""

from __future__ import annotations

import pytest

from jupyter_slurm_rest.server.job_files import contents_path, folder_of


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
    ("path", "expected"),
    [
        ("", "/home/alice"),
        ("job.sbatch", "/home/alice"),
        ("runs/today/job.sbatch", "/home/alice/runs/today"),
        ("/runs/job.sbatch", "/home/alice/runs"),
        ("../bob/job.sbatch", "/home/alice"),
    ],
)
def test_a_job_works_where_its_script_is(path: str, expected: str) -> None:
    assert folder_of(path, root="/home/alice") == expected
