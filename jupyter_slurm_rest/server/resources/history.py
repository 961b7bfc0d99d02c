"""``clusters/{c}/history``: finished jobs."""

from __future__ import annotations

from jupyter_slurm_rest.server.answers import HistoryList
from jupyter_slurm_rest.server.base import SlurmHandler
from jupyter_slurm_rest.server.job_history import history_list
from jupyter_slurm_rest.server.operation import operation
from jupyter_slurm_rest.server.requests import HistoryQuery


class HistoryHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str, query: HistoryQuery) -> HistoryList:
        """A page of finished jobs, from accounting."""
        return await history_list(self.cluster(cluster), query)
