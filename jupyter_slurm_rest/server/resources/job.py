"""``clusters/{c}/jobs/{id}``: one job."""

from __future__ import annotations

from jupyter_slurm_rest.server.base import SlurmHandler
from jupyter_slurm_rest.server.job_actions import change_job
from jupyter_slurm_rest.server.operation import operation
from jupyter_slurm_rest.server.requests import JobChange
from jupyter_slurm_rest.server.unopened import name_unopened
from jupyter_slurm_rest.slurm.models import Job


class JobHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str, job: str) -> Job:
        """One job, merged from slurmctld and accounting."""
        target = self.cluster(cluster)
        found = await target.job(job)
        return await name_unopened(found, target.files) if self.app.shared_files else found

    @operation("write")
    async def patch(self, cluster: str, job: str, body: JobChange) -> Job:
        """Change a job; answers the job as it is then."""
        target = self.cluster(cluster)
        await change_job(target, job, body)
        return await target.job(job)
