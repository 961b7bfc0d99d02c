"""The service over HTTP. No cookies, no CORS, nothing about a person from query or body."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from http import HTTPStatus

from tornado.web import Application, RequestHandler

from .base import ServiceHandler
from .desk import TokenDesk
from .metrics import Metrics
from .shared import SharedReader
from .shared_handler import PATH, SharedHandler

log = logging.getLogger(__name__)


class TokenHandler(ServiceHandler):
    """POST token: a Slurm token for the owner of the calling server."""

    async def post(self, cluster_name: str | None = None) -> None:
        """Hand out a token; without a cluster's name, for the first one configured."""
        token = self.hub_token()
        cluster = self.chosen(cluster_name)
        if cluster is None:
            return
        username, issued = await self.desk.issue(token, cluster, self.source())
        self.finish(
            {
                "token": issued.token,
                "username": username,
                "expires_in": issued.lifetime,
                "cluster": cluster.name,
            }
        )


class JwksHandler(ServiceHandler):
    """GET jwks.json: the public keys for Slurm's ``jwks=``."""

    def get(self, cluster_name: str | None = None) -> None:
        """Return the keys of all clusters, or of one."""
        clusters = self.desk.clusters
        if cluster_name is not None and cluster_name not in clusters:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        chosen = clusters.values() if cluster_name is None else [clusters[cluster_name]]
        keys = {jwk["kid"]: jwk for cluster in chosen if (jwk := cluster.public_jwk)}
        self.finish(json.dumps({"keys": list(keys.values())}))


class MetricsHandler(ServiceHandler):
    """GET metrics, for a token that may read the hub's metrics."""

    async def get(self) -> None:
        """Return the counters."""
        if not self.open_metrics and not await self.desk.may_read_metrics(self.hub_token()):
            self.send_error(HTTPStatus.FORBIDDEN)
            return
        self.set_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.finish(self.metrics.render())


class HealthHandler(ServiceHandler):
    """GET health: the service runs and has its keys."""

    def get(self) -> None:
        """Answer."""
        self.finish({"status": "ok"})


def make_application(
    prefix: str,
    desk: TokenDesk,
    readers: Mapping[str, SharedReader],
    metrics: Metrics,
    *,
    open_metrics: bool,
) -> Application:
    """Put the routes under the service's prefix."""
    parts = {"desk": desk, "readers": readers, "metrics": metrics, "open_metrics": open_metrics}
    start = "/" + prefix.strip("/") + "/"
    cluster = r"clusters/([A-Za-z0-9_.-]{1,63})/"
    routes = [
        ("token", TokenHandler),
        (cluster + "token", TokenHandler),
        (r"jwks\.json", JwksHandler),
        (cluster + r"jwks\.json", JwksHandler),
        (rf"(?:{cluster})?{PATH}", SharedHandler),
        ("metrics", MetricsHandler),
        ("health", HealthHandler),
    ]
    return Application(
        [(re.escape(start) + path, handler, parts) for path, handler in routes],
        default_handler_class=_NotFound,
        default_handler_args=parts,
        log_function=_log_request,
    )


class _NotFound(ServiceHandler):
    def prepare(self) -> None:
        self.send_error(HTTPStatus.NOT_FOUND)


def _log_request(handler: RequestHandler) -> None:
    # The path without the query, where somebody may have put a token by mistake.
    request = handler.request
    log.debug("%d %s %s", handler.get_status(), request.method, request.path)
