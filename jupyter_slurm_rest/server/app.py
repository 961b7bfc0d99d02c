"""The server extension's application object: configured as ``c.SlurmRest``."""

from __future__ import annotations

import logging
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_events import EventLogger
from jupyter_server.extension.application import ExtensionApp
from traitlets import Bool, Dict, Enum, Float, Integer, TraitError, Unicode, default, validate

from jupyter_slurm_rest.queue.watcher import Settings as WatchSettings
from jupyter_slurm_rest.tokens import RedactTokens

from .cluster import ConfiguredCluster
from .context import ClusterEvents, ServerContext, register
from .kernel_access import KernelAccess
from .settings import BadSetting, check_names, read_clusters, wrong_setting

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp
import re

from jupyter_server.utils import url_path_join

from . import cluster_handlers as cluster
from . import job_handlers as job
from .base import SlurmHandler
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
    ("clusters/{cluster}/jobs/{job}/tasks", job.TasksHandler),
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


class SlurmRest(ExtensionApp):
    """Slurm over slurmrestd, with the token of the user who is logged in."""

    name = "jupyter_slurm_rest"
    description = "Slurm in Jupyter over slurmrestd."

    clusters = Dict(
        help="""Each cluster by name, such as ``{"maxwell": {"url": "https://slurm:6820"}}``.
        Options: ``url`` (http(s)://host:port or unix:///path/to.socket), ``tokens`` (a
        provider's name, or a dictionary with ``provider`` and its options), ``username``,
        ``ca``, ``cert``, ``key``, ``proxy``, ``api_version``, ``timeout`` (seconds).
        Default: one cluster named ``default`` at the environment's ``SLURMRESTD_URL``.""",
    ).tag(config=True)

    owner = Unicode(
        help="""The Jupyter user this server acts for; all other users are ``visitors``.
        Default: the environment's ``JUPYTERHUB_USER``; empty outside of a hub: no check.""",
    ).tag(config=True)

    visitors = Enum(
        ["refuse", "read", "write"],
        default_value="refuse",
        help="""What users other than the owner may do on a shared server, where every request
        reaches Slurm as the owner: nothing (``refuse``, the default), ``read`` or ``write``.
        This applies to the browser only: a visitor who can start a kernel or a terminal on the
        server acts as the owner, whatever is set here.""",
    ).tag(config=True)

    refresh = Float(
        5.0,
        min=0.0,
        help="Seconds for which a response from Slurm is cached and shared. Default: 5.",
    ).tag(config=True)

    max_jobs_dump = Integer(
        5000,
        min=0,
        help="""Queues with more jobs than this are not read as a whole where Slurm offers
        another way. Default: 5000.""",
    ).tag(config=True)

    slurmrestd_share = Float(
        0.05,
        min=0.001,
        max=1.0,
        help="""The share of slurmrestd's time that this server may take to watch a cluster's
        queue. With 0.05, a reading of 1 second is followed by a pause of 19. Default: 0.05.""",
    ).tag(config=True)

    max_script_size = Integer(
        4 * 1024 * 1024,
        min=1024,
        help="Maximum size of a batch script in bytes. Default: 4 MiB, as Slurm's max_script_size.",
    ).tag(config=True)

    max_body_size = Integer(
        32 * 1024 * 1024,
        min=1024,
        help="Maximum size of a request's body in bytes. Default: 32 MiB.",
    ).tag(config=True)

    proxy_methods = Enum(
        ["none", "read", "all"],
        default_value="all",
        help="""Requests that the proxy ``rest/`` passes on: every method (``all``, the default),
        GET only (``read``), or nothing (``none``).""",
    ).tag(config=True)

    paste_tokens = Bool(
        True,
        help="""Whether users may paste a Slurm token. It is kept in this server's memory only.
        Default: True.""",
    ).tag(config=True)

    shared_files = Bool(
        True,
        help="""Whether this server sees the cluster's file systems under the same paths. If so,
        users are warned of working directories that do not exist. Default: True.""",
    ).tag(config=True)

    #: The context of the handlers, once the extension has started.
    context: ServerContext | None = None
    #: What is wrong in the server's configuration, in words; empty: nothing.
    wrong_setting = ""

    @default("clusters")
    def _default_clusters(self) -> dict[str, Any]:
        url = os.environ.get("SLURMRESTD_URL")
        return {"default": {"url": url}} if url else {}

    @default("owner")
    def _default_owner(self) -> str:
        return os.environ.get("JUPYTERHUB_USER", "")

    @validate("refresh", "slurmrestd_share")
    def _check_finite(self, proposal: Any) -> float:
        # Neither is below or above any limit.
        if not math.isfinite(proposal["value"]):
            name = proposal["trait"].name
            raise TraitError(f"c.SlurmRest.{name}: this setting must be a finite number.")
        return float(proposal["value"])

    def _link_jupyter_server_extension(self, serverapp: ServerApp) -> None:
        """Take the server's configuration.

        jupyter_server only warns of what fails here and loads the extension all the same,
        with default settings: so :meth:`initialize_settings` fails with the same words.
        """
        try:
            super()._link_jupyter_server_extension(serverapp)
        except TraitError as error:
            self.wrong_setting = wrong_setting(error)
            raise

    def initialize_settings(self) -> None:
        """Read the configuration. Raises TraitError when a setting is wrong: nothing starts."""
        try:
            if self.wrong_setting:
                raise BadSetting(self.wrong_setting)
            if self.serverapp:
                # What jupyter_lab_config.py says of this extension is there only now: JupyterLab
                # is linked later than extensions whose names sort before its own.
                self.update_config(self.serverapp.config)
            check_names(self.config.get("SlurmRest", {}), self.trait_names(config=True))
            self.context = self._make_context()
        except (BadSetting, TraitError) as error:
            # jupyter_server shows the exception with its traceback: first in one line.
            self.log.critical("Slurm is not available: %s", wrong_setting(error))
            raise TraitError(wrong_setting(error)) from None
        # A request that is retried is logged when it fails for good.
        logging.getLogger("stamina").setLevel(logging.ERROR)
        redact = RedactTokens()
        for logger in (self.log, self.serverapp.log if self.serverapp else self.log):
            for handler in logger.handlers:
                handler.addFilter(redact)
        if not self.context.clusters:
            self.log.warning("No cluster: set SLURMRESTD_URL or c.SlurmRest.clusters.")

    def _make_context(self) -> ServerContext:
        """Raises BadSetting."""
        clusters = self._make_clusters()
        # Now: it is on the user's file system, which may hang later.
        root = self.serverapp.root_dir if self.serverapp else "~"
        manager = self.serverapp.contents_manager if self.serverapp else None
        # As the contents API names it; empty unless it is set.
        preferred: str = getattr(manager, "preferred_dir", "")
        start = Path(root, preferred) if preferred else Path.home()
        return ServerContext(
            clusters=clusters,
            owner=self.owner,
            visitors=self.visitors,
            proxy_methods=self.proxy_methods,
            paste_tokens=self.paste_tokens,
            shared_files=self.shared_files,
            max_script_size=self.max_script_size,
            max_body_size=self.max_body_size,
            root_directory=str(Path(root).expanduser().resolve()),
            start_directory=str(start.expanduser().resolve()),
            kernel_access=KernelAccess(self.owner),
        )

    def _make_clusters(self) -> dict[str, ConfiguredCluster]:
        """Raises BadSetting."""
        events = self.serverapp.event_logger if self.serverapp else None
        events = events or EventLogger(parent=self)
        register(events)
        watching = WatchSettings(
            max_jobs_dump=self.max_jobs_dump,
            share=self.slurmrestd_share,
            shortest=self.refresh,
            # Zero: every request reads, and there is no polling.
            lease=90.0 if self.refresh else 0.0,
        )
        return {
            name: ConfiguredCluster(
                name,
                entry,
                ttl=self.refresh,
                events=ClusterEvents(events, name),
                watching=watching,
            )
            for name, entry in read_clusters(self.clusters).items()
        }

    def initialize_handlers(self) -> None:
        """Register every route of :mod:`.routes`."""
        if self.context is not None:
            self.handlers.extend(handlers(self.context))
            if self.serverapp is not None:
                # Its port is known when it listens.
                self.serverapp.io_loop.add_callback(
                    self.context.kernel_access.publish, self.serverapp
                )

    async def stop_extension(self) -> None:
        """Close every connection."""
        if self.context is not None:
            self.context.kernel_access.withdraw()
            for cluster in self.context.clusters.values():
                await cluster.close()
