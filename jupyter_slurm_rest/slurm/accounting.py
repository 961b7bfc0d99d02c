"""Accounting: history, one job's record, and slurmctld's and slurmdbd's view of a job combined."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Mapping
from typing import Any, TypeVar

import msgspec

from jupyter_slurm_rest.slurm.models.job import Model
from jupyter_slurm_rest.slurm.models.job_id import contains, parse_job_id
from jupyter_slurm_rest.slurm.wire.dialect import Dialect
from jupyter_slurm_rest.slurm.wire.envelope import decode
from jupyter_slurm_rest.slurm.wire.states import BASE_STATES, PARTIAL_STATES

from .errors import (
    AccountingDown,
    AccountingMissing,
    ControllerDown,
    InvalidRequest,
    NotFound,
    SlurmError,
)
from .jobs import JobCalls
from .models import Job, JobSummary
from .names import UserCalls, no_such
from .session import LONG, Calls, Connection, in_one_version
from .transport import Params
from .wire import job_records as wire

T = TypeVar("T")

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
        """Raise :exc:`InvalidRequest` for invalid values."""
        start, end = self.window()
        if start > end:
            raise InvalidRequest("start", "The end of the history is before its start.")
        if self.offset < 0 or not 0 < self.limit <= MAX_PAGE:
            raise InvalidRequest(
                "limit", f"A page starts at 0 or later and has 1 to {MAX_PAGE} jobs."
            )
        known = BASE_STATES | PARTIAL_STATES
        for state in self.states:
            if state not in known:
                raise no_such("state", "state of jobs in the history", state, known, cluster=False)
        for field in ("users", "partitions", "accounts", "qos", "names"):
            if any("," in word or not word for word in getattr(self, field)):
                raise InvalidRequest(field, f"A name in {field} is empty or contains a comma.")

    def matches(self, job: JobSummary) -> bool:
        """Whether ``job`` matches, for filters that the API version does not have."""
        return (
            (not self.states or job.state in self.states)
            and (not self.users or job.user in self.users)
            # A pending job may name several partitions.
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
    """Like sacct: the last of several runs with the same id, and each part of a resized job."""
    last: dict[tuple[int, int | None], JobSummary] = {}
    for job in sorted(jobs, key=lambda job: job.submit_time or 0):
        last[job.job_id, job.start_time if job.state == "RESIZING" else None] = job
    return list(last.values())


#: Fields that only slurmdbd has.
_ACCOUNTING = ("steps", "efficiency")
_FILES = ("stdin", "stdout", "stderr")
#: Fields for which an empty value of slurmctld counts: a pending job has no nodes yet.
_NOW = frozenset(
    {
        "array_tasks",
        "derived_exit_code",
        "elapsed",
        "end_time",
        "exit_code",
        "flags",
        "nodes",
        "reason",
        "running_since",
        "start_time",
        "why",
    }
)


def merge(controller: Job | None, accounting: Job | None) -> Job | None:
    """The job as both know it; ``None`` when neither does.

    slurmctld takes precedence; slurmdbd adds what slurmctld lacks, and the steps. Two
    records with the same id but different submission times are different jobs: then only
    slurmctld's is used.
    """
    if controller is None or accounting is None:
        return controller or accounting
    if (controller.job_id, controller.submit_time) != (accounting.job_id, accounting.submit_time):
        return controller
    changes: dict[str, Any] = {name: getattr(accounting, name) for name in _ACCOUNTING}
    for field in msgspec.structs.fields(Job):
        known = getattr(controller, field.name)
        theirs = getattr(accounting, field.name)
        wrong = field.name in _FILES and theirs and _half_resolved(known)
        missing = field.name not in _NOW and field.name not in changes and _empty(known)
        if wrong or missing:
            changes[field.name] = theirs
    changes["sources"] = [*controller.sources, *accounting.sources]
    return msgspec.structs.replace(controller, **changes)


def _half_resolved(path: str) -> bool:
    """24.11's slurmctld gets escapes (``\\%j``) and wide patterns (``%012j``) wrong."""
    return re.search(r"\\|%\d", path) is not None


def _empty(value: object) -> bool:
    return value is None or value in ("", [])


#: Final states of jobs that were never eligible to start (held, or with a dependency).
#: Slurm omits such jobs from a time span unless they are requested by state: by name or, up
#: to v0.0.39, by number.
_NEVER_ELIGIBLE = {"CANCELLED": "4", "DEADLINE": "10"}


class AccountingCalls(Calls):
    """Reading slurmdbd's jobs."""

    def __init__(self, connection: Connection, users: UserCalls, jobs: JobCalls) -> None:
        super().__init__(connection)
        self._users = users
        self._jobs = jobs

    @in_one_version
    async def history(self, query: HistoryQuery | None = None) -> HistoryPage:
        """One page of the jobs that existed in a time range, newest first.

        slurmdbd does not support paging: the whole range is read, without steps. Raises
        :exc:`AccountingMissing` and :exc:`AccountingDown`.
        """
        wanted = query or HistoryQuery()
        wanted.check()
        questions: list[Mapping[str, str]] = [{}]
        if not wanted.states or not set(wanted.states).isdisjoint(_NEVER_ELIGIBLE):
            questions.append(_NEVER_ELIGIBLE)
        found = await asyncio.gather(*(self._past(wanted, states) for states in questions))
        return page([job for some in found for job in some], wanted)

    async def _past(self, query: HistoryQuery, states: Mapping[str, str]) -> list[JobSummary]:
        """Without ``states`` jobs of any, as long as they could have started at some time."""
        dialect = await self.dialect()
        params = _filters(query, dialect, states)
        users = query.users if dialect.capabilities.history_by_user else []
        response = await self._users.database_jobs(params, users, timeout=LONG)
        rows = decode(response.body, wire.RecordRows).jobs or []
        read = wire.summary_37 if dialect.capabilities.start_is_eligible else wire.summary
        return [read(row) for row in rows]

    @in_one_version
    async def accounting_job(self, job_id: str | int) -> Job:
        """slurmdbd's record of one job, its steps and efficiency.

        Raises :exc:`NotFound`, :exc:`AccountingMissing` and :exc:`AccountingDown`.
        """
        wanted = parse_job_id(job_id)
        whole = str(wanted.job)
        # Only a whole job or one task is asked for: slurmrestd 22.05.8 ended during other
        # such calls; v0.0.40 and newer do not have that fault. A task that never started
        # has no record but its array's.
        first = whole if wanted.several else str(wanted)
        for name in dict.fromkeys((first, whole)):
            job = wanted.among(await self._records(name))
            if job is not None:
                return job
        raise NotFound("job", str(wanted))

    async def _records(self, name: str) -> list[Job]:
        dialect = await self.dialect()
        params = {**wire.jobs_query(dialect.capabilities, {}, steps=True), "step": name}
        rows: list[wire.Record] = []
        if dialect.capabilities.stored_scripts:
            rows = await self._rows(params | {"show_batch_script": "true"})
        # Asked for a script that this user may not read, slurmdbd hides the whole job.
        rows = rows or await self._rows(params)
        runs = [wire.with_efficiency(row, wire.record(row)) for row in rows]
        # To v0.0.39 there is one for each time that the job ran under its number, or that
        # its number was given out. sacct shows the newest.
        return sorted(runs, key=lambda run: run.submit_time or 0, reverse=True)

    async def _rows(self, params: Params) -> list[wire.Record]:
        return (
            decode((await self._users.database("jobs/", params)).body, wire.RecordList).jobs or []
        )

    @in_one_version
    async def whole_job(self, job_id: str | int) -> Job:
        """One job, merged from slurmctld and slurmdbd; ``sources`` names those that have it.

        Either may be down or not have the job. Raises :exc:`NotFound` if neither has it, and
        :exc:`ControllerDown` or :exc:`AccountingDown` if that may be the cause.
        """
        wanted = str(parse_job_id(job_id))
        now, then = await asyncio.gather(
            _unless_gone(self._jobs.job(wanted)), _unless_gone(self.accounting_job(wanted))
        )
        job = merge(now if isinstance(now, Job) else None, then if isinstance(then, Job) else None)
        if job is not None:
            return job
        for problem in (now, then):
            if isinstance(problem, (ControllerDown, AccountingDown)):
                raise problem
        raise NotFound("job", wanted)

    @in_one_version
    async def array_tasks(self, job_id: str | int) -> list[Job]:
        """All records of an array: one for each task that differs from the others.

        From slurmctld where it has one; slurmdbd adds tasks that slurmctld does not have any
        more. Tasks that have not started share one record (``array_tasks``). Raises
        :exc:`NotFound`.
        """
        name = parse_job_id(job_id)
        now, then = await asyncio.gather(
            _unless_gone(self._jobs.records_of(name)), _unless_gone(self._records(str(name.job)))
        )
        records = now if isinstance(now, list) else []
        if isinstance(then, list):
            # The newest run of each task comes first.
            known = {one.id for one in records}
            waiting = [one.array_tasks for one in records if one.array_tasks]
            for one in then:
                task = one.array_task_id
                gone = task is not None and not any(contains(some, task) for some in waiting)
                if one.id not in known and (gone or not records):
                    known.add(one.id)
                    records.append(one)
        elif not records and isinstance(then, SlurmError):
            raise then
        ours = [one for one in records if one.array_job_id == name.job]
        if not ours:
            raise now if isinstance(now, SlurmError) else NotFound("job", str(name))
        return sorted(ours, key=lambda one: (one.array_task_id is None, one.array_task_id or 0))


async def _unless_gone(call: Awaitable[T]) -> T | SlurmError:
    """The job or its records, or the error if this daemon does not have it; other errors
    are raised.
    """
    try:
        return await call
    except (NotFound, AccountingDown, AccountingMissing, ControllerDown) as problem:
        return problem


def _filters(
    query: HistoryQuery, dialect: Dialect, states: Mapping[str, str]
) -> dict[str, str | list[str]]:
    """What slurmdbd filters itself, but for users.

    The states of ``query`` are filtered here, because slurmdbd interprets them differently.
    """
    start, end = query.window()
    can = dialect.capabilities
    lists = {
        "partition": query.partitions,
        "account": query.accounts,
        "qos": query.qos,
        "job_name": query.names,
        "state": list(states if can.history_lists_apart else states.values()),
    }
    return wire.jobs_query(can, lists, start, end)
