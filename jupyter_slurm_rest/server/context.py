"""What every handler is given: the clusters, what is allowed, and the event emitter.

Everyone who may listen to a Jupyter server receives all of its events, also visitors whom
the routes refuse. So events hold nothing about jobs: they say that there is something to
ask for, and the routes decide who may read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from jupyter_events import EventLogger

from .cluster import ConfiguredCluster
from .errors import RequestFailed
from .kernel_access import KernelAccess

Action = Literal["read", "write"]


@dataclass(frozen=True, kw_only=True)
class ServerContext:
    """The settings of ``c.SlurmRest`` as handlers need them; set once, when the server starts."""

    #: By name, in the order of the configuration.
    clusters: Mapping[str, ConfiguredCluster]
    #: The Jupyter user this server acts for; empty outside a hub, where nobody is checked.
    owner: str
    #: What other users may do: ``refuse``, ``read`` or ``write``.
    visitors: str
    #: What goes through the proxy: ``none``, ``read`` or ``all``.
    proxy_methods: str
    #: Users may paste Slurm tokens.
    paste_tokens: bool
    #: This server sees the clusters' file systems under the same paths.
    shared_files: bool
    #: Bytes.
    max_script_size: int
    max_body_size: int
    #: The absolute path of the folder that the file browser shows.
    root_directory: str
    #: Where jobs work when nothing says otherwise: ``preferred_dir``, else the user's home.
    start_directory: str
    #: Lets kernels and scripts of the server's own user in.
    kernel_access: KernelAccess

    def cluster(self, name: str) -> ConfiguredCluster:
        """The configured cluster called ``name``. Raises :exc:`RequestFailed` (404)."""
        if (found := self.clusters.get(name)) is not None:
            return found
        configured = ", ".join(self.clusters) or "none"
        raise RequestFailed(
            404,
            "no_such_cluster",
            f"No cluster named {name!r} is configured here. Configured: {configured}.",
            field="cluster",
        )

    def check_visitor(self, username: str, action: Action) -> None:
        """Refuse visitors: on a hub, all requests reach Slurm as the server's owner.

        Raises :exc:`RequestFailed` (403).
        """
        if not self.owner or username == self.owner:
            return
        if self.visitors == "write" or (self.visitors == "read" and action == "read"):
            return
        raise RequestFailed(
            403,
            "not_owner",
            f"This server uses Slurm as {self.owner}, but you are {username}.",
            advice="Use Slurm from your own Jupyter server.",
        )


_SCHEMAS = Path(__file__).parent / "events"
_PREFIX = "https://schema.jupyter-slurm-rest.dev"
QUEUE_CHANGED = f"{_PREFIX}/queue_changed/v1"
CLUSTER_TROUBLE = f"{_PREFIX}/cluster_trouble/v1"


def register(logger: EventLogger) -> None:
    """Register the schemas, once per server."""
    for path in sorted(_SCHEMAS.glob("*.yaml")):
        logger.register_event_schema(path)


class ClusterEvents:
    """Emits the events of one cluster."""

    def __init__(self, logger: EventLogger, cluster: str) -> None:
        self._logger = logger
        self._cluster = cluster

    def queue_changed(self, scope: str, as_of: float) -> None:
        """The list ``scope`` (``mine`` or ``all``) has changed."""
        self._emit(QUEUE_CHANGED, scope=scope, as_of=as_of)

    def trouble(self, error: Exception | None) -> None:
        """Readings began to fail with ``error``, or (``None``) work again."""
        self._emit(CLUSTER_TROUBLE, ok=error is None)

    def _emit(self, schema: str, **data: object) -> None:
        self._logger.emit(schema_id=schema, data={"cluster": self._cluster, **data})
