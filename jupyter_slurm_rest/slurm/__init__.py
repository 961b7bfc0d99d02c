"""A client for slurmrestd, Slurm's REST API. It does not depend on Jupyter.

It has the same types for all API versions from v0.0.37 on::

    import asyncio
    from jupyter_slurm_rest.slurm import JobFilter, SlurmClient, Submitter


    async def main(url: str, user: str, token: str) -> None:
        async with SlurmClient.from_url(url, user=user, token=token) as client:
            for job in (await client.jobs()).jobs:
                print(job.id, job.name, job.state)
            here = Submitter(user=user, home=f"/home/{user}", directory=f"/home/{user}")
            script = "#!/bin/sh\\n#SBATCH --job-name=hello --time=5\\nhostname\\n"
            submitted = await client.submit(script, submitter=here)
            await client.cancel([submitted.job_id])
            await client.cancel_matching(JobFilter(name="hello"))

Every coroutine may raise a :exc:`SlurmError`; the tree is in
:mod:`jupyter_slurm_rest.slurm.errors`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .errors import (
    AccountingDown,
    AccountingMissing,
    Busy,
    ControllerDown,
    InvalidRequest,
    NoCommonVersion,
    NoSuchEndpoint,
    NotFound,
    NoToken,
    PermissionDenied,
    Refused,
    ResponseLost,
    ScriptError,
    SlurmError,
    SlurmRestError,
    SlurmTimeout,
    TokenRejected,
    TokenSuspected,
    TooLarge,
    Unreachable,
    UnreadableResponse,
    Unsupported,
    UserNotResolved,
)

if TYPE_CHECKING:
    from .accounting import HistoryPage, HistoryQuery
    from .client import SlurmClient, Slurmrestd
    from .credentials import Credentials, CredentialSource
    from .jobs import JobListing, Unchanged
    from .models.job import JobUpdate
    from .models.job_filter import JobFilter
    from .sbatch.jobspec import Submitter
    from .transport import Limits, Transport

__all__ = [
    "AccountingDown",
    "AccountingMissing",
    "Busy",
    "ControllerDown",
    "CredentialSource",
    "Credentials",
    "HistoryPage",
    "HistoryQuery",
    "InvalidRequest",
    "JobFilter",
    "JobListing",
    "JobUpdate",
    "Limits",
    "NoCommonVersion",
    "NoSuchEndpoint",
    "NoToken",
    "NotFound",
    "PermissionDenied",
    "Refused",
    "ResponseLost",
    "ScriptError",
    "SlurmClient",
    "SlurmError",
    "SlurmRestError",
    "SlurmTimeout",
    "Slurmrestd",
    "Submitter",
    "TokenRejected",
    "TokenSuspected",
    "TooLarge",
    "Transport",
    "Unchanged",
    "Unreachable",
    "UnreadableResponse",
    "Unsupported",
    "UserNotResolved",
]

#: Imported when first used: kernels need the errors and some tables, not the client.
_MODULES = {
    "HistoryPage": "accounting",
    "HistoryQuery": "accounting",
    "SlurmClient": "client",
    "Slurmrestd": "client",
    "Credentials": "credentials",
    "CredentialSource": "credentials",
    "JobListing": "jobs",
    "Unchanged": "jobs",
    "JobUpdate": "models.job",
    "JobFilter": "models.job_filter",
    "Submitter": "sbatch.jobspec",
    "Limits": "transport",
    "Transport": "transport",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
