"""``clusters/{c}/jobs``: the queue, and submitting to it."""

from __future__ import annotations

from jupyter_slurm_rest.server.answers import ScriptAnswer
from jupyter_slurm_rest.server.base import SlurmHandler
from jupyter_slurm_rest.server.operation import operation
from jupyter_slurm_rest.server.requests import SubmitQuery, SubmitRequest
from jupyter_slurm_rest.server.submission import check, check_directories, submit, validate
from jupyter_slurm_rest.slurm.models import Submitted
from jupyter_slurm_rest.watch.answers import JobList
from jupyter_slurm_rest.watch.query import JobsQuery


class JobsHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str, query: JobsQuery) -> JobList:
        """A page of the queue, filtered and sorted."""
        return await self.cluster(cluster).jobs(query)

    @operation("write", answers={201: Submitted, 200: ScriptAnswer})
    async def post(
        self, cluster: str, query: SubmitQuery, body: SubmitRequest
    ) -> Submitted | ScriptAnswer:
        """Submit a batch script; with ``validate`` only check it."""
        target = self.cluster(cluster)
        asked = check(body, max_size=self.app.max_script_size, root=self.app.root_directory)
        noticed: list[str] = []
        if self.app.shared_files:
            noticed = await check_directories(target.files, asked)
        if query.validate:
            return await validate(target, asked, noticed)
        return await submit(target, asked, noticed)
