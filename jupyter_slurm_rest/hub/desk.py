"""The service's one decision: this caller, that cluster, a token or a refusal."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Iterable, Mapping

from .callers import Caller, HubClient, check_caller
from .clusters import Cluster, Issued
from .errors import Refusal, too_many
from .limits import RateLimit
from .metrics import Metrics
from .people import People, check_groups

log = logging.getLogger(__name__)


class TokenDesk:
    """Identify, check, limit, issue, and write down that it happened.

    Nothing about the person comes from the request: only the hub's answer counts.
    """

    def __init__(
        self,
        *,
        hub: HubClient,
        people: People,
        clusters: Mapping[str, Cluster],
        required_scopes: Iterable[str],
        servers_only: bool,
        per_minute: int,
        metrics: Metrics,
    ) -> None:
        self._hub = hub
        self._people = people
        self.clusters = clusters
        self._required = frozenset(required_scopes)
        self._servers_only = servers_only
        self._by_token = RateLimit(per_minute)
        self._by_user = RateLimit(per_minute)
        self._metrics = metrics

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
            log.warning(
                "token refused: reason=%s hub_user=%s cluster=%s source=%s",
                outcome,
                caller.name if caller else "-",
                cluster.name,
                source,
            )
            raise
        finally:
            self._metrics.requests.labels(cluster.name, outcome).inc()
        log.info(
            "token issued: hub_user=%s slurm_user=%s server=%s cluster=%s jti=%s lifetime=%d "
            "source=%s",
            caller.name,
            slurm_name,
            caller.server or "-",
            cluster.name,
            issued.jti,
            issued.lifetime,
            source,
        )
        return slurm_name, issued

    async def may_read_metrics(self, hub_token: str) -> bool:
        """Tell whether a token may read the hub's own metrics; then it may read ours."""
        model = await self._hub.whoami(hub_token)
        scopes = model.get("scopes")
        return isinstance(scopes, list) and "read:metrics" in scopes

    async def _identify(self, hub_token: str) -> Caller:
        # Before the hub is asked: a loop in somebody's notebook must not become its load.
        if not self._by_token.allows(hashlib.sha256(hub_token.encode()).hexdigest()):
            raise too_many()
        with self._metrics.hub_seconds.time():
            model = await self._hub.whoami(hub_token)
        return check_caller(model, self._required, servers_only=self._servers_only)

    async def _issue_to(self, caller: Caller, cluster: Cluster) -> tuple[str, Issued]:
        if not self._by_user.allows(caller.name):
            raise too_many()
        check_groups(caller.groups, cluster.config.allowed_groups, caller.name)
        # In threads: both may ask a directory on the network.
        slurm_name = await asyncio.to_thread(self._people.slurm_name, caller.name)
        if cluster.config.mode == "oidc":
            state = await self._hub.auth_state(caller.name)
            return slurm_name, cluster.pass_on(state, slurm_name)
        return slurm_name, await asyncio.to_thread(cluster.sign, slurm_name)
