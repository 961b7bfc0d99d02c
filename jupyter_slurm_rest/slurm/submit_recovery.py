"""Find a job whose submission got no response."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from jupyter_slurm_rest.slurm.wire.cluster import DiagResponse, diag
from jupyter_slurm_rest.slurm.wire.envelope import decode, number, text
from jupyter_slurm_rest.slurm.wire.submit import QueuedRow, QueuedRows

from .errors import NotFound, PermissionDenied, Unsupported
from .jobs import WINDOW, JobCalls, any_number, newest_from
from .models import JobState
from .session import LONG, Calls, Connection, in_one_version
from .transport import segment

#: Seconds that slurmctld's clock may be behind ours.
_CLOCKS = 60
#: A queue that costs less to read at once than its newest jobs one by one.
_FEW = 500
#: A queue of which all states can be listed at once, and windows of numbers of a longer one.
_LISTED, _WINDOWS = 5_000, 20
#: Jobs to look at one by one whatever their time, should slurmctld's clock be far behind;
#: then only those of the last seconds.
_ANYWAY = 100
_SECONDS = 10
#: Jobs to look at one by one before the whole queue is read after all.
_MOST = 500


class Trace(msgspec.Struct, frozen=True):
    """What a lost submission can be recognized by."""

    #: Unique, in the job's command or comment; empty where it could not be written.
    tag: str
    user: str
    name: str
    directory: str
    comment: str
    #: When it was sent, seconds since the epoch.
    since: float
    #: Jobs that are known to be other submissions.
    others: frozenset[int] = frozenset()

    def fits(self, row: QueuedRow) -> bool:
        """Whether ``row`` is the submission, or without a tag may be it."""
        if self.tag:
            return self.tag in (text(row.comment), text(row.command).partition("#")[2])
        return (
            row.told_id not in self.others
            and row.submitted_at >= self.since - _CLOCKS
            and text(row.user_name) in ("", self.user)
            and text(row.name) == self.name
            and text(row.comment) == self.comment
            and text(row.current_working_directory) == self.directory
            and not number(row.het_job_offset)
        )


class LookupCalls(Calls):
    """Finds submissions among the newest jobs."""

    def __init__(self, connection: Connection, jobs: JobCalls) -> None:
        super().__init__(connection)
        self._jobs = jobs

    @in_one_version
    async def find_submission(
        self, trace: Trace, *, all_of_them: bool = False, near: int | None = None
    ) -> list[int]:
        """The job ids that match ``trace``, oldest first, as in the response to a
        submission.

        A job with the tag ends the search unless ``all_of_them`` are wanted. ``near`` is a
        number that Slurm has given out a moment ago.
        """
        enough = bool(trace.tag) and not all_of_them
        rows = await self._newest(trace, enough, near)
        if rows is None:
            response = await self.connection.get("slurm", "jobs/", timeout=LONG)
            rows = decode(response.body, QueuedRows).jobs or []
        return sorted({row.told_id for row in rows if trace.fits(row)})

    async def _newest(self, trace: Trace, enough: bool, near: int | None) -> list[QueuedRow] | None:
        """Jobs since the submission, one by one; ``None``: better read the whole queue."""
        try:
            ids, long = await self._newest_ids(near or max(trace.others, default=None))
        except Unsupported:
            return None
        if len(ids) <= _FEW and not long:
            return None
        rows: list[QueuedRow] = []
        for seen, job_id in enumerate(ids[:_MOST]):
            try:
                response = await self.connection.get(
                    "slurm", f"job/{segment(job_id)}", wanted=("job", str(job_id))
                )
            except (NotFound, PermissionDenied):
                # Another user's, where jobs are private.
                continue
            some = decode(response.body, QueuedRows).jobs or []
            rows += some
            if enough and any(map(trace.fits, some)):
                return rows
            earlier = bool(some) and max(map(_submitted_at, some)) < trace.since - _SECONDS
            if earlier and seen >= _ANYWAY:
                return rows
        # All jobs of the newest numbers: an older one is not the submission.
        return rows if long and len(ids) < _MOST else None

    async def _newest_ids(self, near: int | None) -> tuple[list[int], bool]:
        """Numbers of the newest jobs, newest first, and whether the queue is long."""
        response = await self.connection.get("slurm", "diag/")
        counted = diag(decode(response.body, DiagResponse))
        known = None not in (counted.jobs_pending, counted.jobs_running)
        jobs = (counted.jobs_pending or 0) + (counted.jobs_running or 0)
        if known and jobs <= _LISTED:
            return sorted(_numbers(await self._jobs.job_states()), reverse=True), False

        async def have_jobs(numbers: Sequence[int]) -> set[int]:
            return _numbers(await self._jobs.job_states(numbers))

        start = near or await any_number(have_jobs)
        if start is None:
            return [], False
        newest = await newest_from(have_jobs, start)
        found: set[int] = set()
        for window in range(_WINDOWS):
            last = newest - window * WINDOW
            if len(found) > _MOST or last <= 0:
                break
            found |= await have_jobs(range(max(1, last - WINDOW + 1), last + 1))
        return sorted(found, reverse=True), known


def _numbers(states: Iterable[JobState]) -> set[int]:
    return {int(match[0]) for state in states if (match := re.match(r"\d+", state.id))}


def _submitted_at(row: QueuedRow) -> int:
    return row.submitted_at
