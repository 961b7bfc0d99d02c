"""Job ids as people write them: ``123``, ``123_4``, ``123_[5-9%2]``, ``123_*``, ``123+1``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from .errors import InvalidRequest, shorten
from .models import JobSummary
from .models.values import Model

_RANGE = r"\d+(?:-\d+(?::\d+)?)?"
_ID = re.compile(
    rf"(?P<job>\d{{1,10}})(?:_(?P<tasks>\d+|\*|\[{_RANGE}(?:,{_RANGE})*(?:%\d+)?\])|\+(?P<het>\d+))?"
)


J = TypeVar("J", bound=JobSummary)


class JobId(Model, frozen=True):
    """A job id taken apart."""

    job: int
    #: ``4`` or ``5-9,12``; empty: not an array, or all of it.
    tasks: str = ""
    het: int | None = None

    @property
    def one_task(self) -> int | None:
        """The task's number when the id names a single one."""
        return int(self.tasks) if self.tasks.isdigit() else None

    def __str__(self) -> str:
        """As Slurm takes it everywhere."""
        if self.tasks:
            return f"{self.job}_{self.tasks if self.tasks.isdigit() else f'[{self.tasks}]'}"
        return str(self.job) if self.het is None else f"{self.job}+{self.het}"

    def among(self, jobs: Sequence[J]) -> J | None:
        """The record of this job among those that Slurm returns for an array."""
        plain = not self.tasks and self.het is None
        for job in jobs:
            if parse_job_id(job.id) == self or (plain and job.job_id == self.job):
                return job
        task = self.one_task
        for job in jobs:
            if job.array_job_id != self.job or not (plain or self.tasks):
                continue
            # A task to come stands in the record of all that are to come.
            if task is None or _contains(job.array_tasks or "", task):
                return job
        return None


def _contains(tasks: str, task: int) -> bool:
    """Whether ``5-9:2,12%4`` has ``task``."""
    for part in tasks.partition("%")[0].split(","):
        match = re.fullmatch(r"(\d+)(?:-(\d+)(?::(\d+))?)?", part)
        if match is None:
            continue
        first, step = int(match[1]), int(match[3] or 1)
        if task in range(first, int(match[2] or first) + 1, step or 1):
            return True
    return False


def parse_job_id(written: str | int) -> JobId:
    """``written`` taken apart. Raises :exc:`InvalidRequest` for anything else."""
    match = _ID.fullmatch(str(written).strip())
    if match is None or int(match["job"]) == 0:
        raise InvalidRequest(
            "job_ids",
            f"{shorten(str(written), 60)!r} is no job id:"
            " write 123, an array's task 123_4, some tasks 123_[5-9], or a component 123+1.",
        )
    # How many may run at once is no part of which tasks are meant.
    tasks = (match["tasks"] or "").strip("[]").partition("%")[0]
    het = match["het"]
    return JobId(
        int(match["job"]), "" if tasks == "*" else tasks, None if het is None else int(het)
    )
