"""Asking accounting for jobs of the past, page by page."""

from __future__ import annotations

import time

from .dialects.states import BASE_STATES, PARTIAL_STATES
from .errors import InvalidRequest
from .models import JobSummary
from .models.values import Model
from .names import no_such

_WEEK = 7 * 86400
MAX_PAGE = 5000


class HistoryQuery(Model, frozen=True, kw_only=True):
    """Which jobs; every list is "any of these", empty is all. Times: epoch seconds."""

    users: list[str] = []
    states: list[str] = []
    partitions: list[str] = []
    accounts: list[str] = []
    qos: list[str] = []
    #: Whole job names.
    names: list[str] = []
    #: Jobs that existed at some time between ``start`` (default: a week ago) and ``end``.
    start: int | None = None
    end: int | None = None
    offset: int = 0
    limit: int = 100

    def window(self) -> tuple[int, int]:
        """``(start, end)``, never open: without a start Slurm returns everything ever."""
        end = int(time.time()) if self.end is None else self.end
        return (end - _WEEK if self.start is None else self.start), end

    def check(self) -> None:
        """Raise :exc:`InvalidRequest` for what cannot be meant."""
        start, end = self.window()
        if start > end:
            raise InvalidRequest("start", "The history would end before it starts.")
        if self.offset < 0 or not 0 < self.limit <= MAX_PAGE:
            raise InvalidRequest(
                "limit", f"A page begins at 0 or later and has 1 to {MAX_PAGE} jobs."
            )
        known = BASE_STATES | PARTIAL_STATES
        for state in self.states:
            if state not in known:
                raise no_such("state", "state of jobs in the history", state, known, cluster=False)
        for field in ("users", "partitions", "accounts", "qos", "names"):
            if any("," in word or not word for word in getattr(self, field)):
                raise InvalidRequest(field, f"A name in {field} is empty or has a comma.")

    def matches(self, job: JobSummary) -> bool:
        """Whether ``job`` is meant, for what an API version cannot filter itself."""
        return (
            (not self.states or job.state in self.states)
            and (not self.users or job.user in self.users)
            # A job that waits may name several partitions.
            and (not self.partitions or bool(set(self.partitions) & set(job.partition.split(","))))
        )


class HistoryPage(Model, frozen=True, kw_only=True):
    """A page of jobs, newest submission first, and how many there are in all."""

    jobs: list[JobSummary]
    total: int


def page(jobs: list[JobSummary], query: HistoryQuery) -> HistoryPage:
    """The page of ``jobs`` that ``query`` asks for, each job as its last run was."""
    found = [job for job in _last_runs(jobs) if query.matches(job)]
    found.sort(key=lambda job: (job.submit_time or 0, job.job_id), reverse=True)
    return HistoryPage(jobs=found[query.offset : query.offset + query.limit], total=len(found))


def _last_runs(jobs: list[JobSummary]) -> list[JobSummary]:
    """As sacct has it: of several runs under one number the last, and each resized part."""
    last: dict[tuple[int, int | None], JobSummary] = {}
    for job in sorted(jobs, key=lambda job: job.submit_time or 0):
        last[job.job_id, job.start_time if job.state == "RESIZING" else None] = job
    return list(last.values())
