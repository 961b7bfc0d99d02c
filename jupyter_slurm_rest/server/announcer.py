"""What the server tells those who listen: jupyter_events, with the schemas of ``events/``."""

from __future__ import annotations

from pathlib import Path

from jupyter_events import EventLogger

from jupyter_slurm_rest.slurm.plans import Table
from jupyter_slurm_rest.watch.transitions import transitions

_SCHEMAS = Path(__file__).parent / "events"
_PREFIX = "https://schema.jupyter-slurm-rest.dev"
JOB_TRANSITION = f"{_PREFIX}/job_transition/v1"
QUEUE_CHANGED = f"{_PREFIX}/queue_changed/v1"
CLUSTER_TROUBLE = f"{_PREFIX}/cluster_trouble/v1"

#: A job that was cancelled with ten thousand others needs no event of its own:
#: ``queue_changed`` says that much happened.
MAX_TRANSITIONS = 200


def register(logger: EventLogger) -> None:
    """Make the schemas known, once per server."""
    for path in sorted(_SCHEMAS.glob("*.yaml")):
        logger.register_event_schema(path)


class Announcer:
    """Sends the events of one cluster: an :class:`~jupyter_slurm_rest.watch.Audience`."""

    def __init__(self, logger: EventLogger, cluster: str) -> None:
        self._logger = logger
        self._cluster = cluster

    def transitions(self, before: Table | None, after: Table) -> None:
        """A ``job_transition`` for each of the person's jobs that came or changed state."""
        found = list(transitions(before, after))
        for change in found if len(found) <= MAX_TRANSITIONS else []:
            job = change.job
            self._emit(
                JOB_TRANSITION,
                id=job.id,
                job_id=job.job_id,
                name=job.name,
                before=change.before,
                state=job.state,
                flags=list(job.flags),
                reason=job.reason,
                exit_code=job.exit_code.code if job.exit_code else None,
            )

    def queue_changed(self, scope: str, as_of: float) -> None:
        """The list ``scope`` (``mine`` or ``all``) is not what it was."""
        self._emit(QUEUE_CHANGED, scope=scope, as_of=as_of)

    def trouble(self, error: Exception | None) -> None:
        """Readings began to fail with ``error``, or (``None``) work again."""
        message = "" if error is None else getattr(error, "message", type(error).__name__)
        self._emit(CLUSTER_TROUBLE, ok=error is None, message=message)

    def _emit(self, schema: str, **data: object) -> None:
        self._logger.emit(schema_id=schema, data={"cluster": self._cluster, **data})
