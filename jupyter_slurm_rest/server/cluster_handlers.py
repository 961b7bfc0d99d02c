"""Handlers of clusters: status, nodes, partitions, account, token."""

from __future__ import annotations

import asyncio

from jupyter_server.auth.decorator import authorized
from tornado import web

from jupyter_slurm_rest.http.errors import ErrorResponse
from jupyter_slurm_rest.queue.responses import NodeList, PartitionList, about
from jupyter_slurm_rest.slurm.models import Account, Node

from .base import SlurmHandler, operation
from .errors import RequestFailed
from .requests import TokenRequest
from .responses import ClusterInfo, ClusterList, ErrorBody, LicenseList, ReservationList
from .status import cluster_info


class ClustersHandler(SlurmHandler):
    @operation("read")
    async def get(self) -> ClusterList:
        """Every configured cluster, and whether it can be used now."""
        may_write = await self.may("write")
        clusters = self.context.clusters.values()
        infos: list[ClusterInfo] = await asyncio.gather(
            *(cluster_info(cluster, can_write=may_write) for cluster in clusters)
        )
        return ClusterList(clusters=infos)


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
        """Every reservation the user may see."""
        found = await self.cluster(cluster).machine.reservations()
        return ReservationList(reservations=found.value, **about(found))


class LicensesHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str) -> LicenseList:
        """Every licence that jobs can ask for."""
        found = await self.cluster(cluster).machine.licenses()
        return LicenseList(licenses=found.value, **about(found))


class AccountHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str) -> Account:
        """The user's associations, QOS, limits and fairshare."""
        return (await self.cluster(cluster).account()).value


class TokenHandler(SlurmHandler):
    @operation("write")
    async def put(self, cluster: str, body: TokenRequest) -> ClusterInfo:
        """Use a token that the user pasted."""
        if not self.context.paste_tokens:
            raise RequestFailed(
                403, "forbidden", "Pasting tokens is switched off (c.SlurmRest.paste_tokens)."
            )
        target = self.cluster(cluster)
        await target.paste(body.token)
        return await cluster_info(target, can_write=True)

    @operation("write")
    async def delete(self, cluster: str) -> None:
        """Forget the pasted token."""
        await self.cluster(cluster).forget_pasted()


class UnknownHandler(SlurmHandler):
    """Responds in JSON where jupyter_server would respond with a page."""

    @web.authenticated
    @authorized("read")
    async def get(self) -> None:
        body = ErrorBody(message="There is no such address here.", reason="not_found")
        self.fail(ErrorResponse(404, body))

    post = put = patch = delete = get
