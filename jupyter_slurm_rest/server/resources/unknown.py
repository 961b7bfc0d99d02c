"""Paths under our namespace that are no route."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from jupyter_slurm_rest.server.answers import ErrorBody
from jupyter_slurm_rest.server.base import SlurmHandler
from jupyter_slurm_rest.server.failures import Failure


class UnknownHandler(SlurmHandler):
    """Answers in JSON what jupyter_server would answer with a page."""

    @web.authenticated
    @authorized("read")
    async def get(self) -> None:
        self.fail(
            Failure(404, ErrorBody(message="There is no such address here.", reason="not_found"))
        )

    post = put = patch = delete = get
