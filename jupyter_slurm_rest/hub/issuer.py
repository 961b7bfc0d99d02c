"""Decides whether a caller gets a token for a cluster, and issues it."""

from __future__ import annotations

import hashlib
import logging
import re
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from cachetools import TTLCache
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from jupyter_slurm_rest.file_threads import FileSystemStalled, FileThreads

from .callers import Caller, HubClient, check_caller
from .clusters import Cluster, Issued
from .errors import Refusal, directory_stalled, too_many
from .user_mapping import UserMapping, check_groups


class Metrics:
    """Prometheus metrics of the service."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "slurm_token_requests",
            "Requests for a Slurm token by cluster and outcome (issued, or why not).",
            ["cluster", "outcome"],
            registry=self._registry,
        )
        self.shared = Counter(
            "slurm_shared_requests",
            "Requests for shared data by cluster and outcome (sent, unchanged, or why not).",
            ["cluster", "outcome"],
            registry=self._registry,
        )
        self.hub_seconds = Histogram(
            "slurm_token_hub_seconds",
            "How long the hub took to identify a caller.",
            registry=self._registry,
        )

    def render(self) -> bytes:
        """The metrics in Prometheus's text format."""
        return generate_latest(self._registry)


#: Bounds the memory that unknown callers can use.
MAX_KEYS = 10_000


class RateLimit:
    """A token bucket per key: ``per_minute`` requests at once, refilled evenly."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = float(per_minute)
        self._clock = clock
        # After a minute without requests a bucket is full again, and need not be kept.
        self._buckets: TTLCache[str, tuple[float, float]] = TTLCache(MAX_KEYS, ttl=60, timer=clock)

    def __len__(self) -> int:
        """The number of keys in memory."""
        return len(self._buckets)

    def allows(self, key: str) -> bool:
        """Count a request of ``key``; whether it is within the limit."""
        now = self._clock()
        left, since = self._buckets.get(key, (self._size, now))
        left = min(self._size, left + (now - since) * self._size / 60)
        allowed = left >= 1
        self._buckets[key] = (left - 1 if allowed else left, now)
        return allowed


T = TypeVar("T")

log = logging.getLogger(__name__)

#: Seconds for which a caller stays admitted to shared data, and requests a minute. The data
#: is public: a server that was stopped meanwhile may read it all the same.
_ADMITTED_FOR = 30.0
_SHARED_PER_MINUTE = 300
_ONE_WORD = re.compile(r"[A-Za-z0-9_.@+-]+")


class TokenIssuer:
    """Identifies callers, checks and limits them, issues tokens, and logs it.

    Nothing about the user comes from the request: only the hub's response is used.
    """

    def __init__(
        self,
        *,
        hub: HubClient,
        user_mapping: UserMapping,
        clusters: Mapping[str, Cluster],
        required_scopes: Iterable[str],
        servers_only: bool,
        per_minute: int,
        metrics: Metrics,
    ) -> None:
        self._hub = hub
        self._user_mapping = user_mapping
        self.clusters = clusters
        self._required = frozenset(required_scopes)
        self._servers_only = servers_only
        self._by_token = RateLimit(per_minute)
        self._by_user = RateLimit(per_minute)
        self._shared = RateLimit(_SHARED_PER_MINUTE)
        self._admitted: TTLCache[tuple[str, str], bool] = TTLCache(MAX_KEYS, ttl=_ADMITTED_FOR)
        self._metrics = metrics
        self._threads = FileThreads()

    async def issue(self, hub_token: str, cluster: Cluster, source: str) -> tuple[str, Issued]:
        """Return the Slurm name and its token. Raises Refusal."""
        caller: Caller | None = None
        outcome = "failed"
        try:
            caller = await self._identify(hub_token)
            slurm_name, issued = await self._issue_to(caller, cluster)
            outcome = "issued"
        except Refusal as refusal:
            outcome = refusal.reason
            _log_refused("token", refusal, caller, cluster, source)
            raise
        finally:
            self._metrics.requests.labels(cluster.name, outcome).inc()
        log.info(
            "token issued: hub_user=%s slurm_user=%s server=%s cluster=%s jti=%s lifetime=%d "
            "source=%s",
            _word(caller.name),
            _word(slurm_name),
            _word(caller.server or "-"),
            cluster.name,
            issued.jti,
            issued.lifetime,
            source,
        )
        return slurm_name, issued

    async def admit(self, hub_token: str, cluster: Cluster, source: str) -> None:
        """Admit callers to shared data who would get a token. Raises Refusal."""
        key = (_fingerprint(hub_token), cluster.name)
        caller: Caller | None = None
        try:
            if not self._shared.allows(key[0]):
                raise too_many("lists were")
            if key in self._admitted:
                return
            caller = await self._identify(hub_token)
            await self._slurm_name(caller, cluster)
        except Refusal as refusal:
            self._metrics.shared.labels(cluster.name, refusal.reason).inc()
            _log_refused("shared", refusal, caller, cluster, source)
            raise
        self._admitted[key] = True

    async def may_read_metrics(self, hub_token: str) -> bool:
        """Whether a token may read the hub's metrics, and so those of the service."""
        model = await self._hub.whoami(hub_token)
        scopes = model.get("scopes")
        return isinstance(scopes, list) and "read:metrics" in scopes

    async def _identify(self, hub_token: str) -> Caller:
        # Before the hub is asked: a loop in a notebook must not put load on it.
        if not self._by_token.allows(_fingerprint(hub_token)):
            raise too_many()
        with self._metrics.hub_seconds.time():
            model = await self._hub.whoami(hub_token)
        return check_caller(model, self._required, servers_only=self._servers_only)

    async def _issue_to(self, caller: Caller, cluster: Cluster) -> tuple[str, Issued]:
        if not self._by_user.allows(caller.name):
            raise too_many()
        slurm_name = await self._slurm_name(caller, cluster)
        if cluster.config.mode == "oidc":
            state = await self._hub.auth_state(caller.name)
            return slurm_name, cluster.pass_on(state, slurm_name)
        issued = await self._look_up(caller, lambda: cluster.sign(slurm_name))
        return slurm_name, issued

    async def _slurm_name(self, caller: Caller, cluster: Cluster) -> str:
        check_groups(caller.groups, cluster.config.allowed_groups, caller.name)
        return await self._look_up(caller, lambda: self._user_mapping.slurm_name(caller.name))

    async def _look_up(self, caller: Caller, work: Callable[[], T]) -> T:
        """Run ``work`` in a thread: it may use a directory service, which may stall."""
        try:
            return await self._threads.run(caller.name, work)
        except FileSystemStalled:
            raise directory_stalled() from None


def _word(name: str) -> str:
    """A name for the log, quoted unless it is one plain word, so that it cannot fake a field."""
    return name if _ONE_WORD.fullmatch(name) else repr(name)


def _fingerprint(hub_token: str) -> str:
    return hashlib.sha256(hub_token.encode()).hexdigest()


def _log_refused(
    what: str, refusal: Refusal, caller: Caller | None, cluster: Cluster, source: str
) -> None:
    log.warning(
        "%s refused: reason=%s hub_user=%s cluster=%s source=%s",
        what,
        refusal.reason,
        _word(caller.name) if caller else "-",
        cluster.name,
        source,
    )
