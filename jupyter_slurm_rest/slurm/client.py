"""The client: everything a user does with Slurm, through slurmrestd."""

from __future__ import annotations

from types import TracebackType
from typing import Annotated, final

import msgspec

from jupyter_slurm_rest.slurm.wire.version import API_VERSION_PATTERN

from .accounting import AccountingCalls
from .actions import ActionCalls, SingleJobCalls
from .cluster import AccountCalls, ClusterCalls, NodeCalls
from .credentials import Credentials, CredentialSource
from .errors import InvalidRequest
from .filtered_actions import FilterCalls
from .job_updates import UpdateCalls
from .jobs import JobCalls
from .names import UserCalls
from .session import Connection
from .submit import SubmitCalls
from .submit_recovery import LookupCalls
from .transport import Limits, Transport

ApiVersion = Annotated[str, msgspec.Meta(pattern=f"^{API_VERSION_PATTERN}$")]
#: A day: sockets cannot wait forever.
MAX_TIMEOUT = 86_400
Seconds = Annotated[float, msgspec.Meta(gt=0, le=MAX_TIMEOUT)]


class Slurmrestd(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The address of a slurmrestd, and how to connect to it."""

    #: ``http(s)://host:port[/prefix]`` or ``unix:///path/to.socket``.
    url: str
    #: File with the certificate authorities to trust. Default: the system's.
    ca: str | None = None
    #: Client certificate and its key, PEM files.
    cert: str | None = None
    key: str | None = None
    #: HTTP proxy to slurmrestd; the environment's ``HTTP_PROXY`` is not used.
    proxy: str | None = None
    #: The API version to use. Default: the newest that both sides support.
    api_version: ApiVersion | None = None
    #: Seconds that one response may take.
    timeout: Seconds = 60.0

    def transport(self) -> Transport:
        """A transport to it; nothing is requested yet.

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
class SlurmClient:
    """One cluster's Slurm as one user.

    ``credentials`` returns user name and token for each request. ``api_version``
    (``v0.0.42``) sets the API version; by default, the newest that both sides support is
    negotiated on the first call. Every coroutine may raise any
    :exc:`~jupyter_slurm_rest.slurm.errors.SlurmError`.

    Use it as an asynchronous context manager, or call :meth:`close`. Its calls are methods of
    the classes that it is composed of.
    """

    def __init__(
        self,
        transport: Transport,
        credentials: CredentialSource,
        api_version: str | None = None,
    ) -> None:
        self.connection = connection = Connection(transport, credentials, api_version)
        users = UserCalls(connection)
        jobs = JobCalls(connection, users)
        accounting = AccountingCalls(connection, users, jobs)
        single = SingleJobCalls(connection, jobs)
        actions = ActionCalls(connection, jobs, accounting, single)
        filtered = FilterCalls(connection, users, jobs, accounting, single)
        updates = UpdateCalls(connection, jobs, single)
        submit = SubmitCalls(connection, users, actions, LookupCalls(connection, jobs))
        cluster = ClusterCalls(connection)
        nodes = NodeCalls(connection)
        account = AccountCalls(connection, users)

        #: Names of users that slurmrestd's host does not know.
        self.user_names = users.user_names
        self.dialect = cluster.dialect
        self.capabilities = cluster.capabilities
        self.rules = cluster.rules
        self.api_version = cluster.api_version
        self.versions = cluster.versions
        self.slurm_release = cluster.slurm_release
        self.has_accounting = cluster.has_accounting
        self.ping = cluster.ping
        self.diag = cluster.diag

        self.jobs = jobs.jobs
        self.job = jobs.job
        self.job_states = jobs.job_states
        self.records_of = jobs.records_of
        self.with_names = users.with_names
        self.users = users.users
        self.resolves = users.resolves
        self.database_jobs = users.database_jobs

        self.history = accounting.history
        self.accounting_job = accounting.accounting_job
        self.whole_job = accounting.whole_job
        self.array_tasks = accounting.array_tasks

        self.submit = submit.submit
        self.check_submission = submit.check_submission
        self.cluster_name = submit.cluster_name
        self.cancel = actions.cancel
        self.signal = actions.signal
        self.cancel_matching = filtered.cancel_matching
        self.update = updates.update
        self.hold = updates.hold
        self.release = updates.release
        self.requeue = updates.requeue
        self.suspend = updates.suspend
        self.resume = updates.resume

        self.nodes = nodes.nodes
        self.node = nodes.node
        self.partitions = nodes.partitions
        self.partition = nodes.partition
        self.shown_partitions = nodes.shown_partitions
        self.reservations = nodes.reservations
        self.licenses = nodes.licenses

        self.account = account.account
        self.accounts = account.accounts
        self.associations = account.associations
        self.privileges = account.privileges
        self.qos = account.qos
        self.shares = account.shares
        self.clusters = account.clusters
        self.tres = account.tres

    @classmethod
    def from_url(
        cls,
        url: str,
        *,
        user: str,
        token: str,
        api_version: str | None = None,
        ca: str | None = None,
        cert: str | None = None,
        key: str | None = None,
        proxy: str | None = None,
        timeout: float = 60.0,
    ) -> SlurmClient:
        """A client of the slurmrestd at ``url``, with one token that is not renewed.

        The arguments are described at :class:`Slurmrestd`; ``timeout`` is in seconds, at
        most a day. Raises :exc:`~jupyter_slurm_rest.slurm.errors.InvalidRequest`.
        """
        # Also refuses NaN, with which a request would never end.
        if not 0 < timeout <= MAX_TIMEOUT:
            raise InvalidRequest(
                "timeout",
                f"The timeout must be more than 0 and at most {MAX_TIMEOUT} seconds.",
            )
        where = Slurmrestd(url=url, ca=ca, cert=cert, key=key, proxy=proxy, timeout=timeout)
        given = Credentials(user, token)

        async def credentials(renew: bool = False) -> Credentials:
            return given

        return cls(where.transport(), credentials, api_version)

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
