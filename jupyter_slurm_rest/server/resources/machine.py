"""``nodes``, ``partitions``, ``reservations`` and ``licenses`` of a cluster."""

from __future__ import annotations

from jupyter_slurm_rest.server.answers import LicenseList, ReservationList
from jupyter_slurm_rest.server.base import SlurmHandler
from jupyter_slurm_rest.server.operation import operation
from jupyter_slurm_rest.slurm.models import Node
from jupyter_slurm_rest.watch.answers import NodeList, PartitionList, about


class NodesHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str) -> NodeList:
        """Every node, with what is free on it."""
        found = await self.cluster(cluster).nodes()
        return NodeList(nodes=found.value, **about(found))


class NodeHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str, node: str) -> Node:
        """One node."""
        return await self.cluster(cluster).machine.node(node)


class PartitionsHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str) -> PartitionList:
        """Every partition, with its limits and what is free in it."""
        found = await self.cluster(cluster).partitions()
        return PartitionList(partitions=found.value, **about(found))


class ReservationsHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str) -> ReservationList:
        """Every reservation the person may see."""
        found = await self.cluster(cluster).machine.reservations()
        return ReservationList(reservations=found.value, **about(found))


class LicensesHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str) -> LicenseList:
        """Every licence that jobs can ask for."""
        found = await self.cluster(cluster).machine.licenses()
        return LicenseList(licenses=found.value, **about(found))
