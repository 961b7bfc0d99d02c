"""Lists of jobs: the queue and the history."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from .api import SlurmApi
from .job import Job
from .tables import Column, Row, Table, duration, exit_code, limit, local_time, state_of, text_of


class JobList(Table):
    """Jobs that show themselves as a table; each element is a :class:`Job`."""

    def __init__(
        self, api: SlurmApi, cluster: str, rows: list[Row], columns: list[Column], caption: str
    ) -> None:
        super().__init__(rows, columns, caption, "jobs")
        self._api = api
        self._cluster = cluster
        self._read_at = time.time()

    def __getitem__(self, index: Any) -> Any:
        """A job or, of a slice, a list of jobs."""
        if isinstance(index, slice):
            rows = self.rows[index]
            note = f"{len(rows)} of these: {self.caption}"
            return JobList(self._api, self._cluster, rows, self._columns, note)
        return self._job(self.rows[index])

    def __iter__(self) -> Iterator[Any]:
        return map(self._job, self.rows)

    def _job(self, row: Row) -> Job:
        return Job(self._api, self._cluster, row["id"], row, read_at=self._read_at)


def _reason(row: Row) -> str:
    """Why a job waits; of one that runs or has ended, Slurm keeps an old reason."""
    return text_of("reason")(row) if row["state"] in ("PENDING", "SUSPENDED") else ""


def jobs_table(api: SlurmApi, cluster: str, rows: list[Row], caption: str) -> JobList:
    """Jobs of the queue."""
    columns: list[Column] = [
        ("Job", text_of("id")),
        ("Name", text_of("name")),
        ("User", text_of("user")),
        ("Partition", text_of("partition")),
        ("State", state_of),
        ("Reason", _reason),
        ("Time", lambda row: duration(row["elapsed"])),
        ("Limit", lambda row: limit(row["time_limit"])),
        ("Nodes", lambda row: row["nodes"] or text_of("node_count")(row)),
        ("CPUs", text_of("cpus")),
        ("GPUs", text_of("gpus")),
    ]
    return JobList(api, cluster, rows, columns, caption)


def history_table(api: SlurmApi, cluster: str, rows: list[Row], caption: str) -> JobList:
    """Finished jobs."""
    columns: list[Column] = [
        ("Job", text_of("id")),
        ("Name", text_of("name")),
        ("Partition", text_of("partition")),
        ("State", state_of),
        ("Ended", lambda row: local_time(row["end_time"])),
        ("Time", lambda row: duration(row["elapsed"])),
        ("CPUs", text_of("cpus")),
        ("GPUs", text_of("gpus")),
        ("Exit", lambda row: exit_code(row["exit_code"])),
    ]
    return JobList(api, cluster, rows, columns, caption)
