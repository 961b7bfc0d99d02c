"""A job as IPython shows it: read again, or with its age."""

from __future__ import annotations

import io
from typing import Any, cast

import pytest
from IPython.lib.pretty import RepresentationPrinter

from jupyter_slurm_rest.notebook.api import SlurmApi
from jupyter_slurm_rest.notebook.job import Job
from jupyter_slurm_rest.notebook.tables import clock
from jupyter_slurm_rest.slurm.errors import SlurmError


class _Responses:
    """The server's API, returning scripted responses in order."""

    def __init__(self, *states: str) -> None:
        empty: dict[str, Any] = dict.fromkeys(
            [
                "name",
                "why",
                "exit_code",
                "partition",
                "account",
                "submit_time",
                "estimated_start",
                "start_time",
                "end_time",
                "elapsed",
                "time_limit",
                "nodes",
                "stdout",
            ]
        )
        self.left: list[dict[str, Any]] = [
            {**empty, "state": state, "flags": []} for state in states
        ]

    def call(self, method: str, path: str) -> dict[str, Any]:
        if not self.left:
            raise SlurmError("The Jupyter server did not answer.")
        return self.left.pop(0)


def pretty(shown: object) -> str:
    """As IPython shows it in a terminal."""
    text = io.StringIO()
    printer = RepresentationPrinter(text)  # type: ignore[no-untyped-call]
    printer.pretty(shown)  # type: ignore[no-untyped-call]
    printer.flush()  # type: ignore[no-untyped-call]
    return text.getvalue()


def test_showing_a_job_refreshes_it_or_shows_its_age(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000_000.0
    monkeypatch.setattr("jupyter_slurm_rest.notebook.job.time.time", lambda: now)
    job = Job(cast("SlurmApi", _Responses("PENDING", "RUNNING", "COMPLETED")), "maxwell", "7")
    assert repr(job) == "<Job 7 PENDING on maxwell>"
    now += 5
    assert ">RUNNING</td>" in job._repr_html_()
    now += 5
    assert "COMPLETED" in pretty(job)
    now += 5
    assert "COMPLETED" in pretty(job)
    assert pretty([job]) == "[<Job 7 COMPLETED on maxwell>]"

    job = Job(cast("SlurmApi", _Responses("PENDING")), "maxwell", "7")
    read = clock(now)
    now += 500
    assert f"As of  {read}" in pretty(job)
