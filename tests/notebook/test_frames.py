"""Options as keyword arguments; data frames with the same columns whatever the rows."""

from __future__ import annotations

import datetime as dt
import sys
from typing import Any

import pytest

from jupyter_slurm_rest.notebook.frames import columns, to_pandas, to_polars
from jupyter_slurm_rest.notebook.options import changes, sbatch_options
from jupyter_slurm_rest.notebook.tasks import expanded, worst
from jupyter_slurm_rest.slurm.errors import InvalidRequest, SlurmError

JOB: dict[str, Any] = {
    "id": "7",
    "elapsed": 90,
    "time_limit": 10,
    "memory": 2,
    "submit_time": 0,
    "exit_code": {"code": 0, "signal": 9},
    "cron": False,
}


@pytest.mark.parametrize("kind", ["jobs", "nodes", "partitions", "account", "clusters", "results"])
def test_columns_do_not_depend_on_the_rows(kind: str) -> None:
    empty, one = to_pandas([], columns(kind)), to_pandas([{}], columns(kind))
    assert empty.dtypes.to_dict() == one.dtypes.to_dict()
    assert to_polars([], columns(kind)).schema == to_polars([{}], columns(kind)).schema
    assert list(empty.columns) == to_polars([], columns(kind)).columns


def test_a_frame_has_types_and_units() -> None:
    (row,) = to_pandas([JOB], columns("jobs")).to_dict("records")
    assert row["elapsed"] == dt.timedelta(seconds=90)
    assert row["time_limit"] == dt.timedelta(minutes=10)
    assert row["memory"] == 2 * 1024 * 1024
    assert row["submit_time"] == dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
    assert row["exit_code"] == "0:9"


def test_a_polars_frame_has_the_same_types_and_units() -> None:
    row = to_polars([JOB], columns("jobs")).row(0, named=True)
    assert row["elapsed"] == dt.timedelta(seconds=90)
    assert row["time_limit"] == dt.timedelta(minutes=10)
    assert row["memory"] == 2 * 1024 * 1024
    assert row["submit_time"] == dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
    assert row["exit_code"] == "0:9"


@pytest.mark.parametrize("package", ["pandas", "polars"])
def test_a_frame_without_its_package_says_how_to_install_it(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    make = {"pandas": to_pandas, "polars": to_polars}[package]
    with pytest.raises(SlurmError, match=f"{package} is not installed") as caught:
        make([JOB], columns("jobs"))
    assert f"%pip install {package}" in "".join(vars(caught.value)["__notes__"])


def test_options_in_python() -> None:
    given = {"time": dt.timedelta(hours=1), "array": range(3), "exclusive": True, "qos": None}
    assert sbatch_options(given) == {"time": "60:00", "array": "0,1,2", "exclusive": True}
    assert changes({"time": "5", "job_name": "x"}) == {"time_limit": "5", "name": "x"}
    with pytest.raises(InvalidRequest, match="Did you mean partition"):
        sbatch_options({"partitions": "gpu"})
    with pytest.raises(InvalidRequest, match="Did you mean time_limit"):
        changes({"timelimit": 5})


def test_the_tasks_of_an_array() -> None:
    assert worst([("COMPLETED", True), ("CANCELLED", True), ("FAILED", True)]) == "FAILED"
    assert worst([("FAILED", True), ("PENDING", False)]) == "PENDING"
    rows = [{"id": "7_[2-3]", "array_job_id": 7, "array_tasks": "2-3%1"}]
    assert [row["id"] for row in expanded(rows)] == ["7_2", "7_3"]
