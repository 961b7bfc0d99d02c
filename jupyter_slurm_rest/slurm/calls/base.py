"""What every kind of call stands on."""

from __future__ import annotations

import inspect
from typing import Any

from jupyter_slurm_rest.slurm.capabilities import Capabilities, capabilities_of
from jupyter_slurm_rest.slurm.connection import Connection
from jupyter_slurm_rest.slurm.dialects import Dialect, dialect_of
from jupyter_slurm_rest.slurm.oneversion import in_one_version
from jupyter_slurm_rest.slurm.submission_rules import ANY_SBATCH, SubmissionRules


class Calls:
    """Base of the call classes that :class:`SlurmClient` is composed of."""

    connection: Connection

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name, method in list(vars(cls).items()):
            if inspect.iscoroutinefunction(method) and not name.startswith("_"):
                setattr(cls, name, in_one_version(method))

    async def dialect(self) -> Dialect:
        """How the negotiated API version is spoken."""
        return dialect_of(await self.connection.api_version(), await self.connection.release())

    def rules(self) -> SubmissionRules:
        """How jobs are handed in here, as far as that is known without asking Slurm."""
        known = self.connection.negotiated
        if known is None:
            return ANY_SBATCH
        return capabilities_of(known.version, known.release).submission

    async def capabilities(self) -> Capabilities:
        """What this Slurm can do through the negotiated API version."""
        return (await self.dialect()).capabilities
