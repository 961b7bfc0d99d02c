"""``clusters/{c}/transitions``: what happened to the person's jobs lately."""

from __future__ import annotations

from jupyter_slurm_rest.server.answers import JobTransition, TransitionList
from jupyter_slurm_rest.server.base import SlurmHandler
from jupyter_slurm_rest.server.operation import operation
from jupyter_slurm_rest.server.requests import TransitionsQuery


class TransitionsHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str, query: TransitionsQuery) -> TransitionList:
        """What was seen to happen to the person's jobs; asks nothing of Slurm."""
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
