"""The route table: every path of the server's API, and the handler that responses it."""

from __future__ import annotations

import re

from jupyter_server.utils import url_path_join

from . import cluster_handlers as cluster
from . import job_handlers as job
from .base import SlurmHandler
from .context import ServerContext
from .proxy import ProxyHandler

NAMESPACE = "jupyter-slurm-rest"

#: What each parameter of a path may be, percent-encoded where clients may do so.
#: Everything else gets 404.
PARAMETERS = {
    "cluster": r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}",
    # As lists show it, also the waiting tasks of an array: 123_[5-9%2], 123_[1,3,5...].
    "job": r"[0-9]{1,10}(?:(?:_|\+|%2[Bb])[0-9A-F\[\]*,.:%a-f-]{1,40000})?",
    "node": r"[A-Za-z0-9][A-Za-z0-9._-]{0,252}",
    "path": r".+",
}

#: In the order of the manual. Written as OpenAPI writes paths.
ROUTES: list[tuple[str, type[SlurmHandler]]] = [
    ("clusters", cluster.ClustersHandler),
    ("clusters/{cluster}/jobs", job.JobsHandler),
    ("clusters/{cluster}/jobs/actions", job.ActionsHandler),
    ("clusters/{cluster}/jobs/{job}", job.JobHandler),
    ("clusters/{cluster}/jobs/{job}/output", job.OutputHandler),
    ("clusters/{cluster}/transitions", job.TransitionsHandler),
    ("clusters/{cluster}/history", job.HistoryHandler),
    ("clusters/{cluster}/nodes", cluster.NodesHandler),
    ("clusters/{cluster}/nodes/{node}", cluster.NodeHandler),
    ("clusters/{cluster}/partitions", cluster.PartitionsHandler),
    ("clusters/{cluster}/reservations", cluster.ReservationsHandler),
    ("clusters/{cluster}/licenses", cluster.LicensesHandler),
    ("clusters/{cluster}/account", cluster.AccountHandler),
    ("clusters/{cluster}/form", job.FormHandler),
    ("clusters/{cluster}/script", job.ScriptHandler),
    ("clusters/{cluster}/token", cluster.TokenHandler),
    ("clusters/{cluster}/rest/{path}", ProxyHandler),
]


def pattern(path: str) -> str:
    """The regular expression of a path of :data:`ROUTES`."""
    return re.sub(r"\{(\w+)\}", lambda m: f"(?P<{m[1]}>{PARAMETERS[m[1]]})", path)


def handlers(
    context: ServerContext,
) -> list[tuple[str, type[SlurmHandler], dict[str, ServerContext]]]:
    """Patterns, handlers and their arguments for tornado; a last one takes unknown paths."""
    routes = [(url_path_join(NAMESPACE, pattern(path)), handler) for path, handler in ROUTES]
    routes.append((rf"{NAMESPACE}(?:/.*)?", cluster.UnknownHandler))
    return [(path, handler, {"context": context}) for path, handler in routes]
