"""Job ids as people write them."""

from __future__ import annotations

import pytest

from jupyter_slurm_rest.slurm.errors import InvalidRequest
from jupyter_slurm_rest.slurm.jobids import parse_job_id
from jupyter_slurm_rest.slurm.models import JobSummary


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("123", "123"),
        (123, "123"),
        (" 123 ", "123"),
        ("123_4", "123_4"),
        ("123_[5-9%2]", "123_[5-9]"),
        ("123_[1,3,7-9:2]", "123_[1,3,7-9:2]"),
        ("123_*", "123"),
        ("123+1", "123+1"),
    ],
)
def test_what_is_sent(written: str | int, sent: str) -> None:
    assert str(parse_job_id(written)) == sent


@pytest.mark.parametrize(
    "written", ["", "abc", "0", "-1", "12 34", "12_", "12_[", "12_[a]", "12+", "12.batch", "1;2"]
)
def test_what_is_no_job_id(written: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        parse_job_id(written)
    assert caught.value.field == "job_ids"


def row(job_id: int, shown: str, array: int | None = None, tasks: str | None = None) -> JobSummary:
    return JobSummary(
        id=shown, job_id=job_id, state="PENDING", array_job_id=array, array_tasks=tasks
    )


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("8", "8_[3-9:2,12%4]"),
        ("8_1", "8_1"),
        ("8_5", "8_[3-9:2,12%4]"),
        ("8_12", "8_[3-9:2,12%4]"),
        ("8_[3-9:2,12]", "8_[3-9:2,12%4]"),
        ("9", "8_1"),
        ("8_6", None),
        ("8_2", None),
        ("8+0", None),
    ],
)
def test_the_record_of_a_task(wanted: str, found: str | None) -> None:
    records = [row(9, "8_1", 8), row(8, "8_[3-9:2,12%4]", 8, "3-9:2,12%4")]
    chosen = parse_job_id(wanted).among(records)
    assert (chosen.id if chosen else None) == found
