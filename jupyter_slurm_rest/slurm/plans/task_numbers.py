"""Which record a task of an array is, where ``jobs/state`` does not tell (v0.0.40)."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable

from jupyter_slurm_rest.slurm.models import JobState, JobSummary

#: Tasks remembered: some hundred bytes each.
_KEEP = 20_000
_TASK = re.compile(r"(\d+)_(\d+)")


class TaskNumbers:
    """Numbers of the records of started tasks, learned from every row that passes.

    v0.0.40 calls a task ``8_0`` whatever its record's number (``JobSummary.job_id``); later
    versions put that in front. A task that has a record of its own keeps it.
    """

    def __init__(self) -> None:
        self._numbers: OrderedDict[tuple[int, int], int] = OrderedDict()

    def learn(self, rows: Iterable[JobSummary]) -> None:
        for row in rows:
            if row.array_job_id is not None and row.array_task_id is not None:
                self._numbers[row.array_job_id, row.array_task_id] = row.job_id
        while len(self._numbers) > _KEEP:
            self._numbers.popitem(last=False)

    def unknown(self, states: Iterable[JobState]) -> list[int]:
        """Arrays of which a task has started whose number was not learned yet."""
        arrays: dict[int, None] = {}
        for one in states:
            task = _task(one.id)
            if task is not None and task not in self._numbers and one.state != "PENDING":
                arrays[task[0]] = None
        return list(arrays)

    def renamed(self, states: Iterable[JobState]) -> list[JobState]:
        """``states`` as later versions have them. A started task whose number is not known is
        left out, as its array's number would say that the tasks to come have started.
        """
        found = []
        for one in states:
            task = _task(one.id)
            if task is None:
                found.append(one)
            elif task in self._numbers:
                own = f"{self._numbers[task]}_{task[1]}"
                found.append(JobState(id=own, state=one.state, flags=one.flags))
            elif one.state == "PENDING":
                found.append(one)
        return found


def _task(state_id: str) -> tuple[int, int] | None:
    match = _TASK.fullmatch(state_id)
    return None if match is None else (int(match[1]), int(match[2]))
