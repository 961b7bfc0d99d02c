"""Shared mode over HTTP."""

from __future__ import annotations

from http import HTTPStatus

import msgspec

from jupyter_slurm_rest.slurm.errors import InvalidRequest
from jupyter_slurm_rest.watch.answers import JobList, NodeList, PartitionList, QueueState
from jupyter_slurm_rest.watch.encoding import encoded, etag
from jupyter_slurm_rest.watch.query import JobsQuery

from .base import ServiceHandler
from .errors import Refusal, not_shared
from .shared import SharedReader

Shared = QueueState | JobList | NodeList | PartitionList

#: Behind a cluster's path, or behind the service's for the first cluster.
PATH = r"shared(?:/(jobs|nodes|partitions))?"


class SharedHandler(ServiceHandler):
    """GET shared: what is public on a cluster, for whoever may have a token of it."""

    async def get(self, cluster_name: str | None = None, what: str | None = None) -> None:
        """Answer with the queue's state, a page of it, nodes or partitions."""
        token = self.hub_token()
        cluster = self.chosen(cluster_name)
        if cluster is None:
            return
        name = cluster.name
        await self.desk.admit(token, cluster, self.source())
        try:
            answer = await self._read(self.readers.get(name), what)
        except Refusal as refusal:
            self.metrics.shared.labels(name, refusal.reason).inc()
            raise
        self.set_header("Etag", etag(answer))
        self.set_header("Slurm-As-Of", f"{answer.as_of:.3f}")
        if self.check_etag_header():
            self.metrics.shared.labels(name, "unchanged").inc()
            self.set_status(HTTPStatus.NOT_MODIFIED)
            await self.finish()
            return
        self.metrics.shared.labels(name, "sent").inc()
        body, encoding = await encoded(answer, self.request.headers.get("Accept-Encoding", ""))
        if encoding:
            self.set_header("Content-Encoding", encoding)
        await self.finish(body)

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
            return await reader.jobs(msgspec.convert(given, JobsQuery, strict=False))
        except msgspec.ValidationError as error:
            raise Refusal(HTTPStatus.BAD_REQUEST, "invalid_query", str(error)) from None
        except InvalidRequest as error:
            details = {"field": error.field, "advice": error.advice}
            raise Refusal(
                HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", error.message, details=details
            ) from None
