"""Handlers of jobs: lists, single jobs, submissions, actions, history."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable

import msgspec

from jupyter_slurm_rest.queue.filters import Filters
from jupyter_slurm_rest.queue.responses import JobList, JobsQuery
from jupyter_slurm_rest.slurm.errors import (
    AccountingDown,
    AccountingMissing,
    InvalidRequest,
    NotFound,
    Refused,
)
from jupyter_slurm_rest.slurm.models import ActionResult, Job, JobSummary, Submitted
from jupyter_slurm_rest.slurm.models.job import JobUpdate
from jupyter_slurm_rest.slurm.models.job_filter import JobFilter
from jupyter_slurm_rest.slurm.models.job_id import parse_job_id

from .base import SlurmHandler, operation
from .cluster import ConfiguredCluster
from .job_files import name_unopened, read_output
from .job_lists import check_filter, history_page, job_page, task_list, transitions_since
from .schemas import (
    ActionRequest,
    ActionResults,
    Form,
    FormQuery,
    HistoryList,
    HistoryPageQuery,
    OutputChunk,
    OutputQuery,
    ScriptRequest,
    ScriptResponse,
    SubmitQuery,
    SubmitRequest,
    TaskList,
    TransitionList,
    TransitionsQuery,
)
from .submission import check, check_directories, check_writable, submit, understand, validate
from .submit_form import folder_of, submit_form

#: Jobs that are looked up one by one; of more, the list of the user's jobs is read.
_FEW = 25
#: No limit.
_ALL = 1_000_000


async def act(cluster: ConfiguredCluster, request: ActionRequest) -> list[ActionResult]:
    """Perform the action. Returns a result for each job, in the order of the request or of
    the filter's matches.
    """
    results: list[ActionResult] = []
    try:
        results = await _act(cluster, request)
        return results
    finally:
        cluster.changed(touched=_numbers(request.job_ids or [one.id for one in results]))


async def _act(cluster: ConfiguredCluster, request: ActionRequest) -> list[ActionResult]:
    if request.filter is not None:
        wanted = request.filter
        _check_filter(request)
        wanted.check()
        await check_filter(cluster, wanted.named())
        if not request.cron:
            await _check_crontab(cluster, wanted)
        return await cluster.client.cancel_matching(wanted, cron=request.cron)
    if request.job_ids is None:
        raise InvalidRequest(
            "job_ids", "job_ids: is required. To cancel, you can use a filter instead."
        )
    if request.action == "signal" and request.signal is None:
        raise InvalidRequest("signal", "signal: is required. Use a name, such as USR1.")
    ids = list(dict.fromkeys(request.job_ids))
    crontab: set[str] = set()
    if request.action in ("cancel", "signal") and not request.cron:
        crontab = await _crontab_jobs(cluster, ids)
    chosen = [one for one in ids if one not in crontab]
    results = iter(await _to_each(cluster, request, chosen) if chosen else [])
    # With the ids as in the request, because Slurm may format them differently.
    return [
        _crontab_result(one) if one in crontab else msgspec.structs.replace(next(results), id=one)
        for one in ids
    ]


async def _to_each(
    cluster: ConfiguredCluster, request: ActionRequest, ids: list[str]
) -> list[ActionResult]:
    client = cluster.client
    match request.action:
        case "cancel":
            return await client.cancel(ids, signal=request.signal or "", cron=request.cron)
        case "signal":
            return await client.signal(ids, request.signal or "")
        case "requeue":
            return await client.requeue(ids, hold=request.hold)
        case "hold":
            return await client.hold(ids)
        case "release":
            return await client.release(ids)
        case "suspend":
            return await client.suspend(ids)
        case "resume":
            return await client.resume(ids)


def _check_filter(request: ActionRequest) -> None:
    if request.job_ids is not None:
        raise InvalidRequest("filter", "filter: use either job_ids or a filter, not both.")
    if request.action != "cancel" or request.signal is not None:
        what = "signal" if request.action == "cancel" else request.action
        raise InvalidRequest(
            "filter", f"filter: only cancels; to {what}, name the jobs in job_ids."
        )


async def _crontab_jobs(cluster: ConfiguredCluster, ids: list[str]) -> set[str]:
    """Which of these jobs come from scrontab."""
    if len(ids) > _FEW:
        cron = {row.id for row in await _mine(cluster) if row.cron}
        return cron & set(ids)

    async def is_crontab_job(name: str) -> bool:
        try:
            return (await cluster.client.job(name)).cron
        except (InvalidRequest, NotFound):
            return False

    cron_jobs = await asyncio.gather(*(is_crontab_job(one) for one in ids))
    return {one for one, cron in zip(ids, cron_jobs, strict=True) if cron}


async def _check_crontab(cluster: ConfiguredCluster, wanted: JobFilter) -> None:
    """Raise :exc:`InvalidRequest` where ``wanted`` would disable lines of scrontab."""
    cron = [row.id for row in await _mine(cluster) if row.cron and wanted.matches(row)]
    if cron:
        named = ", ".join(cron[:5]) + (f" and {len(cron) - 5} more" if len(cron) > 5 else "")
        raise InvalidRequest(
            "cron",
            f"These jobs are from your scrontab: {named}. Canceling them also disables their"
            " lines there. Nothing was canceled.",
            advice="To do both, set cron (%slurm cancel --cron).",
        )


async def _mine(cluster: ConfiguredCluster) -> list[JobSummary]:
    """The user's jobs; empty if they cannot be determined."""
    try:
        return (await cluster.watcher.page("mine", Filters(), limit=_ALL)).page.rows
    except (AccountingDown, AccountingMissing):
        return []


def _crontab_result(name: str) -> ActionResult:
    return ActionResult(
        id=name,
        ok=False,
        message="This job is from your scrontab. Canceling or signaling it also disables its"
        " line there. To do both, set cron (%slurm cancel --cron).",
    )


async def change_job(cluster: ConfiguredCluster, job_id: str, update: JobUpdate) -> None:
    """Change one job. Raises :exc:`InvalidRequest`, or :exc:`Refused` in Slurm's words."""
    try:
        (result,) = await cluster.client.update([job_id], update)
    finally:
        cluster.changed(touched=_numbers([job_id]))
    if not result.ok:
        raise Refused(result.message, error_number=result.error_number)


def _numbers(ids: Iterable[str]) -> set[int]:
    """Of the jobs and arrays that were meant."""
    found = set()
    for one in ids:
        with contextlib.suppress(InvalidRequest):
            found.add(parse_job_id(one).job)
    return found


class JobsHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str, query: JobsQuery) -> JobList:
        """List one page of the queue, filtered and sorted."""
        return await job_page(self.cluster(cluster), query)

    @operation("write", responses={201: Submitted, 200: ScriptResponse})
    async def post(
        self, cluster: str, query: SubmitQuery, body: SubmitRequest
    ) -> Submitted | ScriptResponse:
        """Submit a batch script or, with ``validate``, only check it."""
        target = self.cluster(cluster)
        checked = check(
            body, max_size=self.context.max_script_size, root=self.context.root_directory
        )
        remarks: list[str] = []
        if self.context.shared_files:
            remarks = await check_directories(target.files, checked)
            remarks += await check_writable(target.files, checked)
        if query.validate:
            return await validate(target, checked, remarks)
        return await submit(target, checked, remarks)


class JobHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str, job: str) -> Job:
        """Get one job, merged from slurmctld and accounting."""
        target = self.cluster(cluster)
        found = await target.job(job)
        return await name_unopened(found, target.files) if self.context.shared_files else found

    @operation("write")
    async def patch(self, cluster: str, job: str, body: JobUpdate) -> Job:
        """Change a job; returns the changed job."""
        target = self.cluster(cluster)
        await change_job(target, job, body)
        return await target.job(job)


class ActionsHandler(SlurmHandler):
    @operation("write")
    async def post(self, cluster: str, body: ActionRequest) -> ActionResults:
        """Perform an action on jobs; returns a result for each."""
        return ActionResults(results=await act(self.cluster(cluster), body))


class OutputHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str, job: str, query: OutputQuery) -> OutputChunk:
        """Read a job's output file from ``offset``."""
        return await read_output(
            self.cluster(cluster), job, query, root=self.context.root_directory
        )


class TasksHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str, job: str) -> TaskList:
        """List the tasks of an array, merged from slurmctld and accounting."""
        return await task_list(self.cluster(cluster), job)


class ScriptHandler(SlurmHandler):
    @operation("read")
    async def post(self, cluster: str, body: ScriptRequest) -> ScriptResponse:
        """Parse a script's options or, if options are given, write them into it."""
        rules = self.cluster(cluster).client.rules()
        return understand(body, max_size=self.context.max_script_size, rules=rules)


class FormHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str, query: FormQuery) -> Form:
        """Get the submit form: JSON Schema, layout and defaults."""
        context = self.context
        directory = folder_of(
            query.path, query.folder, root=context.root_directory, start=context.start_directory
        )
        return await submit_form(
            self.cluster(cluster), directory=directory, account=query.account, qos=query.qos
        )


class HistoryHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str, query: HistoryPageQuery) -> HistoryList:
        """List one page of finished jobs from accounting."""
        return await history_page(self.cluster(cluster), query)


class TransitionsHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str, query: TransitionsQuery) -> TransitionList:
        """List recent state changes of the user's jobs; sends no request to Slurm."""
        return transitions_since(self.cluster(cluster), query.since)
