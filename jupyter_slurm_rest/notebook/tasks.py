"""A job as its views see it; the tasks of an array and what they make of its state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

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


class JobRecord(Protocol):
    """What the views of a job need of it."""

    id: str
    cluster: str
    info: dict[str, Any]

    @property
    def last_state(self) -> str:
        """The state as it was read last."""

    @property
    def ended(self) -> bool:
        """Whether the job had ended when it was last read."""

    @property
    def age(self) -> float:
        """Seconds since the job was read."""

    @property
    def tasks(self) -> Sequence[JobRecord]:
        """The tasks of an array."""

    @property
    def last_tasks(self) -> Sequence[JobRecord]:
        """The tasks of an array as they were read last."""

    def refresh(self) -> JobRecord:
        """Read the job again."""

    def refresh_to_show(self) -> None:
        """Read the job again if that can be done."""

    def read_output(self, stream: str, offset: int | None) -> dict[str, Any]:
        """A piece of the output."""


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
