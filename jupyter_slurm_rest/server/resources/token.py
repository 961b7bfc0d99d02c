"""``clusters/{c}/token``: a token that the person pastes, kept in memory only."""

from __future__ import annotations

from jupyter_slurm_rest.server.answers import ClusterInfo
from jupyter_slurm_rest.server.base import SlurmHandler
from jupyter_slurm_rest.server.failures import RequestFailed
from jupyter_slurm_rest.server.operation import operation
from jupyter_slurm_rest.server.requests import TokenRequest
from jupyter_slurm_rest.server.status import cluster_info


class TokenHandler(SlurmHandler):
    @operation("write")
    async def put(self, cluster: str, body: TokenRequest) -> ClusterInfo:
        """Use a token that the person pasted."""
        if not self.app.paste_tokens:
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
