"""Accounting: history, one job's record, and the two stories of a job told as one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping

from jupyter_slurm_rest.slurm.connection import LONG
from jupyter_slurm_rest.slurm.dialects import records as wire
from jupyter_slurm_rest.slurm.dialects.base import Dialect
from jupyter_slurm_rest.slurm.dialects.envelope import decode
from jupyter_slurm_rest.slurm.errors import (
    AccountingDown,
    AccountingMissing,
    ControllerDown,
    NotFound,
    SlurmError,
)
from jupyter_slurm_rest.slurm.history import HistoryPage, HistoryQuery, page
from jupyter_slurm_rest.slurm.jobids import parse_job_id
from jupyter_slurm_rest.slurm.merge import merge
from jupyter_slurm_rest.slurm.models import Job, JobSummary
from jupyter_slurm_rest.slurm.transport import Params

from .jobs import JobCalls
from .users import BEGINNING, flags

#: How a job may end that was held, or waited for another, until then. Slurm leaves it out
#: of a span of time unless it is asked for by state: by name or, to v0.0.39, by number.
_NEVER_ELIGIBLE = {"CANCELLED": "4", "DEADLINE": "10"}


class AccountingCalls(JobCalls):
    """Reading slurmdbd's jobs."""

    async def history(self, query: HistoryQuery | None = None) -> HistoryPage:
        """Jobs that existed in a span of time, newest first, a page of them.

        slurmdbd knows no pages: the whole span is read, without steps. Raises
        :exc:`AccountingMissing` and :exc:`AccountingDown`.
        """
        asked = query or HistoryQuery()
        asked.check()
        questions: list[Mapping[str, str]] = [{}]
        if not asked.states or not set(asked.states).isdisjoint(_NEVER_ELIGIBLE):
            questions.append(_NEVER_ELIGIBLE)
        found = await asyncio.gather(*(self._past(asked, states) for states in questions))
        return page([job for some in found for job in some], asked)

    async def _past(self, query: HistoryQuery, states: Mapping[str, str]) -> list[JobSummary]:
        """Without ``states`` jobs of any, as long as they could have started at some time."""
        dialect = await self.dialect()
        params = _filters(query, dialect, states)
        users = query.users if dialect.capabilities.history_by_user else []
        answer = await self.database_jobs(params, users, timeout=LONG)
        rows = decode(answer.body, wire.RecordRows).jobs or []
        read = wire.summary_37 if dialect.capabilities.start_is_eligible else wire.summary
        return [read(row) for row in rows]

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
        params = {"step": name, "start_time": BEGINNING, **flags(dialect.capabilities)}
        rows: list[wire.Record] = []
        if dialect.capabilities.stored_scripts:
            rows = await self._rows(params | {"show_batch_script": "true"})
        # Asked for a script that this person may not read, slurmdbd hides the whole job.
        rows = rows or await self._rows(params)
        runs = [wire.with_efficiency(row, wire.record(row)) for row in rows]
        # To v0.0.39 there is one for each time that the job ran under its number, or that
        # its number was given out. sacct shows the newest.
        return sorted(runs, key=lambda run: run.submit_time or 0, reverse=True)

    async def _rows(self, params: Params) -> list[wire.Record]:
        return decode((await self.database("jobs/", params)).body, wire.Records).jobs or []

    async def whole_job(self, job_id: str | int) -> Job:
        """One job as slurmctld and slurmdbd know it; ``sources`` says who answered.

        Either may be down or have forgotten it. Raises :exc:`NotFound` when neither has
        it, and :exc:`ControllerDown` or :exc:`AccountingDown` when that may be why.
        """
        wanted = str(parse_job_id(job_id))
        now, then = await asyncio.gather(
            _unless_gone(self.job(wanted)), _unless_gone(self.accounting_job(wanted))
        )
        job = merge(now if isinstance(now, Job) else None, then if isinstance(then, Job) else None)
        if job is not None:
            return job
        for problem in (now, then):
            if isinstance(problem, (ControllerDown, AccountingDown)):
                raise problem
        raise NotFound("job", wanted)


async def _unless_gone(call: Awaitable[Job]) -> Job | SlurmError:
    """The job, or why this daemon cannot tell of it; other failures are raised."""
    try:
        return await call
    except (NotFound, AccountingDown, AccountingMissing, ControllerDown) as problem:
        return problem


def _filters(
    query: HistoryQuery, dialect: Dialect, states: Mapping[str, str]
) -> dict[str, str | list[str]]:
    """What slurmdbd filters itself, but for users.

    The states of ``query`` are filtered here: slurmdbd means others by them.
    """
    start, end = query.window()
    apart = dialect.capabilities.history_lists_apart
    params: dict[str, str | list[str]] = {
        "start_time": f"uts{start}",
        "end_time": f"uts{end}",
        "skip_steps": "true",
    }
    params |= flags(dialect.capabilities)
    lists = {
        "partition": query.partitions,
        "account": query.accounts,
        "qos": query.qos,
        "job_name": query.names,
        "state": list(states if apart else states.values()),
    }
    given = {key: list(values) for key, values in lists.items() if values}
    return params | {key: values if apart else ",".join(values) for key, values in given.items()}
