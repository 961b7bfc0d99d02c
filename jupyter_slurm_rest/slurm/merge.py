"""One job out of two stories: slurmctld's and slurmdbd's."""

from __future__ import annotations

from typing import Any

import msgspec

from .models import Job

#: What slurmdbd alone knows.
_ACCOUNTING = ("steps", "efficiency")
#: Empty in slurmctld's story, these say something: a pending job runs nowhere yet.
_NOW = frozenset(
    {
        "array_tasks",
        "derived_exit_code",
        "elapsed",
        "end_time",
        "exit_code",
        "flags",
        "nodes",
        "reason",
        "running_since",
        "start_time",
        "why",
    }
)


def merge(controller: Job | None, accounting: Job | None) -> Job | None:
    """The job as both know it; ``None`` when neither does.

    slurmctld is right about what is now; slurmdbd fills what slurmctld leaves out and
    brings the steps. Two records of one number that were not submitted at the same time
    are different jobs: then only slurmctld's counts.
    """
    if controller is None or accounting is None:
        return controller or accounting
    if (controller.job_id, controller.submit_time) != (accounting.job_id, accounting.submit_time):
        return controller
    changes: dict[str, Any] = {name: getattr(accounting, name) for name in _ACCOUNTING}
    for field in msgspec.structs.fields(Job):
        known = getattr(controller, field.name)
        if field.name not in _NOW and field.name not in changes and _empty(known):
            changes[field.name] = getattr(accounting, field.name)
    changes["sources"] = [*controller.sources, *accounting.sources]
    return msgspec.structs.replace(controller, **changes)


def _empty(value: object) -> bool:
    return value is None or value in ("", [])
