"""Handlers of jobs: lists, single jobs, submissions, actions, history."""

from __future__ import annotations

from jupyter_slurm_rest.queue.responses import JobList, JobsQuery
from jupyter_slurm_rest.slurm.models import Job, Submitted
from jupyter_slurm_rest.slurm.models.job_update import JobUpdate

from .base import SlurmHandler, operation
from .job_actions import act, change_job
from .job_files import name_unopened, read_output
from .job_lists import history_page, job_page, transitions_since
from .requests import (
    ActionRequest,
    FormQuery,
    HistoryPageQuery,
    OutputQuery,
    ScriptRequest,
    SubmitQuery,
    SubmitRequest,
    TransitionsQuery,
)
from .responses import (
    ActionResults,
    Form,
    HistoryList,
    OutputChunk,
    ScriptAnswer,
    TransitionList,
)
from .submission import check, check_directories, submit, understand, validate
from .submit_form import folder_of, submit_form


class JobsHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str, query: JobsQuery) -> JobList:
        """A page of the queue, filtered and sorted."""
        return await job_page(self.cluster(cluster), query)

    @operation("write", responses={201: Submitted, 200: ScriptAnswer})
    async def post(
        self, cluster: str, query: SubmitQuery, body: SubmitRequest
    ) -> Submitted | ScriptAnswer:
        """Submit a batch script; with ``validate`` only check it."""
        target = self.cluster(cluster)
        asked = check(body, max_size=self.context.max_script_size, root=self.context.root_directory)
        noticed: list[str] = []
        if self.context.shared_files:
            noticed = await check_directories(target.files, asked)
        if query.validate:
            return await validate(target, asked, noticed)
        return await submit(target, asked, noticed)


class JobHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str, job: str) -> Job:
        """One job, merged from slurmctld and accounting."""
        target = self.cluster(cluster)
        found = await target.job(job)
        return await name_unopened(found, target.files) if self.context.shared_files else found

    @operation("write")
    async def patch(self, cluster: str, job: str, body: JobUpdate) -> Job:
        """Change a job; returns the job as it is then."""
        target = self.cluster(cluster)
        await change_job(target, job, body)
        return await target.job(job)


class ActionsHandler(SlurmHandler):
    @operation("write")
    async def post(self, cluster: str, body: ActionRequest) -> ActionResults:
        """Do one thing to some jobs; a result for each."""
        return ActionResults(results=await act(self.cluster(cluster), body))


class OutputHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str, job: str, query: OutputQuery) -> OutputChunk:
        """What a job's output file gained since ``offset``."""
        return await read_output(
            self.cluster(cluster), job, query, root=self.context.root_directory
        )


class ScriptHandler(SlurmHandler):
    @operation("read")
    async def post(self, cluster: str, body: ScriptRequest) -> ScriptAnswer:
        """Read a script's options or, given options, write them into it."""
        rules = self.cluster(cluster).client.rules()
        return understand(body, max_size=self.context.max_script_size, rules=rules)


class FormHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str, query: FormQuery) -> Form:
        """The submit form: JSON Schema, layout and defaults."""
        directory = folder_of(query.path, root=self.context.root_directory)
        return await submit_form(
            self.cluster(cluster), directory=directory, account=query.account, qos=query.qos
        )


class HistoryHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str, query: HistoryPageQuery) -> HistoryList:
        """A page of finished jobs, from accounting."""
        return await history_page(self.cluster(cluster), query)


class TransitionsHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str, query: TransitionsQuery) -> TransitionList:
        """What was seen to happen to the user's jobs; asks nothing of Slurm."""
        return transitions_since(self.cluster(cluster), query.since)
