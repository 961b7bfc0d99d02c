"""``clusters/{c}/account``: what the person may use, and how they stand."""

from __future__ import annotations

from jupyter_slurm_rest.server.base import SlurmHandler
from jupyter_slurm_rest.server.operation import operation
from jupyter_slurm_rest.slurm.models import Account


class AccountHandler(SlurmHandler):
    @operation("read")
    async def get(self, cluster: str) -> Account:
        """The person's associations, QOS, limits and fairshare."""
        return (await self.cluster(cluster).account()).value
