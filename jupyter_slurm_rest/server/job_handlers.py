"""Handlers of jobs: lists, single jobs, submissions, actions, history."""

from __future__ import annotations

from jupyter_slurm_rest.queue.responses import JobList, JobsQuery, listed
from jupyter_slurm_rest.slurm.models import Job, Submitted
from jupyter_slurm_rest.slurm.models.job_update import JobUpdate

from .base import SlurmHandler, operation
from .job_actions import act, change_job
from .job_files import folder_of, name_unopened
from .job_history import history_list
from .job_output import read_output
from .known_names import check_filter
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
    JobTransition,
    OutputChunk,
    ScriptAnswer,
    TransitionList,
)
from .submission import check, check_directories, submit, understand, validate
from .submit_form import submit_form


class JobsHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str, query: JobsQuery) -> JobList:
        """A page of the queue, filtered and sorted."""
        target = self.cluster(cluster)
        page = await target.jobs(query)
        given = {
            "partition": listed(query.partition),
            "user": listed(query.user),
            "account": listed(query.account),
            "qos": listed(query.qos),
        }
        # With only some columns wanted, rows are not whole.
        rows = [] if query.columns else page.jobs
        await check_filter(target, given, total=page.total, rows=rows)
        return page

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
        """Change a job; answers the job as it is then."""
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
        return await history_list(self.cluster(cluster), query)


class TransitionsHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str, query: TransitionsQuery) -> TransitionList:
        """What was seen to happen to the user's jobs; asks nothing of Slurm."""
        found = self.cluster(cluster).watcher.transitions(query.since)
        return TransitionList(
            transitions=[
                JobTransition(
                    id=job.id,
                    job_id=job.job_id,
                    name=job.name,
                    before=before,
                    state=job.state,
                    flags=job.flags,
                    exit_code=job.exit_code,
                )
                for before, job in ((one.before, one.job) for one in found)
            ]
        )
