"""How a cluster is, for the panel's head and for ``clusters``."""

from __future__ import annotations

import asyncio

from msgspec.structs import replace

from jupyter_slurm_rest.slurm.errors import AccountingDown

from .cluster import ConfiguredCluster
from .errors import error_response
from .responses import ClusterInfo, ErrorBody

#: Seconds after which a cluster that does not answer is called unreachable: the other
#: clusters' state must not wait for it.
PATIENCE = 8.0
#: Seconds that responses are kept which change when an administrator does something.
_SELDOM = 300.0
_NOW_AND_THEN = 60.0


async def cluster_info(cluster: ConfiguredCluster, *, can_write: bool) -> ClusterInfo:
    """The cluster's state; what is wrong with it is part of the response."""
    info = ClusterInfo(name=cluster.name, reachable=False)
    try:
        info = await asyncio.wait_for(_ask(cluster, can_write), PATIENCE)
    except asyncio.TimeoutError:
        said = f"slurmrestd did not answer within {PATIENCE:g} seconds."
        info = replace(info, error=ErrorBody(message=said, reason="timeout"))
    except Exception as problem:  # noqa: BLE001 - it must not hide the other clusters
        info = replace(info, error=error_response(problem).body)
    token = cluster.tokens.current
    return replace(
        info,
        user=token.username if token else None,
        token_expires_at=int(token.expires_at) if token else None,
        token_source=cluster.token_source,
    )


async def _ask(cluster: ConfiguredCluster, can_write: bool) -> ClusterInfo:
    # First: without it there would be as many failures as questions.
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
        plan=await cluster.plan(),
        can_write=can_write,
    )


async def _accounting(cluster: ConfiguredCluster) -> bool | None:
    try:
        return await cluster.client.has_accounting()
    except AccountingDown:
        return False
