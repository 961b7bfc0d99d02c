"""What list calls return beside the rows."""

from __future__ import annotations

from .models import JobSummary
from .models.values import Model


class JobList(Model, frozen=True, kw_only=True):
    """All jobs that slurmctld shows this person."""

    jobs: list[JobSummary]
    #: Slurm's own time of the last change (seconds since the epoch), to be handed back
    #: as ``update_time``; ``None`` before v0.0.40.
    last_update: int | None = None


class Unchanged(Model, frozen=True):
    """Nothing has changed since ``update_time``; says nothing about how many there are."""
