"""The cluster as a whole: versions, ping, diag."""

from __future__ import annotations

from jupyter_slurm_rest.slurm.dialects.cluster import DiagAnswer, Pings, diag, ping
from jupyter_slurm_rest.slurm.dialects.envelope import decode
from jupyter_slurm_rest.slurm.errors import AccountingMissing, NoSuchEndpoint
from jupyter_slurm_rest.slurm.models import Diag, Ping

from .base import Calls


class ClusterCalls(Calls):
    """Whether Slurm is there, and which."""

    async def versions(self) -> list[str]:
        """API versions that both sides know, newest (the one in use) first."""
        return await self.connection.api_versions()

    async def api_version(self) -> str:
        """The API version in use: ``v0.0.45``."""
        return await self.connection.api_version()

    async def slurm_release(self) -> str:
        """Slurm's release: ``26.05.5``; may be empty."""
        return await self.connection.release()

    async def ping(self) -> list[Ping]:
        """Each slurmctld as slurmrestd reaches it.

        Raises :exc:`TokenRejected` rather than calling slurmctld down, where slurmrestd
        confuses the two.
        """
        answer = await self.connection.get("slurm", "ping/")
        pings = [ping(row) for row in decode(answer.body, Pings).pings or []]
        if pings and not any(one.up for one in pings):
            # A rejected token makes ping say DOWN; diag tells which it is.
            await self.connection.get("slurm", "diag/")
        return pings

    async def diag(self) -> Diag:
        """slurmctld's counters: among them the number of pending and running jobs."""
        answer = await self.connection.get("slurm", "diag/")
        return diag(decode(answer.body, DiagAnswer))

    async def has_accounting(self) -> bool:
        """Whether slurmrestd serves accounting.

        Raises :exc:`AccountingDown` when it does, but slurmdbd does not answer.
        """
        try:
            await self.connection.get("slurmdb", "clusters/")
        except (NoSuchEndpoint, AccountingMissing):
            return False
        return True
