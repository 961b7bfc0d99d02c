"""Which record a task of an array is, where ``jobs/state`` does not tell (v0.0.40)."""

from __future__ import annotations

import re
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterable

from jupyter_slurm_rest.slurm.models import JobState, JobSummary

#: Tasks remembered: some hundred bytes each.
_KEEP = 20_000
#: Arrays read in one look, each with all its records.
_ARRAYS_AT_ONCE = 20
#: Started tasks of an array that takes too long to read: 8 kB and a millisecond each.
_LONG = 200
_TASK = re.compile(r"(\d+)_(\d+)")


class TaskNumbers:
    """Numbers of the records of started tasks, learned from every row that passes.

    v0.0.40 calls a task ``8_0`` whatever its record's number (``JobSummary.job_id``); later
    versions put that in front. A task that has a record of its own keeps it.
    """

    def __init__(self) -> None:
        self._numbers: OrderedDict[tuple[int, int], int] = OrderedDict()
        #: Tasks that were unknown when their array was last read.
        self._asked: dict[int, set[int]] = {}

    def learn(self, rows: Iterable[JobSummary]) -> None:
        for row in rows:
            if row.array_job_id is not None and row.array_task_id is not None:
                self._numbers[row.array_job_id, row.array_task_id] = row.job_id
        while len(self._numbers) > _KEEP:
            self._numbers.popitem(last=False)

    def to_read(self, states: Iterable[JobState]) -> list[int]:
        """Arrays to learn from: a task has started whose number is not known yet.

        Few, and none that is long to read: their tasks are learned of later, as others are
        known by then, or as accounting tells of them.
        """
        started: Counter[int] = Counter()
        unknown: defaultdict[int, set[int]] = defaultdict(set)
        for one in states:
            task = _task(one.id)
            if task is None or one.state == "PENDING":
                continue
            started[task[0]] += 1
            if task not in self._numbers:
                unknown[task[0]].add(task[1])
        chosen = [
            array
            for array, tasks in unknown.items()
            # Another person's may be hidden: then asking again tells no more.
            if started[array] <= _LONG and self._asked.get(array) != tasks
        ][:_ARRAYS_AT_ONCE]
        self._asked = {array: tasks for array, tasks in self._asked.items() if array in unknown}
        self._asked.update((array, unknown[array]) for array in chosen)
        return chosen

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
