"""``clusters/{c}/jobs/actions``: cancel, hold and the like, on one job or many."""

from __future__ import annotations

from jupyter_slurm_rest.server.answers import ActionResults
from jupyter_slurm_rest.server.base import SlurmHandler
from jupyter_slurm_rest.server.job_actions import act
from jupyter_slurm_rest.server.operation import operation
from jupyter_slurm_rest.server.requests import ActionRequest


class ActionsHandler(SlurmHandler):
    @operation("write")
    async def post(self, cluster: str, body: ActionRequest) -> ActionResults:
        """Do one thing to some jobs; a result for each."""
        return ActionResults(results=await act(self.cluster(cluster), body))
