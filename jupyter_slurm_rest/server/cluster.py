"""One configured cluster: its connections, the user's token, caches, nodes and partitions.

What is free depends on the user's reservations; what they may choose, on their accounts.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Collection, Iterable
from urllib.parse import urlsplit

import msgspec
from cachetools import LRUCache

from jupyter_slurm_rest.file_threads import FileThreads
from jupyter_slurm_rest.queue.job_list import job_list
from jupyter_slurm_rest.queue.records import EventEmitter
from jupyter_slurm_rest.queue.responses import JobList, JobsQuery, Snapshot, Snapshots
from jupyter_slurm_rest.queue.source import RestSource
from jupyter_slurm_rest.queue.watcher import Settings as WatchSettings
from jupyter_slurm_rest.queue.watcher import Watcher, describe
from jupyter_slurm_rest.slurm.availability import (
    Access,
    Reserved,
    for_user,
    lineage,
    reserved,
    with_free,
)
from jupyter_slurm_rest.slurm.client import SlurmClient
from jupyter_slurm_rest.slurm.credentials import Credentials
from jupyter_slurm_rest.slurm.errors import NotFound, PermissionDenied, SlurmError
from jupyter_slurm_rest.slurm.models import Account, Job, License, Node, Partition, Reservation
from jupyter_slurm_rest.tokens import TokenProvider, make_provider
from jupyter_slurm_rest.tokens.errors import TokenError

from .settings import (
    BadSetting,
    ClusterSettings,
    make_token_provider,
    make_transport,
    token_provider_options,
)
from .shared import SharedLists

#: Seconds that what only an administrator changes is cached.
_SELDOM = 60.0


class ClusterResources:
    """What jobs of one cluster can run on."""

    def __init__(
        self,
        url: str,
        client: SlurmClient,
        snapshots: Snapshots,
        shared: SharedLists | None,
        *,
        username: Callable[[], Awaitable[str]],
        account: Callable[[], Awaitable[Snapshot[Account]]],
    ) -> None:
        self._host = (urlsplit(url).hostname or "").partition(".")[0]
        self._client = client
        self._snapshots = snapshots
        #: Set if the hub reads nodes and partitions for all users.
        self.shared = shared
        self._username = username
        self._account = account

    async def nodes(self) -> Snapshot[list[Node]]:
        """Every node, with what is free on it for the user."""
        found, held = await asyncio.gather(self._nodes(), self._reserved())
        nodes = for_user(found.value, await self._username(), held)
        return msgspec.structs.replace(found, value=nodes)

    async def node(self, name: str) -> Node:
        """One node. Raises :exc:`NotFound`."""
        for node in (await self.nodes()).value:
            if node.name == name:
                return node
        raise NotFound("node", name)

    async def partitions(self) -> Snapshot[list[Partition]]:
        """Every partition, with what is free in it where nodes may be seen."""
        found, held = await asyncio.gather(self._partitions(), self._reserved())
        try:
            nodes = (await self.nodes()).value
        except PermissionDenied:
            # PrivateData=nodes: the partitions themselves may still be seen.
            return found
        now = time.time()
        free = [with_free(partition, nodes, held.later, now) for partition in found.value]
        return msgspec.structs.replace(found, value=free)

    async def reservations(self) -> Snapshot[list[Reservation]]:
        """Every reservation."""
        return await self._snapshots.get("reservations", self._client.reservations)

    async def licenses(self) -> Snapshot[list[License]]:
        """Every license."""
        return await self._snapshots.get("licenses", self._client.licenses)

    async def access(self) -> Access:
        """What the user may choose, as far as Slurm reports it."""
        account, shown, hosts = await asyncio.gather(
            self._account_if_any(), self._shown_partitions(), self._hosts()
        )
        subaccounts = (await self._client.capabilities()).accounts_stand_for_subaccounts
        return Access(account=account, subaccounts=subaccounts, shown=shown, hosts=hosts)

    async def _nodes(self) -> Snapshot[list[Node]]:
        if self.shared is not None and (found := await self.shared.nodes()) is not None:
            return found
        return await self._snapshots.get("nodes", self._client.nodes)

    async def _partitions(self) -> Snapshot[list[Partition]]:
        if self.shared is not None and (found := await self.shared.partitions()) is not None:
            return found
        return await self._snapshots.get("partitions", self._client.partitions)

    async def _reserved(self) -> Reserved:
        """What is reserved; reservations that cannot be read are still visible in the
        states of nodes.
        """
        try:
            found = (await self.reservations()).value
        except SlurmError:
            found = []
        accounts: list[str] = []
        if any(one.accounts for one in found) and (account := await self._account_if_any()):
            mine = [one.account for one in account.associations]
            accounts = lineage(account.accounts, mine)
        return reserved(found, await self._username(), accounts, time.time())

    async def _account_if_any(self) -> Account | None:
        try:
            return (await self._account()).value
        except SlurmError:
            return None

    async def _shown_partitions(self) -> set[str] | None:
        fetch = self._client.shown_partitions
        try:
            return (await self._snapshots.get("shown partitions", fetch, ttl=_SELDOM)).value
        except SlurmError:
            return None

    async def _hosts(self) -> frozenset[str]:
        """Hosts where slurmrestd may run: that of its address, or slurmctld's."""
        try:
            pings = (await self._snapshots.get("ping", self._client.ping, ttl=_SELDOM)).value
        except SlurmError:
            pings = []
        names = [one.hostname.partition(".")[0] for one in pings]
        return frozenset(filter(None, [self._host, *names]))


#: A provider's options that do not say where the hub's service is.
_ABOUT_TOKENS = ("timeout", "user_claim")


#: The maximum number of jobs, each a few hundred bytes.
_KEPT = 2000


class JobFiles:
    """Remembers the paths of jobs that were viewed recently or submitted from here.

    slurmdbd has them from v0.0.42 on; before that, only slurmctld, as long as it knows the job.
    """

    def __init__(self) -> None:
        #: By number and time of submission: numbers are used again.
        self._known: LRUCache[tuple[int, int | None], tuple[str, str, str]] = LRUCache(_KEPT)

    def completed(self, job: Job) -> Job:
        """``job`` with its paths, if they are known; those that it has are remembered."""
        key = (job.job_id, job.submit_time)
        if job.stdout:
            self._known[key] = (job.stdin, job.stdout, job.stderr)
            return job
        if key not in self._known:
            return job
        stdin, stdout, stderr = self._known[key]
        return msgspec.structs.replace(job, stdin=stdin, stdout=stdout, stderr=stderr)


class ConfiguredCluster:
    """Everything handlers need to talk to one cluster as the user.

    ``client`` asks Slurm and changes jobs. What several tabs and notebooks show is read
    once for all of them: the queue by :meth:`jobs` (``watcher``), nodes and partitions by
    ``resources``, one job by :meth:`job`, the rest through ``snapshots``. After a change,
    call :meth:`changed`, so that no outdated data is shown.
    """

    def __init__(
        self,
        name: str,
        settings: ClusterSettings,
        *,
        ttl: float,
        events: EventEmitter,
        watching: WatchSettings,
    ) -> None:
        self.name = name
        self.settings = settings
        self.snapshots = Snapshots(ttl=ttl)
        self._configured = make_token_provider(name, settings)
        #: A token pasted by the user takes precedence over the configured source.
        self._pasted: TokenProvider | None = None
        #: Who Slurm saw last: a name outlives its tokens. Empty before there was one.
        self.last_user = ""
        self.transport = make_transport(name, settings)
        #: The proxy has its own connections, so that a stalled client does not use up those
        #: of the panel.
        self.proxied = make_transport(name, settings)
        #: Threads for files of this cluster; file systems of other clusters may hang.
        self.files = FileThreads()
        self.client = SlurmClient(
            self.transport, self.credentials, api_version=settings.api_version
        )
        self._job_files = JobFiles()
        self.watcher = Watcher(RestSource(self.client, self.username), events, watching)
        #: What the hub reads for all users; ``None`` if this is not configured.
        self.shared = _shared(name, settings, events, ttl) if settings.shared else None
        self.resources = ClusterResources(
            settings.url,
            self.client,
            self.snapshots,
            self.shared,
            username=self.username,
            account=self.account,
        )

    async def strategy(self) -> str:
        """How lists of jobs are read, and why, in words."""
        mine = describe(await self.watcher.choice("mine"))
        if self.shared and not self.shared.why:
            return f"My jobs: {mine}. All jobs: {self.shared.strategy}."
        everybody = describe(await self.watcher.choice("all"))
        why = f" {self.shared.why}" if self.shared else ""
        return f"My jobs: {mine}. All jobs: {everybody}.{why}"

    async def jobs(self, query: JobsQuery) -> JobList:
        """A page of the queue; the user's own is always read with their own token."""
        if self.shared is None or query.scope == "mine":
            return await job_list(self.watcher, query)
        if (found := await self.shared.jobs(query)) is not None:
            return found
        own = await job_list(self.watcher, query)
        return msgspec.structs.replace(own, note=f"{self.shared.why} {own.note}".strip())

    @property
    def tokens(self) -> TokenProvider:
        """The current source of tokens."""
        return self._pasted or self._configured

    @property
    def token_source(self) -> str:
        """The provider's name; ``pasted`` for a token that a user typed in, else ``none``."""
        if self.tokens.name == "paste":
            return "pasted" if self.tokens.current else "none"
        return self.tokens.name

    async def credentials(self, renew: bool = False) -> Credentials:
        """The user's name and a current token. Raises a TokenError."""
        token = await self.tokens.acquire(renew=renew)
        self.last_user = token.username
        return Credentials(token.username, token.value)

    async def username(self) -> str:
        """The Slurm user."""
        return (await self.credentials()).username

    async def account(self) -> Snapshot[Account]:
        """What the user may use; changes seldom."""
        user = await self.username()
        return await self.snapshots.get("account", lambda: self.client.account(user), ttl=60.0)

    async def job(self, job_id: str, *, allow_stale: bool = False) -> Job:
        """One job, with what accounting knows about it.

        With ``allow_stale``, perhaps as it was before Slurm stopped answering: its paths
        stay what they are, but its state does not, and a job does not say how old it is.
        """
        # One second: the job view requests details and output at the same time.
        found = await self.snapshots.get(
            ("job", job_id), lambda: self._job(job_id), ttl=1.0, allow_stale=allow_stale
        )
        return found.value

    async def remember_files(self, submitted: Iterable[int]) -> None:
        """Remember the paths of new jobs, if accounting does not store them."""
        # Later they can be read again; a submission does not fail for this.
        with contextlib.suppress(SlurmError):
            if not (await self.client.capabilities()).files_accounted:
                for job_id in submitted:
                    self._job_files.completed(await self.client.job(job_id))

    async def _job(self, job_id: str) -> Job:
        job = self._job_files.completed(await self.client.whole_job(job_id))
        self.watcher.learn(job)
        return job

    async def paste(self, secret: str) -> None:
        """Use a token that the user typed in. Raises a TokenError, and changes nothing then."""
        if self._configured.accepts_paste:
            self._configured.paste(secret)
        else:
            pasted = make_provider("paste", username=self.settings.username)
            pasted.paste(secret)
            await pasted.acquire()
            self._pasted = pasted
        await self._forget()

    async def forget_pasted(self) -> None:
        """Go back to the configured source."""
        if self._pasted is None and self._configured.accepts_paste:
            self._configured = make_token_provider(self.name, self.settings)
        self._pasted = None
        self.last_user = ""
        await self._forget()

    def changed(self, *, submitted: Collection[int] = (), touched: Iterable[int] = ()) -> None:
        """The user submitted or changed jobs: cached data may be outdated."""
        self.snapshots.forget()
        self.watcher.submitted(submitted)
        self.watcher.acted(touched)

    async def _forget(self) -> None:
        self.snapshots.forget()
        await self.watcher.forget()

    async def close(self) -> None:
        """Cancel pending requests and close connections."""
        await self.watcher.close()
        if self.shared is not None:
            await self.shared.close()
        await self.snapshots.close()
        await self.transport.close()
        await self.proxied.close()


def _shared(
    cluster: str, settings: ClusterSettings, events: EventEmitter, ttl: float
) -> SharedLists:
    provider, options = token_provider_options(settings)
    setting = f"c.SlurmRest.clusters[{cluster!r}]['shared']"
    if provider != "hub":
        raise BadSetting(f"{setting} needs tokens from the provider 'hub', not {provider!r}.")
    where = {name: value for name, value in options.items() if name not in _ABOUT_TOKENS}
    try:
        return SharedLists(where, events, ttl)
    except TokenError as error:
        raise BadSetting(f"{setting}: {error.message}") from None
