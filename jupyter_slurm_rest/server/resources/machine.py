"""``nodes`` and ``partitions`` of a cluster."""

from __future__ import annotations

from jupyter_slurm_rest.server.answers import NodeList, PartitionList
from jupyter_slurm_rest.server.base import SlurmHandler
from jupyter_slurm_rest.server.operation import operation
from jupyter_slurm_rest.slurm.models import Node


class NodesHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str) -> NodeList:
        """Every node, with what is free on it."""
        found = await self.cluster(cluster).nodes()
        return NodeList(
            nodes=found.value,
            total=len(found.value),
            as_of=found.as_of,
            stale=found.stale,
            note=found.note,
        )


class NodeHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str, node: str) -> Node:
        """One node."""
        return await self.cluster(cluster).client.node(node)


class PartitionsHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str) -> PartitionList:
        """Every partition, with its limits and what is free in it."""
        found = await self.cluster(cluster).partitions()
        return PartitionList(
            partitions=found.value,
            total=len(found.value),
            as_of=found.as_of,
            stale=found.stale,
            note=found.note,
        )
