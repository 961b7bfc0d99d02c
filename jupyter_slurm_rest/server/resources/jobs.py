"""``clusters/{c}/jobs``: the queue, and submitting to it."""

from __future__ import annotations

from jupyter_slurm_rest.server.answers import ScriptAnswer
from jupyter_slurm_rest.server.base import SlurmHandler
from jupyter_slurm_rest.server.known_names import check_filter
from jupyter_slurm_rest.server.operation import operation
from jupyter_slurm_rest.server.requests import SubmitQuery, SubmitRequest
from jupyter_slurm_rest.server.submission import check, check_directories, submit, validate
from jupyter_slurm_rest.slurm.models import Submitted
from jupyter_slurm_rest.watch.answers import JobList
from jupyter_slurm_rest.watch.query import JobsQuery, listed


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
