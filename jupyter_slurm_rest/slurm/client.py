"""The client: everything a user does with Slurm, through slurmrestd."""

from __future__ import annotations

from collections import deque
from types import TracebackType
from typing import Annotated, final

import msgspec

from jupyter_slurm_rest.slurm.wire.version import API_VERSION_PATTERN

from .cluster import ClusterCalls, MachineCalls, PeopleCalls
from .credentials import CredentialSource
from .filtered_actions import MatchingCalls
from .job_updates import ChangeCalls
from .session import Connection
from .submit import SubmitCalls
from .transport import Limits, Transport
from .user_names import UserNames

ApiVersion = Annotated[str, msgspec.Meta(pattern=f"^{API_VERSION_PATTERN}$")]
#: At most a day; infinity is no time that a socket can wait.
Seconds = Annotated[float, msgspec.Meta(gt=0, le=86_400)]


class Slurmrestd(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a slurmrestd is, and how it is asked."""

    #: ``http(s)://host:port[/prefix]`` or ``unix:///path/to.socket``.
    url: str
    #: File with the certificate authorities to trust. Default: the system's.
    ca: str | None = None
    #: Client certificate and its key, PEM files.
    cert: str | None = None
    key: str | None = None
    #: HTTP proxy to slurmrestd; the environment's ``HTTP_PROXY`` is not used.
    proxy: str | None = None
    #: Pins the API version. Default: the newest that both sides know.
    api_version: ApiVersion | None = None
    #: Seconds that one response may take.
    timeout: Seconds = 60.0

    def transport(self) -> Transport:
        """The way there; nothing is asked yet.

        Raises :exc:`~jupyter_slurm_rest.slurm.errors.InvalidRequest`, which names the field.
        """
        return Transport(
            self.url,
            ca=self.ca,
            cert=self.cert,
            key=self.key,
            proxy=self.proxy,
            limits=Limits(total=self.timeout),
        )


@final
class SlurmClient(ClusterCalls, ChangeCalls, MatchingCalls, SubmitCalls, PeopleCalls, MachineCalls):
    """One cluster's Slurm as one user.

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
