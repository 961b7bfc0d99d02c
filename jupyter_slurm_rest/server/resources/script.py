"""``clusters/{c}/script``: a script and its options, in both directions."""

from __future__ import annotations

from jupyter_slurm_rest.server.answers import ScriptAnswer
from jupyter_slurm_rest.server.base import SlurmHandler
from jupyter_slurm_rest.server.operation import operation
from jupyter_slurm_rest.server.requests import ScriptRequest
from jupyter_slurm_rest.server.submission import understand


class ScriptHandler(SlurmHandler):
    @operation("read")
    async def post(self, cluster: str, body: ScriptRequest) -> ScriptAnswer:
        """Read a script's options or, given options, write them into it."""
        rules = self.cluster(cluster).client.rules()
        return understand(body, max_size=self.app.max_script_size, rules=rules)
