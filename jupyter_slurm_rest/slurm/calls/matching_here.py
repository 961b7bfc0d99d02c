"""Ending the jobs that have something in common, where Slurm cannot choose them itself."""

from __future__ import annotations

from collections.abc import Iterable

from jupyter_slurm_rest.slurm.dialects.base import Dialect
from jupyter_slurm_rest.slurm.errors import (
    NotFound,
    SlurmError,
    UnreadableAnswer,
    UserNotResolved,
)
from jupyter_slurm_rest.slurm.jobids import parse_job_id
from jupyter_slurm_rest.slurm.lists import Unchanged
from jupyter_slurm_rest.slurm.matching import LIVE_STATES, JobFilter
from jupyter_slurm_rest.slurm.models import ActionResult, JobSummary

from .actions import ActionCalls
from .one_by_one import Target
from .results import refused, stranding

_DONE = "cancelled"
#: How often the queue is read for tasks of an array that started meanwhile.
_LOOKS = 4


class MatchingHereCalls(ActionCalls):
    """Choosing jobs from the queue, and cancelling them one by one."""

    async def _chosen_here(
        self, wanted: JobFilter, user: str, dialect: Dialect
    ) -> list[ActionResult]:
        results: list[ActionResult] = []
        seen: set[int] = set()
        waiting: set[int] = set()
        for again in range(_LOOKS):
            queue = await self._queue()
            mine = [row for row in queue if row.user == user]
            rows = [row for row in mine if row.job_id not in seen and wanted.matches(row)]
            if not (again or rows):
                _refuse_numbers(row for row in queue if wanted.matches(row))
            if again:
                # Tasks that were waiting and started before they could be cancelled.
                rows = [row for row in rows if row.array_job_id in waiting]
            seen.update(row.job_id for row in rows)
            waiting |= {row.array_job_id for row in rows if row.array_job_id and _waits(row)}
            whole = _whole_arrays(mine, wanted) & {row.array_job_id for row in rows}
            for array in sorted(whole):
                results += await self._kill_array_if_still(array, wanted, user, dialect)
            rest = [row for row in rows if row.array_job_id not in whole]
            results += await self._kill_rows(rest, wanted, user, dialect)
            if not waiting:
                break
        return results

    async def _queue(self) -> list[JobSummary]:
        queue = await self.jobs()
        if isinstance(queue, Unchanged):
            # Not asked for, and no empty queue.
            raise UnreadableAnswer("Slurm did not say which jobs there are.", advice="Try again.")
        return queue.jobs

    async def _kill_rows(
        self, rows: list[JobSummary], wanted: JobFilter, user: str, dialect: Dialect
    ) -> list[ActionResult]:
        results: list[ActionResult] = []
        whole: set[int] = set()
        # What waits goes first: else a task that is cancelled makes room for the next one.
        for row in sorted(rows, key=lambda row: (not _waits(row), row.het_offset or 0)):
            if row.het_job_id in whole:
                continue
            if row.het_offset and _waits(row):
                # Its first component is not meant, or it would have gone with it.
                results.append(stranding(row.id, row.het_job_id))
                continue
            result = await self._kill_if_still(row, wanted, user, dialect)
            if result is not None:
                results.append(result)
                if row.het_job_id is not None and row.het_offset == 0:
                    # Its other components go with it.
                    whole.add(row.het_job_id)
        return results

    async def _kill_array_if_still(
        self, array: int, wanted: JobFilter, user: str, dialect: Dialect
    ) -> list[ActionResult]:
        """Cancel all of ``array``, or of its records those that are still meant."""
        one = parse_job_id(array)
        try:
            records = [job for job in await self.records_of(one) if _lives(job)]
            if array in _whole_arrays(records, wanted) and all(job.user == user for job in records):
                return [await self._deliver(one, Target(str(one)), "", _DONE, dialect)]
        except NotFound:
            return []
        except SlurmError as problem:
            return [refused(str(one), problem)]
        meant: list[JobSummary] = [job for job in records if wanted.matches(job)]
        return await self._kill_rows(meant, wanted, user, dialect)

    async def _kill_if_still(
        self, row: JobSummary, wanted: JobFilter, user: str, dialect: Dialect
    ) -> ActionResult | None:
        """Cancel the record ``row``, unless it is another job by now; then ``None``."""
        try:
            job = await self.job(row.job_id)
            if job.job_id != row.job_id or job.user != user or not wanted.matches(job):
                return None
            # Of an array, the tasks that wait now: those that started have other records.
            name = str(job.job_id) if job.het_offset == 0 else job.id
            one = parse_job_id(name)
            target = await self._safe_target(one, dialect)
            return await self._deliver(one, target, "", _DONE, dialect)
        except NotFound:
            return None
        except SlurmError as problem:
            return refused(row.id, problem)


def _refuse_numbers(rows: Iterable[JobSummary]) -> None:
    if any(row.user.isdigit() for row in rows):
        raise UserNotResolved(
            "Slurm names users by number only here: which of these jobs are yours is unknown.",
            advice="Cancel them by their ids, or ask the cluster's administrators to make"
            " its users known where slurmrestd runs.",
        )


def _waits(row: JobSummary) -> bool:
    return row.state == "PENDING"


def _lives(row: JobSummary) -> bool:
    return row.state in LIVE_STATES


def _whole_arrays(rows: Iterable[JobSummary], wanted: JobFilter) -> set[int]:
    """Arrays of which everything that is not finished is ``wanted``."""
    arrays: dict[int, list[JobSummary]] = {}
    for row in rows:
        if row.array_job_id is not None and _lives(row):
            arrays.setdefault(row.array_job_id, []).append(row)
    return {array for array, records in arrays.items() if all(map(wanted.matches, records))}
