"""Shared mode: public data of a cluster, read once for all users of a hub."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import msgspec

from jupyter_slurm_rest.queue.cache import Snapshot, Snapshots
from jupyter_slurm_rest.queue.job_list import job_list
from jupyter_slurm_rest.queue.responses import (
    JobList,
    JobsQuery,
    NodeList,
    PartitionList,
    QueueState,
    about,
)
from jupyter_slurm_rest.queue.source import RestSource
from jupyter_slurm_rest.queue.transitions import NoEvents
from jupyter_slurm_rest.queue.watcher import Settings, Watcher, describe
from jupyter_slurm_rest.slurm import Credentials, SlurmClient, SlurmError
from jupyter_slurm_rest.slurm.errors import InvalidRequest, PermissionDenied
from jupyter_slurm_rest.slurm.models import Node, Partition

from .clusters import Cluster, SharedConfig
from .errors import ConfigurationError, Refusal, not_public, slurm_failed
from .user_mapping import UserMapping
from .visibility import Visibility, VisibilityCheckedSource

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
            plan=describe(choice),
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
