"""The clusters of the service: how tokens are made, and public lists read once for all."""

from __future__ import annotations

import asyncio
import math
import re
import secrets
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from jupyter_slurm_rest.queue.job_list import job_list
from jupyter_slurm_rest.queue.records import NoEvents
from jupyter_slurm_rest.queue.responses import (
    JobList,
    JobsQuery,
    NodeList,
    PartitionList,
    QueueState,
    Snapshot,
    Snapshots,
    about,
)
from jupyter_slurm_rest.queue.source import RestSource
from jupyter_slurm_rest.queue.watcher import Settings, Watcher, describe
from jupyter_slurm_rest.slurm import Credentials, SlurmClient, SlurmError
from jupyter_slurm_rest.slurm.client import Seconds, Slurmrestd
from jupyter_slurm_rest.slurm.errors import InvalidRequest, PermissionDenied
from jupyter_slurm_rest.slurm.models import Node, Partition
from jupyter_slurm_rest.tokens.errors import TokenError
from jupyter_slurm_rest.tokens.token import read_token

from .errors import (
    ConfigurationError,
    Refusal,
    not_identified,
    not_linked,
    not_public,
    renewing,
    slurm_failed,
)
from .keys import Signer, load_signer
from .user_mapping import UserMapping, identity_claims
from .visibility import Visibility, VisibilityCheckedSource

LONGEST_LIFETIME = 3600
SHORTEST_LIFETIME = 60
#: Hubs renew an access token only when the provider refuses it, that is after it expired:
#: around that time (seconds before, seconds after) waiting helps, not a new login.
LAST_MOMENTS, RENEWAL_GRACE = 5.0, 20.0

#: A cluster's name is part of the service's paths.
CLUSTER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")


class SharedConfig(Slurmrestd, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Shared data of a cluster is read once for all servers, as the Slurm user ``user``.

    The other settings have the same meaning as in ``c.SlurmRest``.
    """

    user: str
    max_jobs_dump: Annotated[int, msgspec.Meta(ge=0)] = 5_000
    slurmrestd_share: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.05
    refresh: Seconds = 5.0


class ClusterConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One entry of ``c.SlurmTokenService.clusters``.

    ``lifetime`` is in seconds. ``allowed_groups`` are groups of the hub. In the mode
    ``oidc`` nothing is signed: the access token of the user's login is issued,
    found in ``auth_state_field``; ``user_claim`` is Slurm's ``userclaimfield=``.
    """

    mode: Literal["sign", "oidc"] = "sign"
    key_file: str = ""
    algorithm: Literal["HS256", "RS256"] = "HS256"
    kid: str | None = None
    lifetime: int = 600
    identity_claims: bool = False
    allowed_groups: list[str] = []
    auth_state_field: str = "access_token"
    user_claim: str | None = None
    shared: SharedConfig | None = None


class Issued(msgspec.Struct, frozen=True):
    """A token and what the audit log may hold about it."""

    token: str
    lifetime: int
    jti: str

    def __repr__(self) -> str:
        return f"Issued({self.jti})"


class Cluster:
    """Makes the tokens of one cluster."""

    def __init__(self, name: str, config: ClusterConfig, issuer: str) -> None:
        self.name = name
        self.config = config
        self._issuer = issuer
        self._signer: Signer | None = None
        self.reload()

    def reload(self) -> None:
        """Read the key again. Raises ConfigurationError and then keeps the old one."""
        if self.config.mode == "sign":
            path = Path(self.config.key_file)
            self._signer = load_signer(path, self.config.algorithm, self.config.kid)

    @property
    def public_jwk(self) -> dict[str, str] | None:
        """The public key, where there is one."""
        return self._signer.public_jwk() if self._signer else None

    def sign(self, slurm_name: str) -> Issued:
        """Make a token for a Slurm user who has passed all checks."""
        if self._signer is None:
            raise ConfigurationError(f"The cluster {self.name} has no signing key.")
        now, jti = int(time.time()), uuid.uuid4().hex
        claims: dict[str, Any] = {
            "sun": slurm_name,
            "iat": now,
            "exp": now + self.config.lifetime,
            "jti": jti,
            "iss": self._issuer,
        }
        if self.config.identity_claims:
            claims |= identity_claims(slurm_name)
        return Issued(self._signer.sign(claims), self.config.lifetime, jti)

    def pass_on(self, auth_state: Mapping[str, object], slurm_name: str) -> Issued:
        """Issue the login's access token. Raises Refusal when it is no longer valid."""
        value = auth_state.get(self.config.auth_state_field)
        if not isinstance(value, str):
            raise not_identified()
        try:
            # Any lifetime is accepted here; the real one is checked next.
            token = read_token(value, user_claim=self.config.user_claim, lifetime=1)
        except TokenError as error:
            raise _unusable(error) from None
        left = token.expires_at - time.time()
        if left < -RENEWAL_GRACE:
            raise not_identified()
        if left < LAST_MOMENTS:
            raise renewing(max(2, math.ceil(left) + 1))
        if token.username != slurm_name:
            refusal = not_linked(slurm_name)
            refusal.reason = "name_mismatch"
            raise refusal
        return Issued(value, int(left), "-")


def read_clusters(raw: Mapping[str, object], issuer: str) -> dict[str, Cluster]:
    """Check the configuration and read the keys. Raises ConfigurationError."""
    if not raw:
        raise ConfigurationError(
            "No signing key is configured: set c.SlurmTokenService.key_file or .clusters."
        )
    return {name: _read_cluster(name, entry, issuer) for name, entry in raw.items()}


def _read_cluster(name: str, entry: object, issuer: str) -> Cluster:
    where = f"c.SlurmTokenService.clusters[{name!r}]"
    if not CLUSTER_NAME.fullmatch(name):
        raise ConfigurationError(f"{where}: a name has letters, digits, '.', '_' and '-' only.")
    try:
        config = msgspec.convert(entry, type=ClusterConfig)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{where}: {error}") from None
    if config.mode == "sign" and not config.key_file:
        raise ConfigurationError(f"{where}: key_file is missing.")
    if not SHORTEST_LIFETIME <= config.lifetime <= LONGEST_LIFETIME:
        raise ConfigurationError(
            f"{where}: lifetime is {config.lifetime} s; it must be between "
            f"{SHORTEST_LIFETIME} and {LONGEST_LIFETIME} s, because Slurm cannot revoke a token."
        )
    if config.shared and config.mode != "sign":
        raise ConfigurationError(
            f"{where}: shared needs the mode sign: a reader has no login with a token."
        )
    return Cluster(name, config, issuer)


def _unusable(error: TokenError) -> Refusal:
    return Refusal(
        HTTPStatus.FORBIDDEN,
        "account_not_linked",
        f"Slurm cannot use the login's access token: {error.message}",
        reason="unusable_access_token",
    )


T = TypeVar("T")

#: Lists (filters and orders) that are kept for the hub's users at the same time.
_LISTS = 64


class OwnToken:
    """The reader's token, signed here and renewed at half of its life."""

    def __init__(self, cluster: Cluster, user: str) -> None:
        self._cluster = cluster
        self._user = user
        self._kept: Credentials | None = None
        self._renew_at = -float("inf")

    async def __call__(self, renew: bool = False) -> Credentials:
        if self._kept is None or renew or time.monotonic() >= self._renew_at:
            issued = await asyncio.to_thread(self._cluster.sign, self._user)
            self._kept = Credentials(self._user, issued.token)
            self._renew_at = time.monotonic() + issued.lifetime / 2
        return self._kept

    async def username(self) -> str:
        return self._user


class SharedReader:
    """Reads a cluster for all users while anyone asks.

    All methods raise :exc:`Refusal`, and :exc:`InvalidRequest` for invalid queries.
    """

    def __init__(self, cluster: Cluster, config: SharedConfig) -> None:
        token = OwnToken(cluster, config.user)
        self._transport = config.transport()
        self._client = SlurmClient(self._transport, token, api_version=config.api_version)
        self._public = Visibility(cluster.name, config.user, self._client, token, self._begin)
        self._watcher = Watcher(
            VisibilityCheckedSource(RestSource(self._client, token.username), self._public.refuse),
            NoEvents(),
            Settings(
                max_jobs_dump=config.max_jobs_dump,
                share=config.slurmrestd_share,
                shortest=config.refresh,
                lists=_LISTS,
            ),
        )
        self._snapshots = Snapshots(ttl=config.refresh)
        #: Distinguishes versions of this run of the service from those of others.
        self._run = secrets.token_hex(4)

    async def state(self) -> QueueState:
        """Whether anything changed, and how all jobs are read."""
        seen, choice = await self._read_if_public(self._watcher.state)
        return QueueState(
            version=f"{self._run}-{seen.value.version}",
            as_of=seen.value.as_of,
            stale=seen.stale,
            strategy=describe(choice),
        )

    async def jobs(self, query: JobsQuery) -> JobList:
        """A page of all jobs, whatever the query's scope."""
        everybody = msgspec.structs.replace(query, scope="all")
        return await self._read_if_public(lambda: job_list(self._watcher, everybody))

    async def nodes(self) -> NodeList:
        """Every node."""
        found = await self._read_if_public(self._nodes)
        return NodeList(nodes=found.value, **about(found))

    async def partitions(self) -> PartitionList:
        """Every partition, with what is free in it."""
        found = await self._read_if_public(self._partitions)
        return PartitionList(partitions=found.value, **about(found))

    async def close(self) -> None:
        """Stop reading."""
        await self._watcher.close()
        await self._snapshots.close()
        await self._transport.close()

    async def _nodes(self) -> Snapshot[list[Node]]:
        return await self._snapshots.get("nodes", self._client.nodes)

    async def _partitions(self) -> Snapshot[list[Partition]]:
        nodes = (await self._nodes()).value
        return await self._snapshots.get("partitions", lambda: self._client.partitions(nodes))

    async def _read_if_public(self, read: Callable[[], Awaitable[T]]) -> T:
        try:
            await self._public.check()
            response = await read()
        except InvalidRequest:
            raise
        except PermissionDenied as error:
            self._public.refuse(not_public(error.message))
            raise not_public(error.message) from None
        except SlurmError as error:
            raise slurm_failed(error.message) from None
        # The reading itself may have detected hidden data.
        self._public.raise_if_refused()
        return response

    async def _begin(self) -> None:
        """Forget what was read before a refusal."""
        self._snapshots.forget()
        await self._watcher.forget()


def make_readers(
    clusters: Mapping[str, Cluster], user_mapping: UserMapping
) -> dict[str, SharedReader]:
    """A reader for each cluster that is shared. Raises ConfigurationError."""
    return {
        name: _make_reader(cluster, cluster.config.shared, user_mapping)
        for name, cluster in clusters.items()
        if cluster.config.shared
    }


def _make_reader(cluster: Cluster, config: SharedConfig, user_mapping: UserMapping) -> SharedReader:
    where = f"c.SlurmTokenService.clusters[{cluster.name!r}]['shared']"
    try:
        user_mapping.check_reader(config.user)
        # Fails now, not at the first request, if a token cannot be made.
        cluster.sign(config.user)
        return SharedReader(cluster, config)
    except (ConfigurationError, Refusal) as error:
        raise ConfigurationError(f"{where}: {error}") from None
    except InvalidRequest as error:
        raise ConfigurationError(f"{where}[{error.field!r}]: {error}") from None
