"""``clusters``: what is configured, and how it is."""

from __future__ import annotations

import asyncio

from jupyter_slurm_rest.server.answers import ClusterInfo, ClusterList
from jupyter_slurm_rest.server.base import SlurmHandler
from jupyter_slurm_rest.server.operation import operation
from jupyter_slurm_rest.server.status import cluster_info


class ClustersHandler(SlurmHandler):
    @operation("read")
    async def get(self) -> ClusterList:
        """Every configured cluster, and whether it can be used now."""
        may_write = await self.may("write")
        clusters = self.app.clusters_by_name.values()
        infos: list[ClusterInfo] = await asyncio.gather(
            *(cluster_info(cluster, can_write=may_write) for cluster in clusters)
        )
        return ClusterList(clusters=infos)
