"""The route table: every path of the server's API, and the handler that answers it."""

from __future__ import annotations

import re

from jupyter_server.utils import url_path_join

from . import cluster_handlers as account
from . import cluster_handlers as clusters
from . import cluster_handlers as machine
from . import cluster_handlers as token
from . import cluster_handlers as unknown
from . import job_handlers as actions
from . import job_handlers as form
from . import job_handlers as history
from . import job_handlers as job
from . import job_handlers as jobs
from . import job_handlers as output
from . import job_handlers as script
from . import job_handlers as transitions
from . import proxy
from .base import SlurmHandler

NAMESPACE = "jupyter-slurm-rest"

#: What may stand in a path for each parameter, percent-encoding included where a
#: person's client may use it. Everything else is no route of ours.
PARAMETERS = {
    "cluster": r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}",
    # As lists show it, also the waiting tasks of an array: 123_[5-9%2], 123_[1,3,5...].
    "job": r"[0-9]{1,10}(?:(?:_|\+|%2[Bb])[0-9A-F\[\]*,.:%a-f-]{1,40000})?",
    "node": r"[A-Za-z0-9][A-Za-z0-9._-]{0,252}",
    "path": r".+",
}

#: In the order of the manual. Written as OpenAPI writes paths.
ROUTES: list[tuple[str, type[SlurmHandler]]] = [
    ("clusters", clusters.ClustersHandler),
    ("clusters/{cluster}/jobs", jobs.JobsHandler),
    ("clusters/{cluster}/jobs/actions", actions.ActionsHandler),
    ("clusters/{cluster}/jobs/{job}", job.JobHandler),
    ("clusters/{cluster}/jobs/{job}/output", output.OutputHandler),
    ("clusters/{cluster}/transitions", transitions.TransitionsHandler),
    ("clusters/{cluster}/history", history.HistoryHandler),
    ("clusters/{cluster}/nodes", machine.NodesHandler),
    ("clusters/{cluster}/nodes/{node}", machine.NodeHandler),
    ("clusters/{cluster}/partitions", machine.PartitionsHandler),
    ("clusters/{cluster}/reservations", machine.ReservationsHandler),
    ("clusters/{cluster}/licenses", machine.LicensesHandler),
    ("clusters/{cluster}/account", account.AccountHandler),
    ("clusters/{cluster}/form", form.FormHandler),
    ("clusters/{cluster}/script", script.ScriptHandler),
    ("clusters/{cluster}/token", token.TokenHandler),
    ("clusters/{cluster}/rest/{path}", proxy.ProxyHandler),
]


def pattern(path: str) -> str:
    """The regular expression of a path of :data:`ROUTES`."""
    return re.sub(r"\{(\w+)\}", lambda m: f"(?P<{m[1]}>{PARAMETERS[m[1]]})", path)


def handlers() -> list[tuple[str, type[SlurmHandler]]]:
    """Patterns and handlers for tornado, with a last one that answers unknown paths."""
    known = [(url_path_join(NAMESPACE, pattern(path)), handler) for path, handler in ROUTES]
    return [*known, (rf"{NAMESPACE}(?:/.*)?", unknown.UnknownHandler)]
