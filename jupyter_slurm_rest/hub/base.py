"""What every handler of the service has in common."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any

from tornado.web import RequestHandler

from .clusters import Cluster
from .desk import TokenDesk
from .errors import Refusal, not_identified
from .metrics import Metrics
from .shared import SharedReader

log = logging.getLogger(__name__)

_AUTHORIZATION = re.compile(r"(?:bearer|token)\s+([\x21-\x7e]{1,4096})", re.IGNORECASE)


class ServiceHandler(RequestHandler):
    """JSON, never cached, and errors in the words of ``errors``."""

    def initialize(
        self,
        desk: TokenDesk,
        readers: Mapping[str, SharedReader],
        metrics: Metrics,
        open_metrics: bool,
    ) -> None:
        """Receive the application's parts."""
        self.desk = desk
        self.readers = readers
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

    def chosen(self, name: str | None) -> Cluster | None:
        """The cluster that the path names, or the first one; None: answered with 404."""
        clusters = self.desk.clusters
        found = clusters.get(next(iter(clusters)) if name is None else name)
        if found is None:
            self.send_error(HTTPStatus.NOT_FOUND)
        return found

    def source(self) -> str:
        """Return the caller's address, for the log."""
        address = self.request.remote_ip
        # Tornado gives the other end of a UNIX socket the address that nobody has: all zeros.
        return address if address and not ip_address(address).is_unspecified else "socket"

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer with a Refusal's words, or the status alone."""
        error = (kwargs.get("exc_info") or (None, None))[1]
        if isinstance(error, Refusal):
            answer: dict[str, object] = {
                "code": error.code,
                "message": error.message,
                **error.details,
            }
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
