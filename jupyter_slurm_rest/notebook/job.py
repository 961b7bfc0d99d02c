"""A Slurm job in Python: look at it, wait for it, read its output, change it."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, Literal, overload
from urllib.parse import quote

from jupyter_slurm_rest.slurm.errors import Refused, SlurmError

from . import job_view, output
from .api import SlurmApi, shared_api
from .errors import failed, with_advice
from .options import changes
from .tasks import expanded, worst

#: Seconds for which a job is not read again: the server returns the same.
_FRESH = 1.0
Stream = Literal["stdout", "stderr"]


class JobFailed(SlurmError):
    """A job ended in another state than COMPLETED."""

    def __init__(self, message: str, *, advice: str = "", job: Job | None = None) -> None:
        super().__init__(message, advice=advice)
        with_advice(self, advice)
        #: The job, as it was when it had ended.
        self.job = job


class Job:
    """One job, one task of an array, or a whole array.

    ``info`` holds the fields as they were read last, by the names of the REST API. Two jobs
    are equal when they have the same ID on the same cluster. ``str(job)`` is the ID, and
    ``await job`` waits until it has ended. A pickled job finds its Jupyter server anew.
    """

    def __init__(
        self,
        api: SlurmApi,
        cluster: str,
        job_id: str | int,
        info: dict[str, Any] | None = None,
        *,
        read_at: float = 0.0,
    ) -> None:
        self.id = str(job_id)
        self.cluster = cluster
        self.api = api
        self._path = f"clusters/{quote(cluster, safe='')}/jobs/{quote(self.id, safe='')}"
        self.info: dict[str, Any] = info if info is not None else {}
        self._tasks: list[Job] = []
        #: When ``info`` was read, seconds since the epoch.
        self._read_at = read_at
        if info is None:
            self.refresh()

    def refresh(self) -> Job:
        """Read the job again, and the tasks of an array."""
        info = self.api.call("GET", self._path)
        read_at, tasks = time.time(), []
        if _is_array(self.id, info):
            rows = self.api.call("GET", f"{self._path}/tasks")["tasks"]
            tasks = [
                Job(self.api, self.cluster, row["id"], row, read_at=read_at)
                for row in expanded(rows)
            ]
        self.info, self._tasks, self._read_at = info, tasks, read_at
        return self

    @property
    def name(self) -> str:
        """The job's name."""
        return str(self._known("name"))

    @property
    def state(self) -> str:
        """The state now, as Slurm names it: ``PENDING``, ``RUNNING``, ``COMPLETED``, ...

        Of an array: RUNNING or PENDING until all tasks have ended, then the worst task's.
        """
        self.refresh_if_old()
        return self.last_state

    @property
    def last_state(self) -> str:
        """The state as it was read last."""
        if self._tasks:
            return worst([(str(task.info["state"]), task.ended) for task in self._tasks])
        return str(self._known("state"))

    @property
    def reason(self) -> str:
        """Why the job waits or ended as it did, as Slurm codes it; empty if it gives none."""
        self.refresh_if_old()
        return str(self._known("reason") or "")

    @property
    def ended(self) -> bool:
        """Whether the job, and every task of an array, had ended when it was last read."""
        # Imported at the first use: listing jobs does not need it.
        from jupyter_slurm_rest.slurm.wire.states import FINISHED_STATES

        if self._tasks:
            return all(task.ended for task in self._tasks)
        state, flags = str(self._known("state")), self._known("flags")
        return state in FINISHED_STATES and "COMPLETING" not in flags

    @property
    def exit_code(self) -> int | None:
        """As in a shell: 0-255, 128 and the signal's number for a job that was killed.

        Of an array the highest of its tasks; ``None`` until the job has ended.
        """
        if self._tasks:
            codes = [task.exit_code for task in self._tasks]
            return max((one for one in codes if one is not None), default=None)
        found = self._known("exit_code")
        if not found or not self.ended:
            return None
        return 128 + found["signal"] if found["signal"] else int(found["code"])

    @property
    def age(self) -> float:
        """Seconds since the job was read."""
        return max(0.0, time.time() - self._read_at)

    @property
    def tasks(self) -> list[Job]:
        """The tasks of an array, in order; empty for other jobs."""
        self.refresh_if_old()
        if not self._tasks and _is_array(self.id, self.info):
            self.refresh()
        return self.last_tasks

    @property
    def last_tasks(self) -> list[Job]:
        """The tasks of an array as they were read last."""
        return list(self._tasks)

    @property
    def stdout_path(self) -> Path | None:
        """The file of the job's output, if it has one and Slurm says which."""
        path = self._known("stdout")
        return Path(path) if path else None

    def wait(
        self,
        timeout: float | None = None,
        *,
        check: bool = False,
        progress: Callable[[Job], None] | None = None,
    ) -> Job:
        """Wait until the job has ended; with ``check``, :exc:`JobFailed` unless it COMPLETED.

        ``progress`` is called with the job each time it was read. Raises ``TimeoutError``
        after ``timeout`` seconds; interrupting ends the waiting, not the job.
        """
        # Imported at the first use: only waiting needs websockets.
        from .events import Follower

        until = time.monotonic() + (math.inf if timeout is None else timeout)
        self.refresh()
        if progress is not None:
            progress(self)
        if not self.ended and not Follower(self, progress).wait(until):
            raise TimeoutError(f"Job {self.id} is still {self.last_state}.")
        return self.check() if check else self

    def check(self) -> Job:
        """The job; raises :exc:`JobFailed` if it has ended in another state than COMPLETED."""
        self.refresh_if_old()
        state = self.last_state
        if self.ended and state != "COMPLETED":
            text, advice = job_view.failure(self)
            raise JobFailed(text, advice=advice, job=self)
        return self

    def output(
        self, stream: Stream = "stdout", *, task: int | None = None, tail: int | None = None
    ) -> str:
        """All of the output so far, or its last ``tail`` lines.

        ``task`` selects one task of an array; without it the tasks' outputs follow each other
        below headings. Raises :exc:`TooLarge` for more than 100 MB, and :exc:`SlurmError` with
        the reason where the file cannot be read.
        """
        if tail is not None:
            return self.tail(tail, stream=stream, task=task)
        return output.whole(self._one(task), stream)

    @overload
    def tail(
        self,
        lines: int = ...,
        follow: Literal[False] = ...,
        *,
        stream: Stream = ...,
        task: int | None = ...,
    ) -> str: ...

    @overload
    def tail(
        self, lines: int, follow: Literal[True], *, stream: Stream = ..., task: int | None = ...
    ) -> None: ...

    @overload
    def tail(
        self,
        lines: int = ...,
        *,
        follow: Literal[True],
        stream: Stream = ...,
        task: int | None = ...,
    ) -> None: ...

    def tail(
        self,
        lines: int = 20,
        follow: bool = False,
        *,
        stream: Stream = "stdout",
        task: int | None = None,
    ) -> str | None:
        """The last lines of the output. With ``follow``, print them and what is added to them.

        Following ends when the job has ended; interrupting ends it, not the job.
        """
        if follow:
            output.follow(self._one(task), stream, lines)
            return None
        return output.last_lines(self._one(task), stream, lines)

    def cancel(self, *, cron: bool = False) -> str:
        """Cancel the job; returns Slurm's message.

        A job of scrontab needs ``cron``, because Slurm then disables its line there as well.
        """
        return self.act("cancel", cron=cron)

    def hold(self) -> str:
        """Keep a pending job from starting."""
        return self.act("hold")

    def release(self) -> str:
        """Let a held job start."""
        return self.act("release")

    def requeue(self, *, hold: bool = False) -> str:
        """Put the job back into the queue; with ``hold``, it stays there until released."""
        return self.act("requeue", hold=hold)

    def signal(self, name: str | int) -> str:
        """Send a signal, such as ``USR1``, to the job."""
        return self.act("signal", signal=str(name))

    def update(self, **options: Any) -> Job:
        """Change the job, by sbatch's names: ``job.update(time="2:00:00", partition="gpu")``.

        Raises :exc:`InvalidRequest` for what cannot be changed, and :exc:`Refused`.
        """
        self.api.call("PATCH", self._path, body=changes(options))
        return self.refresh()

    def act(self, action: str, **options: Any) -> str:
        """Run an action of ``jobs/actions``; raises :exc:`Refused` when Slurm refuses."""
        body = {"action": action, "job_ids": [self.id], **options}
        path = f"{self._path.rpartition('/')[0]}/actions"
        (result,) = self.api.call("POST", path, body=body)["results"]
        self._read_at = 0.0
        if not result["ok"]:
            raise failed(Refused, result["message"], error_number=result["error_number"])
        return str(result["message"])

    def refresh_if_old(self) -> None:
        """Read the job again unless it has ended or was read in this second."""
        if not self.info or (not self.ended and self.age > _FRESH):
            self.refresh()

    def refresh_to_show(self) -> None:
        """Read the job again if that can be done; its view shows how old it is."""
        if not self.info:
            self.refresh()
        with contextlib.suppress(SlurmError):
            self.refresh_if_old()
            if "why" not in self.info:
                self.refresh()

    def read_output(self, stream: str, offset: int | None) -> dict[str, Any]:
        """A piece of the output from ``offset`` (bytes), or from near its end: OutputChunk."""
        query = {"stream": stream, "offset": offset}
        chunk: dict[str, Any] = self.api.call("GET", f"{self._path}/output", query=query)
        return chunk

    def _one(self, task: int | None) -> Job:
        if task is None:
            return self
        return Job(self.api, self.cluster, f"{self.id}_{int(task)}", {})

    def _known(self, field: str) -> Any:
        """A field of ``info``. Rows of lists have not all of them."""
        if field not in self.info:
            self.refresh()
        return self.info[field]

    def __getitem__(self, field: str) -> Any:
        return self.info[field]

    def __await__(self) -> Generator[Any, None, Job]:
        return asyncio.to_thread(self.wait).__await__()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Job):
            return NotImplemented
        return (self.cluster, self.id) == (other.cluster, other.id)

    def __lt__(self, other: Job) -> bool:
        return self._order() < other._order()

    def _order(self) -> tuple[str, list[tuple[int, str]]]:
        parts = self.id.replace("+", "_").split("_")
        return self.cluster, [(int(part) if part.isdigit() else 0, part) for part in parts]

    def __hash__(self) -> int:
        return hash((self.cluster, self.id))

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpickled, (self.api.server, self.cluster, self.id, self.info, self._read_at)

    def __str__(self) -> str:
        return self.id

    def __format__(self, spec: str) -> str:
        return format(self.id, spec)

    def __repr__(self) -> str:
        return job_view.line(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """IPython's text: all facts, or one line inside of lists and other containers."""
        nested = cycle or printer.indentation or len(printer.stack) > 1
        printer.text(job_view.line(self) if nested else job_view.text(self))

    def _repr_html_(self) -> str:
        return job_view.page(self)


def _unpickled(
    server: str | None, cluster: str, job_id: str, info: dict[str, Any], read_at: float
) -> Job:
    return Job(shared_api(server), cluster, job_id, info, read_at=read_at)


def _is_array(job_id: str, info: dict[str, Any]) -> bool:
    """Whether ``job_id`` names an array, not one of its tasks."""
    return job_id.isdigit() and str(info.get("array_job_id")) == job_id
