"""The service over HTTP. No cookies, no CORS, nothing read from query or body."""

from __future__ import annotations

import json
import logging
import re
from http import HTTPStatus
from typing import Any

from tornado.web import Application, RequestHandler

from .desk import TokenDesk
from .errors import Refusal, not_identified
from .metrics import Metrics

log = logging.getLogger(__name__)

_AUTHORIZATION = re.compile(r"(?:bearer|token)\s+([\x21-\x7e]{1,4096})", re.IGNORECASE)


class ServiceHandler(RequestHandler):
    """JSON, never cached, and errors in the words of ``errors``."""

    def initialize(self, desk: TokenDesk, metrics: Metrics, open_metrics: bool) -> None:
        """Receive the application's parts."""
        self.desk = desk
        self.metrics = metrics
        self.open_metrics = open_metrics

    def set_default_headers(self) -> None:
        """Keep answers out of every cache."""
        self.clear_header("Server")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Content-Type", "application/json")

    def compute_etag(self) -> None:
        """No ETag: it would be a fingerprint of a token."""
        return

    def hub_token(self) -> str:
        """Return the caller's hub token: from the Authorization header and nowhere else."""
        match = _AUTHORIZATION.fullmatch(self.request.headers.get("Authorization", "").strip())
        if match is None:
            raise not_identified()
        return match[1]

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer with a Refusal's words, or the status alone."""
        error = (kwargs.get("exc_info") or (None, None))[1]
        if isinstance(error, Refusal):
            answer: dict[str, object] = {"code": error.code, "message": error.message}
            if error.retry_after is not None:
                self.set_header("Retry-After", str(error.retry_after))
                answer["retry_after"] = error.retry_after
            self.finish(answer)
        else:
            self.finish({"code": "error", "message": HTTPStatus(status_code).phrase})

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        """Give refusals their status."""
        error = (kwargs.get("exc_info") or (None, None))[1]
        super().send_error(error.status if isinstance(error, Refusal) else status_code, **kwargs)

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Refusals are logged where they are decided; other failures without the query."""
        if not isinstance(value, Refusal):
            log.error("%s %s failed", self.request.method, self.request.path, exc_info=value)


class TokenHandler(ServiceHandler):
    """POST token: a Slurm token for the owner of the calling server."""

    async def post(self, cluster_name: str | None = None) -> None:
        """Hand out a token; without a cluster's name, for the first one configured."""
        clusters = self.desk.clusters
        token = self.hub_token()
        name = next(iter(clusters)) if cluster_name is None else cluster_name
        if name not in clusters:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        over_tcp = self.request.remote_ip not in (None, "", "0.0.0.0")  # noqa: S104 -- tornado's word
        source = str(self.request.remote_ip) if over_tcp else "socket"
        username, issued = await self.desk.issue(token, clusters[name], source)
        self.finish(
            {
                "token": issued.token,
                "username": username,
                "expires_in": issued.lifetime,
                "cluster": name,
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
    prefix: str, desk: TokenDesk, metrics: Metrics, *, open_metrics: bool
) -> Application:
    """Put the routes under the service's prefix."""
    parts = {"desk": desk, "metrics": metrics, "open_metrics": open_metrics}
    start = "/" + prefix.strip("/") + "/"
    cluster = r"clusters/([A-Za-z0-9_.-]{1,63})/"
    routes = [
        ("token", TokenHandler),
        (cluster + "token", TokenHandler),
        (r"jwks\.json", JwksHandler),
        (cluster + r"jwks\.json", JwksHandler),
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
