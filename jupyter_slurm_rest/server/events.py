"""The events that the server emits through jupyter_events, with the schemas of ``events/``.

Everyone who may listen to a Jupyter server receives all of its events, also visitors whom
the routes refuse. So events hold nothing about jobs: they say that there is something to
ask for, and the routes decide who may read it.
"""

from __future__ import annotations

from pathlib import Path

from jupyter_events import EventLogger

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
