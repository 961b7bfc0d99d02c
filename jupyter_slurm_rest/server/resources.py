"""Nodes, partitions, reservations and licenses, as one user may use them.

What is free depends on the user's reservations; what they may choose, on their accounts.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import msgspec

from jupyter_slurm_rest.queue.cache import Snapshot, Snapshots
from jupyter_slurm_rest.slurm.availability import (
    Access,
    Reserved,
    for_user,
    lineage,
    reserved,
    with_free,
)
from jupyter_slurm_rest.slurm.client import SlurmClient
from jupyter_slurm_rest.slurm.errors import NotFound, PermissionDenied, SlurmError
from jupyter_slurm_rest.slurm.models import Account, License, Node, Partition, Reservation

from .shared import SharedLists

#: Seconds that what only an administrator changes is cached.
_SELDOM = 60.0


class ClusterResources:
    """What jobs of one cluster can run on."""

    def __init__(
        self,
        url: str,
        client: SlurmClient,
        snapshots: Snapshots,
        shared: SharedLists | None,
        *,
        username: Callable[[], Awaitable[str]],
        account: Callable[[], Awaitable[Snapshot[Account]]],
    ) -> None:
        self._host = (urlsplit(url).hostname or "").partition(".")[0]
        self._client = client
        self._snapshots = snapshots
        #: Where the hub reads nodes and partitions for everybody.
        self.shared = shared
        self._username = username
        self._account = account

    async def nodes(self) -> Snapshot[list[Node]]:
        """Every node, with what is free on it for the user."""
        found, held = await asyncio.gather(self._nodes(), self._reserved())
        nodes = for_user(found.value, await self._username(), held)
        return msgspec.structs.replace(found, value=nodes)

    async def node(self, name: str) -> Node:
        """One node. Raises :exc:`NotFound`."""
        for node in (await self.nodes()).value:
            if node.name == name:
                return node
        raise NotFound("node", name)

    async def partitions(self) -> Snapshot[list[Partition]]:
        """Every partition, with what is free in it where nodes may be seen."""
        found, held = await asyncio.gather(self._partitions(), self._reserved())
        try:
            nodes = (await self.nodes()).value
        except PermissionDenied:
            # PrivateData=nodes: the partitions themselves may still be seen.
            return found
        now = time.time()
        free = [with_free(partition, nodes, held.later, now) for partition in found.value]
        return msgspec.structs.replace(found, value=free)

    async def reservations(self) -> Snapshot[list[Reservation]]:
        """Every reservation."""
        return await self._snapshots.get("reservations", self._client.reservations)

    async def licenses(self) -> Snapshot[list[License]]:
        """Every license."""
        return await self._snapshots.get("licenses", self._client.licenses)

    async def access(self) -> Access:
        """What the user may choose, as far as Slurm tells."""
        account, shown, hosts = await asyncio.gather(
            self._account_if_any(), self._shown_partitions(), self._hosts()
        )
        subaccounts = (await self._client.capabilities()).accounts_stand_for_subaccounts
        return Access(account=account, subaccounts=subaccounts, shown=shown, hosts=hosts)

    async def _nodes(self) -> Snapshot[list[Node]]:
        if self.shared is not None and (found := await self.shared.nodes()) is not None:
            return found
        return await self._snapshots.get("nodes", self._client.nodes)

    async def _partitions(self) -> Snapshot[list[Partition]]:
        if self.shared is not None and (found := await self.shared.partitions()) is not None:
            return found
        return await self._snapshots.get("partitions", self._client.partitions)

    async def _reserved(self) -> Reserved:
        """What reservations keep; of those that cannot be read, nodes tell that they exist."""
        try:
            found = (await self.reservations()).value
        except SlurmError:
            found = []
        accounts: list[str] = []
        if any(one.accounts for one in found) and (account := await self._account_if_any()):
            mine = [one.account for one in account.associations]
            accounts = lineage(account.accounts, mine)
        return reserved(found, await self._username(), accounts, time.time())

    async def _account_if_any(self) -> Account | None:
        try:
            return (await self._account()).value
        except SlurmError:
            return None

    async def _shown_partitions(self) -> set[str] | None:
        fetch = self._client.shown_partitions
        try:
            return (await self._snapshots.get("shown partitions", fetch, ttl=_SELDOM)).value
        except SlurmError:
            return None

    async def _hosts(self) -> frozenset[str]:
        """Where slurmrestd may run: at its address, or beside slurmctld."""
        try:
            pings = (await self._snapshots.get("ping", self._client.ping, ttl=_SELDOM)).value
        except SlurmError:
            pings = []
        names = [one.hostname.partition(".")[0] for one in pings]
        return frozenset(filter(None, [self._host, *names]))
