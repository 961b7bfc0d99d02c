"""What the hub reads once for all users: all jobs, nodes and partitions of a cluster.

Users' own jobs and their actions never use it.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from cachetools import LRUCache

from jupyter_slurm_rest.queue.poller import PollInterval, View
from jupyter_slurm_rest.queue.records import EventEmitter
from jupyter_slurm_rest.queue.responses import (
    JobList,
    JobsQuery,
    NodeList,
    PartitionList,
    QueueState,
    Snapshot,
    Snapshots,
)
from jupyter_slurm_rest.slurm.errors import shorten
from jupyter_slurm_rest.slurm.models import Node, Partition
from jupyter_slurm_rest.tokens.errors import TokenError
from jupyter_slurm_rest.tokens.issuers import own_hub_token, service_endpoint
from jupyter_slurm_rest.tokens.service import Fetched, as_object

from .errors import RequestFailed

A = TypeVar("A", bound=QueueState | JobList | NodeList | PartitionList)

#: Seconds for a response: the hub's first reading takes as long as one of this server.
_PATIENCE = 30.0
#: 5,000 rows are 3 MB.
_MOST = 32 * 1024 * 1024
#: Responses that are kept for conditional requests with their ETag.
_KEPT = 16
#: Initial and maximum delay in seconds before a hub that did not share is asked again.
_SOONEST, _LATEST = 15.0, 600.0


class NotShared(Exception):
    """The hub does not share this now; the text says why."""


class _Seen(msgspec.Struct, frozen=True):
    state: QueueState
    #: It costs none of slurmrestd's time.
    seconds: float = 0.0
    growing: bool = False

    @property
    def version(self) -> int:
        return hash(self.state.version)


class SharedLists:
    """One cluster's public lists, as long as the hub shares them.

    ``None`` instead of a list means that this server must read by itself; ``why`` then says
    why. While there are readers of all jobs, one task follows their version.
    """

    def __init__(self, options: Mapping[str, Any], events: EventEmitter, refresh: float) -> None:
        self.why = ""
        self._place = service_endpoint("shared", **options, timeout=_PATIENCE)
        self._events = events
        # Not longer: each version of a page is a snapshot of its own.
        self._snapshots = Snapshots(ttl=refresh, keep=refresh)
        self._responses: LRUCache[object, tuple[str, Any]] = LRUCache(_KEPT)
        self._again = PollInterval(floor=_SOONEST / 2, ceiling=_LATEST)
        self._due = 0.0
        self._trial: asyncio.Task[None] | None = None
        self._refresh = refresh
        self._view = self._begin()

    def _begin(self) -> View[_Seen]:
        return View(
            self._follow,
            PollInterval(share=1.0, floor=self._refresh),
            lease=90.0 if self._refresh else 0.0,
            changed=lambda before, now: self._events.queue_changed("all", now.state.as_of),
        )

    @property
    def strategy(self) -> str:
        """How all jobs are read, as far as is known: asking would make the hub read them."""
        how = f"; {self._view.value.state.strategy}" if self._view.value else ""
        return f"by the hub, once for all users{how}"

    async def state(self) -> QueueState | None:
        """All users' queue as the hub has it."""
        with contextlib.suppress(NotShared):
            self._insist()
            seen = await self._view.look()
            if seen.error is None:
                return seen.value.state
        return None

    async def jobs(self, query: JobsQuery) -> JobList | None:
        """A page of all users' queue. Raises RequestFailed for what cannot be asked."""
        state = await self.state()
        if state is None:
            return None
        # Everybody's list is read at its own pace.
        params = msgspec.structs.replace(query, scope="all", fresh=False).params()
        found = await self._shared("/jobs", JobList, params, state.version)
        return None if found is None else msgspec.structs.replace(found, strategy="shared")

    async def nodes(self) -> Snapshot[list[Node]] | None:
        """Every node."""
        found = await self._shared("/nodes", NodeList)
        if found is None:
            return None
        return Snapshot(found.nodes, found.as_of, found.stale, found.note)

    async def partitions(self) -> Snapshot[list[Partition]] | None:
        """Every partition."""
        found = await self._shared("/partitions", PartitionList)
        if found is None:
            return None
        return Snapshot(found.partitions, found.as_of, found.stale, found.note)

    async def close(self) -> None:
        """Stop following."""
        if self._trial is not None:
            self._trial.cancel()
        await self._view.close()
        await self._snapshots.close()
        await self._place.close()

    async def _shared(
        self, what: str, kind: type[A], params: Mapping[str, str] | None = None, version: str = ""
    ) -> A | None:
        """Concurrent requests are merged: the hub is asked once for each version."""
        query: Mapping[str, str] = params or {}
        key = (what, version, *query.items())
        with contextlib.suppress(NotShared):
            self._insist()
            found: Snapshot[A] = await self._snapshots.get(
                key, lambda: self._ask(what, kind, query)
            )
            return found.value
        return None

    async def _follow(self, before: _Seen | None) -> _Seen:
        return _Seen(await self._ask("", QueueState, {}))

    def _insist(self) -> None:
        """Raise NotShared while the hub does not share; from time to time try it again."""
        if not self.why:
            return
        if time.monotonic() >= self._due and (self._trial is None or self._trial.done()):
            self._trial = asyncio.create_task(self._try_again(), name="slurm-shared")
        raise NotShared(self.why)

    async def _try_again(self) -> None:
        with contextlib.suppress(NotShared):
            state = await self._ask("", QueueState, {})
            # The old one rests from its failures.
            old, self._view = self._view, self._begin()
            await old.close()
            self._events.queue_changed("all", state.as_of)

    async def _ask(self, what: str, kind: type[A], params: Mapping[str, str]) -> A:
        key = (what, *params.items())
        tag, known = self._responses.get(key, ("", None))
        headers = {"If-None-Match": tag} if tag else {}
        try:
            reply = await self._place.fetch(
                what, headers={**own_hub_token(), **headers}, params=params, most=_MOST
            )
            response: A = _read(reply, kind, known)
        except TokenError as error:
            raise self._not_shared(error.message) from None
        except (NotShared, msgspec.MsgspecError) as error:
            raise self._not_shared(shorten(str(error))) from None
        except (ValueError, KeyError, RecursionError):
            raise self._not_shared("the response of its service cannot be read") from None
        self.why = ""
        self._again.succeeded(0.0)
        if reply.status == 200:
            self._responses[key] = (reply.headers.get("etag", ""), response)
        return response

    def _not_shared(self, why: str) -> NotShared:
        first = not self.why
        self.why = f"All jobs are read by this server, not by the hub: {why.rstrip('.')}."
        self._due = time.monotonic() + self._again.failed()
        if first:
            self._events.queue_changed("all", time.time())
        return NotShared(self.why)


def _read(reply: Fetched, kind: type[A], known: A | None) -> A:
    if reply.status == 304 and known is not None:
        as_of = float(reply.headers["slurm-as-of"])
        return msgspec.structs.replace(known, as_of=as_of)
    if reply.status == 200:
        return msgspec.json.decode(reply.data, type=kind)
    body = {name: str(value) for name, value in as_object(reply.data).items()}
    if reply.status == 422:
        raise RequestFailed(
            422,
            "invalid",
            body.get("message", ""),
            field=body.get("field"),
            advice=body.get("advice", ""),
        )
    if reply.status == 404 and body.get("code") != "not_shared":
        raise NotShared("its token service does not know shared mode")
    raise NotShared(body.get("message", f"its token service failed (HTTP status {reply.status})"))
