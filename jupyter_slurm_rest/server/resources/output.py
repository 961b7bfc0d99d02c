"""``clusters/{c}/jobs/{id}/output``: the end of a job's output file."""

from __future__ import annotations

from jupyter_slurm_rest.server.answers import OutputChunk
from jupyter_slurm_rest.server.base import SlurmHandler
from jupyter_slurm_rest.server.job_output import read_output
from jupyter_slurm_rest.server.operation import operation
from jupyter_slurm_rest.server.requests import OutputQuery


class OutputHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str, job: str, query: OutputQuery) -> OutputChunk:
        """What a job's output file gained since ``offset``."""
        return await read_output(self.cluster(cluster), job, query, root=self.app.root_directory)
