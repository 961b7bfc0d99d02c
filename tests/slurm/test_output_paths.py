"""Paths of output files."""

from __future__ import annotations

import pytest

from jupyter_slurm_rest.slurm.output_paths import Naming, finish, loses_width, resolve
from jupyter_slurm_rest.slurm.wire.job_detail import JobDetail, job

TASK = Naming(
    job_id=1234,
    array_job_id=1200,
    array_task_id=34,
    job_name="my job",
    user="alice",
    host="cpu1.site.org",
    directory="/home/alice/",
)


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("slurm-%j.out", "/home/alice/slurm-1234.out"),
        ("/scratch/%u/%x-%A_%a.log", "/scratch/alice/my job-1200_34.log"),
        ("%6j-%4a-%12j", "/home/alice/001234-0034-0000001234"),
        ("%N-%n-%t-%s-%J", "/home/alice/cpu1-0-0-batch-1234"),
        ("100%%-%j", "/home/alice/100%-1234"),
        ("%5x", "/home/alice/my job"),
        # What Slurm does not know stays.
        ("%z-%5z", "/home/alice/%z-5z"),
        ("%12z", "/home/alice/2z"),
        # A width that nothing follows leaves its last digit.
        ("%5", "/home/alice/5"),
        ("%12%j", "/home/alice/21234"),
        ("%%%j", "/home/alice/%1234"),
        ("%%4j", "/home/alice/%4j"),
        ("%b-%r", "/home/alice/%b-%r"),
        ("end%", "/home/alice/end%"),
        # A backslash anywhere switches the patterns off.
        ("a\\%j", "/home/alice/a%j"),
        ("a\\\\%j\\%j", "/home/alice/a\\%j%j"),
        ("", ""),
    ],
)
def test_patterns(written: str, path: str) -> None:
    assert resolve(written, TASK) == path


def test_what_is_not_known_yet_stays_as_it_was_written() -> None:
    waiting = Naming(job_id=1200, array_job_id=1200)
    assert resolve("%A_%4a-%N-%u", waiting) == "1200_%4a-%N-%u"
    assert finish("/x/1200_4294967294-%N", waiting) == "/x/1200_%a-%N"


def test_a_job_that_is_no_array_is_its_own_array_and_has_slurms_no_value() -> None:
    assert resolve("%A_%a", Naming(job_id=7)) == "7_4294967294"
    assert finish("/x/7_4294967294.out", Naming(job_id=7)) == "/x/7_4294967294.out"


def test_what_slurmrestd_leaves_to_do() -> None:
    # It has made "%" of "%%" and knows no node: nothing else is touched again.
    assert finish("/x/100%j-%N-%2t-%s-%J%%", TASK) == "/x/100%j-cpu1-00-batch-1234%%"


def test_a_user_that_slurmrestd_did_not_know() -> None:
    # 25.05 resolves %u to (null).
    assert finish("/home/alice/(null)-1234.out", TASK) == f"/home/alice/{TASK.user}-1234.out"
    assert finish("/home/alice/(null)-1234.out", Naming(job_id=7)) == "/home/alice/(null)-1234.out"


def test_a_width_is_lost_where_slurmrestd_resolves_the_name() -> None:
    written = ("o-%j", "o-%4j", "o-%2t-%u", "o-%4j-%b", "o-%4j-%N", "o-\\%4j")
    assert [loses_width(path) for path in written] == [False, True, True, False, False, False]


def test_a_width_that_slurmrestd_lost_is_kept() -> None:
    row = JobDetail(
        job_id=7,
        user_name="alice",
        batch_flag=True,
        current_working_directory="/home/alice",
        standard_output="o-%2t-%u",
        stdout_expanded="/home/alice/o-0-(null)",
    )
    assert job(row, resolved=False).stdout == "/home/alice/o-00-alice"
