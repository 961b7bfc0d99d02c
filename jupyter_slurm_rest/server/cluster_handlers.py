"""Handlers of clusters: their state, nodes, partitions, account, token."""

from __future__ import annotations

import asyncio

from jupyter_server.auth.decorator import authorized
from msgspec.structs import replace
from tornado import web

from jupyter_slurm_rest.http.responses import ErrorResponse
from jupyter_slurm_rest.queue.responses import NodeList, PartitionList, about
from jupyter_slurm_rest.slurm.errors import AccountingDown
from jupyter_slurm_rest.slurm.models import Account, Node

from .base import SlurmHandler, operation
from .cluster import ConfiguredCluster
from .errors import RequestFailed, error_response
from .schemas import ClusterInfo, ClusterList, ErrorBody, LicenseList, ReservationList, TokenRequest

#: Seconds after which a cluster that does not respond is called unreachable: the other
#: clusters' state must not wait for it.
PATIENCE = 8.0
#: Seconds that responses are kept which change when an administrator does something.
_SELDOM = 300.0
_NOW_AND_THEN = 60.0


class ClustersHandler(SlurmHandler):
    @operation("read")
    async def get(self) -> ClusterList:
        """List the configured clusters and their status."""
        may_write = await self.may("write")
        clusters = self.context.clusters.values()
        infos: list[ClusterInfo] = await asyncio.gather(
            *(cluster_info(cluster, can_write=may_write) for cluster in clusters)
        )
        return ClusterList(clusters=infos)


class NodesHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str) -> NodeList:
        """List the nodes and their free resources."""
        found = await self.cluster(cluster).resources.nodes()
        return NodeList(nodes=found.value, **about(found))


class NodeHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str, node: str) -> Node:
        """Get one node."""
        return await self.cluster(cluster).resources.node(node)


class PartitionsHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str) -> PartitionList:
        """List the partitions, their limits and free resources."""
        found = await self.cluster(cluster).resources.partitions()
        return PartitionList(partitions=found.value, **about(found))


class ReservationsHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str) -> ReservationList:
        """List the reservations that the user may see."""
        found = await self.cluster(cluster).resources.reservations()
        return ReservationList(reservations=found.value, **about(found))


class LicensesHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str) -> LicenseList:
        """List the licenses that jobs can request."""
        found = await self.cluster(cluster).resources.licenses()
        return LicenseList(licenses=found.value, **about(found))


class AccountHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str) -> Account:
        """Get the user's associations, QOS, limits and fairshare."""
        return (await self.cluster(cluster).account()).value


class TokenHandler(SlurmHandler):
    @operation("write")
    async def put(self, cluster: str, body: TokenRequest) -> ClusterInfo:
        """Use a token that the user pasted."""
        if not self.context.paste_tokens:
            raise RequestFailed(
                403, "forbidden", "Pasting tokens is disabled (c.SlurmRest.paste_tokens)."
            )
        target = self.cluster(cluster)
        await target.paste(body.token)
        return await cluster_info(target, can_write=True)

    @operation("write")
    async def delete(self, cluster: str) -> None:
        """Remove the pasted token."""
        await self.cluster(cluster).forget_pasted()


class UnknownHandler(SlurmHandler):
    """Responds in JSON where jupyter_server would respond with a page."""

    @web.authenticated
    @authorized("read")
    async def get(self) -> None:
        body = ErrorBody(message="This address does not exist.", reason="not_found")
        self.fail(ErrorResponse(404, body))

    post = put = patch = delete = get


async def cluster_info(cluster: ConfiguredCluster, *, can_write: bool) -> ClusterInfo:
    """The cluster's state; what is wrong with it is part of the response."""
    info = ClusterInfo(name=cluster.name, reachable=False)
    try:
        info = await asyncio.wait_for(_ask(cluster, can_write), PATIENCE)
    except asyncio.TimeoutError:
        message = f"slurmrestd did not respond within {PATIENCE:g} seconds."
        info = replace(info, error=ErrorBody(message=message, reason="timeout"))
    except Exception as problem:  # noqa: BLE001 - it must not hide the other clusters
        info = replace(info, error=error_response(problem).body)
    token = cluster.tokens.current
    return replace(
        info,
        user=token.username if token else cluster.last_user or None,
        token_expires_at=int(token.expires_at) if token else None,
        token_source=cluster.token_source,
    )


async def _ask(cluster: ConfiguredCluster, can_write: bool) -> ClusterInfo:
    # Get the token first: without it, every request would fail.
    await cluster.credentials()
    client, shared = cluster.client, cluster.snapshots
    versions = (await shared.get("versions", client.versions, ttl=_SELDOM)).value
    pinged = await shared.get("ping", client.ping)
    accounting = await shared.get("accounting", lambda: _accounting(cluster), ttl=_NOW_AND_THEN)
    down = pinged.value and not any(ping.up for ping in pinged.value)
    error = ErrorBody(message="slurmctld is down.", reason="controller_down") if down else None
    if pinged.stale:
        error = ErrorBody(message=pinged.note, reason="unreachable")
    return ClusterInfo(
        name=cluster.name,
        reachable=error is None,
        error=error,
        slurm_release=await client.slurm_release() or None,
        api_version=versions[0],
        # Newest first there, last here.
        api_versions=versions[::-1],
        accounting=accounting.value,
        strategy=await cluster.strategy(),
        can_write=can_write,
    )


async def _accounting(cluster: ConfiguredCluster) -> bool | None:
    try:
        return await cluster.client.has_accounting()
    except AccountingDown:
        return False
