"""The service over HTTP: no cookies, no CORS; users are identified by their hub token only."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any

from tornado.web import Application, RequestHandler

from jupyter_slurm_rest.http.requests import decode_query
from jupyter_slurm_rest.http.responses import JsonHandler
from jupyter_slurm_rest.queue.responses import (
    JobList,
    JobsQuery,
    NodeList,
    PartitionList,
    QueueState,
)
from jupyter_slurm_rest.slurm.errors import InvalidRequest

from .clusters import Cluster, SharedReader
from .errors import Refusal, error_response, invalid, invalid_query, not_identified, not_shared
from .issuer import Metrics, TokenIssuer

log = logging.getLogger(__name__)

_AUTHORIZATION = re.compile(r"(?:bearer|token)\s+([\x21-\x7e]{1,4096})", re.IGNORECASE)


class ServiceHandler(JsonHandler):
    """Base of all handlers: JSON, never cached; a :exc:`Refusal` becomes an error response."""

    def initialize(
        self,
        issuer: TokenIssuer,
        readers: Mapping[str, SharedReader],
        metrics: Metrics,
        open_metrics: bool,
    ) -> None:
        """Store what all handlers share."""
        self.issuer = issuer
        self.readers = readers
        self.metrics = metrics
        self.open_metrics = open_metrics

    def set_default_headers(self) -> None:
        """Keep responses out of every cache."""
        self.clear_header("Server")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Content-Type", "application/json")

    def hub_token(self) -> str:
        """Return the caller's hub token: from the Authorization header and nowhere else."""
        match = _AUTHORIZATION.fullmatch(self.request.headers.get("Authorization", "").strip())
        if match is None:
            raise not_identified()
        return match[1]

    def chosen(self, name: str | None) -> Cluster | None:
        """The cluster that the path names, or the first one. ``None``: 404 was sent."""
        clusters = self.issuer.clusters
        found = clusters.get(next(iter(clusters)) if name is None else name)
        if found is None:
            self.send_error(HTTPStatus.NOT_FOUND)
        return found

    def source(self) -> str:
        """Return the caller's address, for the log."""
        address = self.request.remote_ip
        # Tornado reports the peer of a UNIX socket as the unspecified address.
        return address if address and not ip_address(address).is_unspecified else "socket"

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Send the response of a Refusal, or the status alone."""
        _, error, _ = kwargs.get("exc_info", (None, None, None))
        self.fail(error_response(status_code, error))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Log unexpected failures, without the query. Refusals have been logged already."""
        if not isinstance(value, Refusal):
            log.error("%s %s failed", self.request.method, self.request.path, exc_info=value)


Shared = QueueState | JobList | NodeList | PartitionList

#: Below a cluster's path, or below the service's path for the first cluster.
PATH = r"shared(?:/(jobs|nodes|partitions))?"


class SharedHandler(ServiceHandler):
    """GET shared: public data of a cluster, for users who may get a token for it."""

    async def get(self, cluster_name: str | None = None, what: str | None = None) -> None:
        """Send the queue's state, a page of it, nodes or partitions."""
        token = self.hub_token()
        cluster = self.chosen(cluster_name)
        if cluster is None:
            return
        name = cluster.name
        await self.issuer.admit(token, cluster, self.source())
        try:
            response = await self._read(self.readers.get(name), what)
        except Refusal as refusal:
            self.metrics.shared.labels(name, refusal.reason).inc()
            raise
        sent = await self.respond(response)
        self.metrics.shared.labels(name, "sent" if sent else "unchanged").inc()

    async def _read(self, reader: SharedReader | None, what: str | None) -> Shared:
        if reader is None:
            raise not_shared()
        if what == "nodes":
            return await reader.nodes()
        if what == "partitions":
            return await reader.partitions()
        if what is None:
            return await reader.state()
        given = {name: self.get_query_argument(name) for name in self.request.query_arguments}
        try:
            query = decode_query(given, JobsQuery)
        except InvalidRequest as error:
            raise invalid_query(error.message) from None
        try:
            return await reader.jobs(query)
        except InvalidRequest as error:
            raise invalid(error) from None


class IssueTokenHandler(ServiceHandler):
    """POST token: a Slurm token for the owner of the calling server."""

    async def post(self, cluster_name: str | None = None) -> None:
        """Issue a token; for the first cluster unless the path names one."""
        token = self.hub_token()
        cluster = self.chosen(cluster_name)
        if cluster is None:
            return
        username, issued = await self.issuer.issue(token, cluster, self.source())
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
        clusters = self.issuer.clusters
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
        if not self.open_metrics and not await self.issuer.may_read_metrics(self.hub_token()):
            self.send_error(HTTPStatus.FORBIDDEN)
            return
        self.set_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.finish(self.metrics.render())


class HealthHandler(ServiceHandler):
    """GET health: the service is running and has its keys."""

    def get(self) -> None:
        """Send the status."""
        self.finish({"status": "ok"})


def make_application(
    prefix: str,
    issuer: TokenIssuer,
    readers: Mapping[str, SharedReader],
    metrics: Metrics,
    *,
    open_metrics: bool,
) -> Application:
    """Put the routes under the service's prefix."""
    parts = {"issuer": issuer, "readers": readers, "metrics": metrics, "open_metrics": open_metrics}
    start = "/" + prefix.strip("/") + "/"
    cluster = r"clusters/([A-Za-z0-9_.-]{1,63})/"
    routes = [
        ("token", IssueTokenHandler),
        (cluster + "token", IssueTokenHandler),
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
    # Without the query, which may hold a token by mistake.
    request = handler.request
    log.debug("%d %s %s", handler.get_status(), request.method, request.path)
