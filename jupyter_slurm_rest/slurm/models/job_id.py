"""Job ids as users write them: ``123``, ``123_4``, ``123_[5-9%2]``, ``123_*``, ``123+1``.

Lists that Slurm truncated (``123_[1,3,5...%2]``) are accepted, too, and stand for all
pending tasks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from jupyter_slurm_rest.slurm.errors import InvalidRequest, shorten

from . import JobSummary
from .job import Model

_RANGE = r"\d+(?:-\d+(?::\d+)?)?"
#: What Slurm writes of a long list: it ends in the middle of a number.
_CUT = r"[\d,:-]*\.\.\."
_ID = re.compile(
    r"(?P<job>\d{1,10})"
    rf"(?:_(?P<tasks>\d+|\*|\[(?:{_RANGE}(?:,{_RANGE})*|(?P<cut>{_CUT}))(?:%\d+)?\])"
    r"|\+(?P<het>\d+))?"
)


J = TypeVar("J", bound=JobSummary)


class JobId(Model, frozen=True):
    """A parsed job id."""

    job: int
    #: ``4`` or ``5-9,12``; empty: not an array, or all of it.
    tasks: str = ""
    het: int | None = None
    #: All pending tasks of the array, because Slurm truncated their list.
    waiting: bool = False

    @property
    def one_task(self) -> int | None:
        """The task's number when the id names a single one."""
        return int(self.tasks) if self.tasks.isdigit() else None

    @property
    def several(self) -> bool:
        """Whether it names some tasks of an array, but neither one nor all."""
        return self.waiting or bool(self.tasks and self.one_task is None)

    def __str__(self) -> str:
        """As Slurm takes it everywhere, except for :attr:`waiting`."""
        if self.waiting:
            return f"{self.job}_[...]"
        if self.tasks:
            return f"{self.job}_{self.tasks if self.tasks.isdigit() else f'[{self.tasks}]'}"
        return str(self.job) if self.het is None else f"{self.job}+{self.het}"

    def among(self, jobs: Sequence[J]) -> J | None:
        """The record of this job among those that Slurm returns for an array."""
        exact = next((job for job in jobs if self._is(job)), None)
        if exact is not None or self.het is not None:
            return exact
        ours = [job for job in jobs if job.array_job_id == self.job]
        if (task := self.one_task) is not None:
            # A task to come stands in the record of all that are to come.
            return next((job for job in ours if contains(job.array_tasks or "", task)), None)
        # The record with the array's own number is the last that its tasks leave.
        return next((job for job in ours if job.job_id == self.job), ours[0] if ours else None)

    def means(self, job: JobSummary) -> bool:
        """Whether ``job``, a record of the same array, has some of the tasks meant."""
        if not self.tasks:
            return True
        meant = known_ranges(self.tasks)
        if job.array_task_id is not None:
            return any(job.array_task_id in some for some in meant)
        return any(contains(job.array_tasks or "", task) for some in meant for task in some)

    def _is(self, job: JobSummary) -> bool:
        if self.het is not None:
            return (job.het_job_id, job.het_offset) == (self.job, self.het)
        if self.several:
            return job.array_job_id == self.job and bool(job.array_tasks)
        if self.tasks:
            return (job.array_job_id, job.array_task_id) == (self.job, self.one_task)
        return job.job_id == self.job


def contains(tasks: str, task: int) -> bool:
    """Whether ``5-9:2,12%4`` has ``task``; of a list that was cut, whether it may have."""
    ranges = known_ranges(tasks)
    if any(task in found for found in ranges):
        return True
    return "..." in tasks and all(task > found[-1] for found in ranges)


def known_ranges(tasks: str) -> list[range]:
    """The tasks of ``5-9:2,12%4``, as far as Slurm wrote them out: ``5-9,1...`` is ``5-9``."""
    listed = tasks.partition("%")[0]
    whole, cut, _ = listed.partition("...")
    parts = whole.split(",")
    found = []
    # A number before the dots may lack its last digits.
    for part in parts[:-1] if cut else parts:
        match = re.fullmatch(r"(\d+)(?:-(\d+)(?::(\d+))?)?", part)
        if match is not None:
            first, step = int(match[1]), int(match[3] or 1)
            found.append(range(first, int(match[2] or first) + 1, step or 1))
    return [one for one in found if one]


def parse_job_id(written: str | int) -> JobId:
    """Parse ``written``. Raises :exc:`InvalidRequest` for anything else."""
    match = _ID.fullmatch(str(written).strip())
    if match is None or int(match["job"]) == 0:
        raise InvalidRequest(
            "job_ids",
            f"{shorten(str(written), 60)!r} is not a job ID. Use 123, an array task 123_4,"
            " several tasks 123_[5-9], or a component 123+1.",
        )
    if match["cut"] is not None:
        return JobId(int(match["job"]), waiting=True)
    # The limit of tasks that run at once (``%4``) does not change which tasks are meant.
    tasks = (match["tasks"] or "").strip("[]").partition("%")[0]
    het = match["het"]
    return JobId(
        int(match["job"]), "" if tasks == "*" else tasks, None if het is None else int(het)
    )
