"""Parsing job ids."""

from __future__ import annotations

import pytest

from jupyter_slurm_rest.slurm.errors import InvalidRequest
from jupyter_slurm_rest.slurm.models import JobSummary
from jupyter_slurm_rest.slurm.models.job_id import known_ranges, parse_job_id


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
        # As lists show what Slurm cut: whichever tasks wait, never those that can be read.
        ("123_[1,3,5...%1]", "123_[...]"),
        ("123_[1-3,5-...]", "123_[...]"),
        ("123_[...]", "123_[...]"),
    ],
)
def test_what_is_sent(written: str | int, sent: str) -> None:
    assert str(parse_job_id(written)) == sent


@pytest.mark.parametrize(
    "written",
    [
        "",
        "abc",
        "0",
        "-1",
        "12 34",
        "12_",
        "12_[",
        "12_[a]",
        "12_[1...2]",
        "12_1...",
        "12+",
        "12.batch",
        "1;2",
    ],
)
def test_invalid_job_ids(written: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        parse_job_id(written)
    assert caught.value.field == "job_ids"


def row(
    job_id: int, shown: str, array: int | None = None, tasks: str | int | None = None
) -> JobSummary:
    return JobSummary(
        id=shown,
        job_id=job_id,
        state="PENDING",
        array_job_id=array,
        array_task_id=tasks if isinstance(tasks, int) else None,
        array_tasks=tasks if isinstance(tasks, str) else None,
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
    records = [row(9, "8_1", 8, 1), row(8, "8_[3-9:2,12%4]", 8, "3-9:2,12%4")]
    chosen = parse_job_id(wanted).among(records)
    assert (chosen.id if chosen else None) == found


CUT = "3,5,7,9-11,55,6...%1"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("8", "8_[cut]"),
        (f"8_[{CUT}]", "8_[cut]"),
        ("8_[1-3]", "8_[cut]"),
        ("8_1", "8_1"),
        ("8_10", "8_[cut]"),
        # Behind the dots it may be; before them it is not.
        ("8_65", "8_[cut]"),
        ("8_6", None),
    ],
)
def test_a_list_that_slurm_cut_is_not_a_list_of_tasks(wanted: str, found: str | None) -> None:
    records = [row(9, "8_1", 8, 1), row(8, "8_[cut]", 8, CUT)]
    chosen = parse_job_id(wanted).among(records)
    assert (chosen.id if chosen else None) == found


def test_tasks_that_can_be_read_of_a_list_that_slurm_cut() -> None:
    assert known_ranges(CUT) == [range(3, 4), range(5, 6), range(7, 8), range(9, 12), range(55, 56)]
    assert known_ranges("5-9:2%4") == [range(5, 10, 2)]
    assert known_ranges("12...") == []
