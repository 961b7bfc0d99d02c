"""Filtering and sorting rows."""

from __future__ import annotations

import pytest

from jupyter_slurm_rest.queue.filters import Filters, in_order, matching
from jupyter_slurm_rest.slurm.errors import InvalidRequest

from .scripted import job

ROWS = [
    job(1, "RUNNING", name="Train", partition="gpu", account="astro", priority=5, submit_time=10),
    job(2, name="clean", partition="debug,gpu", user="bob", time_limit="UNLIMITED", submit_time=20),
    job(3, name="train2", partition="debug", flags=("REQUEUED",), time_limit=60, priority=9),
]


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        (Filters(), [1, 2, 3]),
        (Filters(states=frozenset({"running", "requeued"})), [1, 3]),
        (Filters(partitions=frozenset({"gpu"})), [1, 2]),
        (Filters(users=frozenset({"bob"}), partitions=frozenset({"debug"})), [2]),
        (Filters(search="TRAIN"), [1, 3]),
        (Filters(search="bob"), [2]),
        (Filters(submitted_since=15), [2]),
        (Filters(names=frozenset({"clean"})), [2]),
    ],
)
def test_filters(filters: Filters, ids: list[int]) -> None:
    assert [row.job_id for row in matching(ROWS, filters)] == ids


@pytest.mark.parametrize(
    ("sort", "ids"),
    [
        ("-job_id", [3, 2, 1]),
        ("name", [2, 1, 3]),
        ("priority", [1, 3, 2]),
        ("-priority", [3, 1, 2]),
        ("time_limit", [3, 2, 1]),
        ("-time_limit", [2, 3, 1]),
        ("state", [2, 3, 1]),
    ],
)
def test_rows_without_a_value_come_last(sort: str, ids: list[int]) -> None:
    assert [row.job_id for row in in_order(ROWS, sort)] == ids


def test_an_unknown_field_is_named() -> None:
    with pytest.raises(InvalidRequest, match="'colour'") as caught:
        in_order(ROWS, "colour")
    assert caught.value.field == "sort"
    assert "priority" in caught.value.advice


def test_arrays_stay_together() -> None:
    rows = [
        job(30, id="20_2", array_job_id=20, array_task_id=2),
        job(25),
        job(20, id="20_[3-9]", array_job_id=20),
        job(29, id="20_1", array_job_id=20, array_task_id=1),
    ]
    assert [row.id for row in in_order(rows, "job_id")] == ["20_1", "20_2", "20_[3-9]", "25"]
