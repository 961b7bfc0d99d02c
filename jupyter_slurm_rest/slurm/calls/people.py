"""Who may use what: associations, QOS, fairshare, and the person's account."""

from __future__ import annotations

import asyncio

from jupyter_slurm_rest.slurm.access import lineage
from jupyter_slurm_rest.slurm.dialects import people as wire
from jupyter_slurm_rest.slurm.dialects.envelope import decode
from jupyter_slurm_rest.slurm.errors import Unsupported
from jupyter_slurm_rest.slurm.models import Account, Association, Qos, Share
from jupyter_slurm_rest.slurm.transport import segment

from .accounting import AccountingCalls


class PeopleCalls(AccountingCalls):
    """Reading slurmdbd's tables and slurmctld's fairshare.

    All raise :exc:`AccountingMissing` and :exc:`AccountingDown`.
    """

    async def associations(self, user: str = "") -> list[Association]:
        """Associations of ``user``, or of everyone that this person may see."""
        answer = await self.database("associations/", {"user": user} if user else None)
        rows = decode(answer.body, wire.AssociationRows)
        found = [wire.association(row) for row in rows.here()]
        if (await self.capabilities()).numbered_qos:
            numbers = await self._qos()
            found = [wire.with_qos_names(one, numbers) for one in found]
        return [one for one in found if not user or one.user == user]

    async def _account_associations(self) -> list[Association]:
        """The associations of accounts themselves, which are those of no user."""
        # A name that trims to nothing; an empty one would be taken for no condition.
        answer = await self.database("associations/", {"user": " "})
        rows = decode(answer.body, wire.AssociationRows)
        return [one for one in map(wire.association, rows.here()) if not one.user]

    async def qos(self) -> list[Qos]:
        """Every quality of service."""
        return [wire.qos(row) for row in await self._qos()]

    async def _qos(self) -> list[wire.QosRow]:
        rows = decode((await self.database("qos/")).body, wire.QosRows)
        return rows.qos or rows.old or []

    async def shares(self, user: str = "") -> list[Share]:
        """Fairshare: all of it, or ``user``'s and of the accounts above. From v0.0.40."""
        can = await self.capabilities()
        if not can.fairshare:
            raise Unsupported("Fairshare", can.version, needs="v0.0.40 (Slurm 23.11)")
        answer = await self.connection.get("slurm", "shares/", {"users": user} if user else None)
        rows = (decode(answer.body, wire.ShareRows).shares or wire.Shares()).shares or []
        shares = [wire.share(row) for row in rows]
        return wire.standing(shares, user) if user else shares

    async def account(self, user: str) -> Account:
        """What ``user`` may use and how they stand; fairshare where the version has it."""
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

    async def privileges(self, user: str) -> list[str]:
        """What ``user`` may do beyond others: a level of administration, coordination.

        Empty too for a user whom accounting does not know.
        """
        # Older versions tell it unasked, and refuse the question.
        asked = (await self.capabilities()).coordinators_on_request
        params = {"with_coords": "true"} if asked else None
        answer = await self.database(f"user/{segment(user)}", params)
        rows = decode(answer.body, wire.UserRows).users or []
        return [one for row in rows if row.name == user for one in wire.standing_out(row)]

    async def accounts(self) -> list[str]:
        """Names of the accounts."""
        rows = decode((await self.database("accounts/")).body, wire.NamedRows)
        return wire.names(rows.accounts)

    async def clusters(self) -> list[str]:
        """Names of the clusters that share this accounting."""
        rows = decode((await self.database("clusters/")).body, wire.NamedRows)
        return wire.names(rows.clusters)

    async def tres(self) -> list[str]:
        """Slurm's names of what it counts: ``cpu``, ``gres/gpu:a100``."""
        return wire.tres_names(decode((await self.database("tres/")).body, wire.TresTypes))

    async def _shares_if_any(self, user: str) -> list[Share]:
        try:
            return await self.shares(user)
        except Unsupported:
            return []
