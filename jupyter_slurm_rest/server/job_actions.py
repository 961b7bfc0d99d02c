"""One action on some jobs: which call of the client it is."""

from __future__ import annotations

from jupyter_slurm_rest.slurm.client import SlurmClient
from jupyter_slurm_rest.slurm.errors import InvalidRequest, Unsupported
from jupyter_slurm_rest.slurm.models import ActionResult

from .requests import ActionRequest


async def act(client: SlurmClient, request: ActionRequest) -> list[ActionResult]:
    """Do it; a result for each job, in the order asked."""
    ids = list(dict.fromkeys(request.job_ids))
    match request.action:
        case "cancel":
            return await client.cancel(ids, signal=request.signal or "")
        case "signal":
            if request.signal is None:
                raise InvalidRequest("signal", "signal: which one? Write a name, such as USR1.")
            return await client.signal(ids, request.signal)
        case _:
            raise Unsupported(request.action, await client.api_version())
