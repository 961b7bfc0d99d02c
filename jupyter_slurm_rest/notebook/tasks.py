"""The tasks of an array: one row for each, and what they make of their array's state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

#: From worst to best; a state that Slurm may add is worse than all.
_WORST_FIRST = (
    "NODE_FAIL",
    "BOOT_FAIL",
    "OUT_OF_MEMORY",
    "FAILED",
    "TIMEOUT",
    "DEADLINE",
    "PREEMPTED",
    "CANCELLED",
    "COMPLETED",
)
#: What some task does while others wait.
_ACTIVE = ("RUNNING", "SUSPENDED", "PENDING")


def worst(states: Sequence[tuple[str, bool]]) -> str:
    """The array's state, from each task's state and whether the task has ended."""
    going = {state for state, ended in states if not ended}
    if going:
        # A task that completes still runs as far as its array goes.
        return next((state for state in _ACTIVE if state in going), "RUNNING")
    rank = {state: at for at, state in enumerate(_WORST_FIRST)}
    return min((state for state, _ in states), key=lambda state: rank.get(state, -1))


def expanded(rows: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """``rows``, with those for several tasks to come (``7_[2-4%2]``) as one for each.

    A list that Slurm cut (``7_[1,3,5...]``) stays one row: its other tasks are not known.
    """
    from jupyter_slurm_rest.slurm.models.job_id import known_ranges

    for row in rows:
        waiting = row["array_tasks"] or ""
        if not waiting or "..." in waiting:
            yield row
            continue
        for some in known_ranges(waiting):
            for task in some:
                yield row | {
                    "id": f"{row['array_job_id']}_{task}",
                    "array_task_id": task,
                    "array_tasks": None,
                }
