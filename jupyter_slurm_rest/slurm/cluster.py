"""The cluster: ping, diag, nodes, partitions, reservations, licenses, associations."""

from __future__ import annotations

import asyncio

import msgspec

from jupyter_slurm_rest.slurm.wire.cluster import (
    DiagResponse,
    LicenseRows,
    NodeRows,
    Pings,
    ReservationRows,
    diag,
    license_,
    node,
    ping,
    reservation,
)
from jupyter_slurm_rest.slurm.wire.dialect import dialect_of
from jupyter_slurm_rest.slurm.wire.envelope import decode
from jupyter_slurm_rest.slurm.wire.version import HAS_PARTITION_STATES

from .availability import lineage, with_free
from .errors import AccountingMissing, NoSuchEndpoint, NotFound, Unsupported
from .models import (
    Account,
    Association,
    Diag,
    License,
    Node,
    Partition,
    Ping,
    Qos,
    Reservation,
    Share,
)
from .names import UserCalls
from .session import Calls, Connection, in_one_version
from .transport import Params, segment
from .wire import associations as wire


class ClusterCalls(Calls):
    """Whether Slurm is available, and its release."""

    @in_one_version
    async def versions(self) -> list[str]:
        """API versions that both sides support, newest (the one in use) first."""
        return await self.connection.api_versions()

    @in_one_version
    async def api_version(self) -> str:
        """The API version in use: ``v0.0.45``."""
        return await self.connection.api_version()

    @in_one_version
    async def slurm_release(self) -> str:
        """Slurm's release, such as ``26.05.5``; empty if slurmrestd does not report it."""
        return await self.connection.release()

    @in_one_version
    async def ping(self) -> list[Ping]:
        """The state of each slurmctld, as seen by slurmrestd.

        Raises :exc:`TokenRejected` if slurmrestd reports slurmctld as down because of the
        token.
        """
        response = await self.connection.get("slurm", "ping/")
        pings = [ping(row) for row in decode(response.body, Pings).pings or []]
        if pings and not any(one.up for one in pings):
            # With a rejected token, ping reports DOWN; diag shows the cause.
            await self.connection.get("slurm", "diag/")
        return pings

    @in_one_version
    async def diag(self) -> Diag:
        """slurmctld's counters, such as the number of pending and running jobs."""
        response = await self.connection.get("slurm", "diag/")
        return diag(decode(response.body, DiagResponse))

    @in_one_version
    async def has_accounting(self) -> bool:
        """Whether slurmrestd serves accounting.

        Raises :exc:`AccountingDown` if it does, but slurmdbd does not respond.
        """
        try:
            await self.connection.get("slurmdb", "clusters/")
        except (NoSuchEndpoint, AccountingMissing):
            return False
        return True


class NodeCalls(Calls):
    """Nodes, partitions and licenses, and what of them is free."""

    @in_one_version
    async def nodes(self) -> list[Node]:
        """All nodes that this user may see."""
        # No update_time: before 26.05.3 slurmrestd fails when only nodes have changed.
        response = await self.connection.get("slurm", "nodes/")
        mixed_failing = (await self.capabilities()).mixed_nodes_failing
        rows = decode(response.body, NodeRows).nodes or []
        return [node(row, mixed_failing=mixed_failing) for row in rows]

    @in_one_version
    async def node(self, name: str) -> Node:
        """One node. Raises :exc:`NotFound`."""
        # Asked by path, slurmrestd names the partitions of another node.
        for found in await self.nodes():
            if found.name == name:
                return found
        raise NotFound("node", name)

    @in_one_version
    async def partitions(self, nodes: list[Node] | None = None) -> list[Partition]:
        """All partitions; with ``nodes``, also their free resources."""
        found = await self._partitions()
        return found if nodes is None else [with_free(partition, nodes) for partition in found]

    @in_one_version
    async def partition(self, name: str) -> Partition:
        """One partition. Raises :exc:`NotFound`."""
        # Asked by path, a partition named "no" or "1e3" is taken for another word.
        for partition in await self._partitions():
            if partition.name.lower() == name.lower():
                return partition
        raise NotFound("partition", name)

    @in_one_version
    async def shown_partitions(self) -> set[str] | None:
        """Names of the partitions that Slurm shows to this user by default.

        Hidden partitions and those for other groups are not included. ``None`` if the API
        version does not support this.
        """
        if not (await self.capabilities()).list_flags:
            return None
        response = await self.connection.get("slurm", "partitions/")
        found = (await self.dialect()).decode_partitions(response.body)
        return {partition.name for partition in found}

    @in_one_version
    async def reservations(self) -> list[Reservation]:
        """Reservations that this user may see."""
        response = await self.connection.get("slurm", "reservations/")
        rows = decode(response.body, ReservationRows).reservations or []
        return [reservation(row) for row in rows]

    @in_one_version
    async def licenses(self) -> list[License]:
        """Licenses and how many of them are free; needs v0.0.38."""
        can = await self.capabilities()
        if not can.licenses:
            raise Unsupported("Reading licenses", can.version, needs="v0.0.38 (Slurm 22.05)")
        if can.fragile_licenses:
            await self.connection.get("slurm", "diag/")
        response = await self.connection.get("slurm", "licenses/")
        return [license_(row) for row in decode(response.body, LicenseRows).licenses or []]

    async def _partitions(self) -> list[Partition]:
        dialect = await self.dialect()
        # Without it newer versions leave hidden partitions out.
        params: Params | None = {"flags": "ALL"} if dialect.capabilities.list_flags else None
        response = await self.connection.get("slurm", "partitions/", params)
        found = dialect.decode_partitions(response.body)
        if dialect.capabilities.partition_states or not await self.connection.also(
            HAS_PARTITION_STATES
        ):
            return found
        response = await self.connection.send(
            "GET", "slurm", "partitions/", version=HAS_PARTITION_STATES
        )
        older = dialect_of(HAS_PARTITION_STATES).decode_partitions(response.body)
        states = {one.name: {"state": one.state, "default": one.default} for one in older}
        return [msgspec.structs.replace(one, **states.get(one.name, {})) for one in found]


class AccountCalls(Calls):
    """Reading slurmdbd's tables and slurmctld's fairshare.

    All raise :exc:`AccountingMissing` and :exc:`AccountingDown`.
    """

    def __init__(self, connection: Connection, users: UserCalls) -> None:
        super().__init__(connection)
        self._users = users

    @in_one_version
    async def associations(self, user: str = "") -> list[Association]:
        """Associations of ``user``, or of everyone that this user may see."""
        response = await self._users.database("associations/", {"user": user} if user else None)
        rows = decode(response.body, wire.AssociationRows)
        found = [wire.association(row) for row in rows.here()]
        if (await self.capabilities()).numbered_qos:
            numbers = await self._qos()
            found = [wire.with_qos_names(one, numbers) for one in found]
        return [one for one in found if not user or one.user == user]

    async def _account_associations(self) -> list[Association]:
        """The associations of accounts themselves, which are those of no user."""
        # A name that is empty after trimming; an empty parameter would mean no condition.
        response = await self._users.database("associations/", {"user": " "})
        rows = decode(response.body, wire.AssociationRows)
        return [one for one in map(wire.association, rows.here()) if not one.user]

    @in_one_version
    async def qos(self) -> list[Qos]:
        """All QOS."""
        return [wire.qos(row) for row in await self._qos()]

    async def _qos(self) -> list[wire.QosRow]:
        rows = decode((await self._users.database("qos/")).body, wire.QosRows)
        return rows.qos or rows.old or []

    @in_one_version
    async def shares(self, user: str = "") -> list[Share]:
        """Fairshare of all, or of ``user`` and the accounts above; needs v0.0.40."""
        can = await self.capabilities()
        if not can.fairshare:
            raise Unsupported("Fairshare", can.version, needs="v0.0.40 (Slurm 23.11)")
        response = await self.connection.get("slurm", "shares/", {"users": user} if user else None)
        rows = (decode(response.body, wire.ShareRows).shares or wire.Shares()).shares or []
        shares = [wire.share(row) for row in rows]
        return wire.standing(shares, user) if user else shares

    @in_one_version
    async def account(self, user: str) -> Account:
        """Accounts, QOS and limits of ``user``, and fairshare if the API version has it."""
        associations, accounts, qos, shares = await asyncio.gather(
            self.associations(user),
            self._account_associations(),
            self.qos(),
            self._shares_if_any(user),
        )
        usable = {name for one in associations for name in one.qos}
        above = lineage(accounts, [one.account for one in associations])
        default = next((one.account for one in associations if one.is_default), "")
        return Account(
            user=user,
            default_account=default or (associations[0].account if len(associations) == 1 else ""),
            associations=associations,
            accounts=[one for one in accounts if one.account in above],
            qos=[one for one in qos if one.name in usable],
            shares=shares,
        )

    @in_one_version
    async def privileges(self, user: str) -> list[str]:
        """Privileges of ``user``: an admin level, or coordinator of accounts.

        Also empty for a user who is not in accounting.
        """
        # Older versions always return it, and reject the parameter.
        on_request = (await self.capabilities()).coordinators_on_request
        params = {"with_coords": "true"} if on_request else None
        response = await self._users.database(f"user/{segment(user)}", params)
        rows = decode(response.body, wire.UserRows).users or []
        return [one for row in rows if row.name == user for one in wire.standing_out(row)]

    @in_one_version
    async def accounts(self) -> list[str]:
        """Names of the accounts."""
        rows = decode((await self._users.database("accounts/")).body, wire.NamedRows)
        return wire.names(rows.accounts)

    @in_one_version
    async def clusters(self) -> list[str]:
        """Names of the clusters that share this accounting."""
        rows = decode((await self._users.database("clusters/")).body, wire.NamedRows)
        return wire.names(rows.clusters)

    @in_one_version
    async def tres(self) -> list[str]:
        """Names of the trackable resources: ``cpu``, ``gres/gpu:a100``."""
        return wire.tres_names(decode((await self._users.database("tres/")).body, wire.TresTypes))

    async def _shares_if_any(self, user: str) -> list[Share]:
        try:
            return await self.shares(user)
        except Unsupported:
            return []
