"""One job out of two stories: slurmctld's and slurmdbd's."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from .models import Job

#: What slurmdbd alone knows.
_ACCOUNTING = ("steps", "efficiency")
_FILES = ("stdin", "stdout", "stderr")
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
        theirs = getattr(accounting, field.name)
        wrong = field.name in _FILES and theirs and _half_resolved(known)
        missing = field.name not in _NOW and field.name not in changes and _empty(known)
        if wrong or missing:
            changes[field.name] = theirs
    changes["sources"] = [*controller.sources, *accounting.sources]
    return msgspec.structs.replace(controller, **changes)


def _half_resolved(path: str) -> bool:
    """24.11's slurmctld gets escapes (``\\%j``) and wide patterns (``%012j``) wrong."""
    return re.search(r"\\|%\d", path) is not None


def _empty(value: object) -> bool:
    return value is None or value in ("", [])
