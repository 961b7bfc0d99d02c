"""The machine: nodes, partitions, reservations, licences."""

from __future__ import annotations

import msgspec

from jupyter_slurm_rest.slurm.dialects import dialect_of
from jupyter_slurm_rest.slurm.dialects.envelope import decode
from jupyter_slurm_rest.slurm.dialects.nodes import NodeRows, node
from jupyter_slurm_rest.slurm.dialects.set_aside import (
    LicenseRows,
    ReservationRows,
    license_,
    reservation,
)
from jupyter_slurm_rest.slurm.errors import NotFound, Unsupported
from jupyter_slurm_rest.slurm.free import with_free
from jupyter_slurm_rest.slurm.models import License, Node, Partition, Reservation
from jupyter_slurm_rest.slurm.transport import Params

from .base import Calls

#: Tells of partitions what v0.0.39 leaves out; 23.02 and 23.11 serve both.
_TELLS_STATES = "v0.0.38"


class MachineCalls(Calls):
    """What there is to run on, and how much of it is free."""

    async def nodes(self) -> list[Node]:
        """Every node that this person may see."""
        # No update_time: before 26.05.3 slurmrestd fails when only nodes have changed.
        answer = await self.connection.get("slurm", "nodes/")
        mixed_failing = (await self.capabilities()).mixed_nodes_failing
        rows = decode(answer.body, NodeRows).nodes or []
        return [node(row, mixed_failing=mixed_failing) for row in rows]

    async def node(self, name: str) -> Node:
        """One node. Raises :exc:`NotFound`."""
        # Asked by path, slurmrestd names the partitions of another node.
        for found in await self.nodes():
            if found.name == name:
                return found
        raise NotFound("node", name)

    async def partitions(self, nodes: list[Node] | None = None) -> list[Partition]:
        """Every partition; with ``nodes``, also what is free in each now."""
        found = await self._partitions()
        return found if nodes is None else [with_free(partition, nodes) for partition in found]

    async def partition(self, name: str) -> Partition:
        """One partition. Raises :exc:`NotFound`."""
        # Asked by path, a partition named "no" or "1e3" is taken for another word.
        for partition in await self._partitions():
            if partition.name.lower() == name.lower():
                return partition
        raise NotFound("partition", name)

    async def shown_partitions(self) -> set[str] | None:
        """Names of those that Slurm shows this person without being asked for all.

        Left out are hidden ones and those for other groups. ``None`` where the API
        version does not tell.
        """
        if not (await self.capabilities()).list_flags:
            return None
        answer = await self.connection.get("slurm", "partitions/")
        found = (await self.dialect()).decode_partitions(answer.body)
        return {partition.name for partition in found}

    async def reservations(self) -> list[Reservation]:
        """Reservations that this person may see."""
        answer = await self.connection.get("slurm", "reservations/")
        rows = decode(answer.body, ReservationRows).reservations or []
        return [reservation(row) for row in rows]

    async def licenses(self) -> list[License]:
        """Licences and how many are free. From v0.0.38."""
        can = await self.capabilities()
        if not can.licenses:
            raise Unsupported("Reading licences", can.version, needs="v0.0.38 (Slurm 22.05)")
        if can.fragile_licenses:
            await self.connection.get("slurm", "diag/")
        answer = await self.connection.get("slurm", "licenses/")
        return [license_(row) for row in decode(answer.body, LicenseRows).licenses or []]

    async def _partitions(self) -> list[Partition]:
        dialect = await self.dialect()
        # Without it newer versions leave hidden partitions out.
        params: Params | None = {"flags": "ALL"} if dialect.capabilities.list_flags else None
        answer = await self.connection.get("slurm", "partitions/", params)
        found = dialect.decode_partitions(answer.body)
        if dialect.capabilities.partition_states or not await self.connection.also(_TELLS_STATES):
            return found
        answer = await self.connection.send("GET", "slurm", "partitions/", version=_TELLS_STATES)
        older = dialect_of(_TELLS_STATES).decode_partitions(answer.body)
        told = {one.name: {"state": one.state, "default": one.default} for one in older}
        return [msgspec.structs.replace(one, **told.get(one.name, {})) for one in found]
