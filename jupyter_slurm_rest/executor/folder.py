"""The folder through which calls and results go.

::

    worker.py, lib/cloudpickle/      what jobs run
    calls/BATCH.json, BATCH.pickle   the function, and the arguments of each task
    calls/BATCH.job                  the job, once Slurm has accepted it
    results/BATCH-TASK.started       the job runs
    results/BATCH-TASK.exit          the worker's exit code, if it was not 0
    results/BATCH-TASK.result        how it ended
    logs/BATCH-TASK.out              the job's output
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import secrets
import shlex
import shutil
import stat
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jupyter_slurm_rest.slurm.errors import InvalidRequest

from . import worker
from .errors import CallNotPicklable

#: Bytes of a job's output that an error shows, and lines.
_TAIL, _LINES = 16_384, 20
_FOLDERS = ("calls", "results", "logs")


def default_folder() -> Path:
    """A new name in the user's home, which nodes usually share."""
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"
    return Path(data) / "jupyter-slurm-rest" / "executor" / name


@dataclass(frozen=True)
class Batch:
    """Calls that are one job: an array if there are several."""

    name: str
    tasks: int
    is_array: bool
    #: Whether each task makes several calls, and so returns a list.
    chunked: bool
    job_id: str = ""
    cluster: str = ""

    def key(self, task: int) -> str:
        """How a task's files are named."""
        return f"{self.name}-{task}"


class CallFolder:
    """One executor's folder. Only the user may read or write it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def create(self) -> None:
        """Make the folder with what jobs run, or check that it may be used."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.check()
        for name in _FOLDERS:
            (self.path / name).mkdir(mode=0o700, exist_ok=True)
        if (self.path / "worker.py").exists():
            return
        # Nothing has to be installed on the nodes: it is one folder of pure Python.
        package = Path(_cloudpickle().__file__).parent
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(
            package, self.path / "lib" / package.name, ignore=ignored, dirs_exist_ok=True
        )
        worker.write_private(self.path / "worker.py", Path(worker.__file__).read_bytes())

    def check(self) -> None:
        """Raise unless the folder is this user's, and closed to others.

        Whoever can write to it can run code as this user.
        """
        try:
            status = self.path.stat()
        except OSError as error:
            raise InvalidRequest(
                "folder", f"folder: {self.path} cannot be used: {error.strerror}."
            ) from None
        if not stat.S_ISDIR(status.st_mode):
            raise InvalidRequest("folder", f"folder: {self.path} is not a folder.")
        if os.geteuid() not in (status.st_uid, 0):
            raise InvalidRequest("folder", f"folder: {self.path} belongs to another user.")
        if stat.S_IMODE(status.st_mode) & 0o077:
            raise InvalidRequest(
                "folder",
                f"folder: other users may enter {self.path}.",
                advice=f"Run chmod 700 {shlex.quote(str(self.path))}, or name a new folder.",
            )

    def write(
        self,
        function: Callable[..., Any],
        calls: Sequence[Sequence[worker.Call]],
        *,
        chunked: bool,
        is_array: bool,
        max_result: int,
    ) -> Batch:
        """Store the calls of each task. Raises :exc:`CallNotPicklable`."""
        cloudpickle = _cloudpickle()
        batch = Batch(secrets.token_hex(6), len(calls), is_array, chunked)
        try:
            pickles = [cloudpickle.dumps(one) for one in (function, *calls)]
        except Exception as error:
            name = getattr(function, "__qualname__", repr(function))
            raise CallNotPicklable(
                f"{name} or its arguments cannot be sent to a job: {error}",
                advice="Open files, connections, locks and the like inside the function.",
            ) from error
        ends = [0]
        for one in pickles:
            ends.append(ends[-1] + len(one))
        places = list(itertools.pairwise(ends))
        about = {
            "python": worker.describe_python(),
            "function": places[0],
            "calls": places[1:],
            "chunked": chunked,
            "is_array": is_array,
            "max_result": max_result,
        }
        worker.write_private(self._calls(batch, "pickle"), b"".join(pickles))
        worker.write_private(self._calls(batch, "json"), json.dumps(about).encode())
        return batch

    def submitted(self, batch: Batch, job_id: str, cluster: str) -> Batch:
        """Note the batch's job, for :meth:`batches`."""
        job = {"job_id": job_id, "cluster": cluster}
        worker.write_private(self._calls(batch, "job"), json.dumps(job).encode())
        return replace(batch, job_id=job_id, cluster=cluster)

    def forget(self, batch: Batch) -> None:
        """Remove the calls of a job that was not submitted."""
        for kind in ("json", "pickle"):
            self._calls(batch, kind).unlink(missing_ok=True)

    def batches(self) -> list[Batch]:
        """The batches with a job, oldest first."""
        found = []
        files = sorted((self.path / "calls").glob("*.json"), key=lambda file: file.stat().st_mtime)
        for file in files:
            about = json.loads(file.read_bytes())
            batch = Batch(file.stem, len(about["calls"]), about["is_array"], about["chunked"])
            try:
                job = json.loads(self._calls(batch, "job").read_bytes())
            except FileNotFoundError:
                job = {"job_id": self._started_job(batch)}
            if job["job_id"]:
                found.append(replace(batch, **job))
        return found

    def _started_job(self, batch: Batch) -> str:
        """The batch's job if it has started, where the submission was interrupted."""
        for task in range(batch.tasks):
            started = self.started(batch.key(task))
            if started:
                return str(started["job_id"])
        return ""

    def files(self) -> set[str]:
        """The names of the files in ``results``, in one reading."""
        with os.scandir(self.path / "results") as entries:
            return {entry.name for entry in entries}

    def started(self, key: str) -> dict[str, Any]:
        """What the task wrote when it started: ``job_id``, ``node``, ``python``; empty before."""
        try:
            found: dict[str, Any] = json.loads(self._file("results", key, "started").read_bytes())
        except FileNotFoundError:
            return {}
        return found

    def result(self, key: str) -> tuple[dict[str, Any], bytes]:
        """The header of a result, and its pickle."""
        header, _, payload = self._file("results", key, "result").read_bytes().partition(b"\n")
        return json.loads(header), payload

    def exit_code(self, key: str) -> int | None:
        """The worker's exit code, if it ended without a result."""
        with contextlib.suppress(OSError, ValueError):
            return int(self._file("results", key, "exit").read_text())
        return None

    def log(self, key: str) -> Path:
        """The job's output file."""
        return self._file("logs", key, "out")

    def tail(self, key: str) -> str:
        """The last lines of the job's output; empty if there is none."""
        try:
            with self.log(key).open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
                lines = file.read().decode("utf-8", "replace").splitlines()
        except OSError:
            return ""
        return "\n".join(lines[-_LINES:])

    def script(self, batch: Batch, python: str, setup: str) -> str:
        """The batch script of a batch's job."""
        task = "${SLURM_ARRAY_TASK_ID}" if batch.is_array else "0"
        folder = shlex.quote(str(self.path))
        results = f'{folder}/results/{batch.name}-"{task}"'
        return "\n".join(
            [
                "#!/bin/bash",
                f"if ! [ -r {folder}/worker.py ]; then",
                f'  echo "$(hostname) does not see the folder "{shlex.quote(str(self.path))} >&2',
                "  exit 66",
                "fi",
                setup,
                f'{shlex.quote(python)} {folder}/worker.py {folder} {batch.name} "{task}"',
                "code=$?",
                f"if [ $code != 0 ]; then (umask 077; echo $code > {results}.exit); fi",
                "exit $code",
                "",
            ]
        )

    def _file(self, folder: str, key: str, kind: str) -> Path:
        return self.path / folder / f"{key}.{kind}"

    def _calls(self, batch: Batch, kind: str) -> Path:
        return self.path / "calls" / f"{batch.name}.{kind}"


def _cloudpickle() -> Any:
    """The library; only the executor needs it."""
    try:
        import cloudpickle
    except ImportError:
        raise ImportError(
            "SlurmExecutor needs cloudpickle: pip install 'jupyter-slurm-rest[executor]'."
        ) from None
    return cloudpickle
