"""The client: everything a person does with Slurm, through slurmrestd."""

from __future__ import annotations

from collections import deque
from types import TracebackType
from typing import final

from .calls.changes import ChangeCalls
from .calls.cluster import ClusterCalls
from .calls.machine import MachineCalls
from .calls.matching import MatchingCalls
from .calls.people import PeopleCalls
from .calls.submit import SubmitCalls
from .calls.users import UserNames
from .connection import Connection
from .credentials import CredentialSource
from .transport import Transport


@final
class SlurmClient(ClusterCalls, ChangeCalls, MatchingCalls, SubmitCalls, PeopleCalls, MachineCalls):
    """One cluster's Slurm as one person.

    ``credentials`` gives user name and token for each request. ``api_version``
    (``v0.0.42``) pins the API version; by default the newest that both sides know is
    negotiated at the first call. Every coroutine may raise any
    :exc:`~jupyter_slurm_rest.slurm.errors.SlurmError`.
    """

    def __init__(
        self,
        transport: Transport,
        credentials: CredentialSource,
        api_version: str | None = None,
    ) -> None:
        self.connection = Connection(transport, credentials, api_version)
        self.submitted = deque(maxlen=1000)
        self.user_names = UserNames()

    async def __aenter__(self) -> SlurmClient:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections to slurmrestd."""
        await self.connection.transport.close()
