"""Runs one call in a job. Copied beside the calls: it needs nothing of this package there.

``python worker.py FOLDER BATCH TASK`` writes ``results/BATCH-TASK.started`` and then
``results/BATCH-TASK.result``: a line of JSON, which says what follows, and a pickle.
Works with Python 3.8 and newer.
"""

from __future__ import annotations

import io
import json
import os
import platform
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # Not where Python 3.8 runs this.
    Call = tuple[tuple[Any, ...], dict[str, Any]]

#: In a pickle that holds functions or classes themselves, which only the same Python can read.
BY_VALUE = (b"_make_function", b"_make_skeleton_class", b"_make_code", b"code_type", b"CodeType")


def describe_python() -> dict[str, Any]:
    """This Python: its version and its path."""
    return {"version": platform.python_version(), "path": sys.executable}


def same_bytecode(one: str, other: str) -> bool:
    """Whether functions can go from one version of Python to the other: ``3.11.2``, ``3.11.9``."""
    return one.split(".")[:2] == other.split(".")[:2]


def holds_code(data: bytes) -> bool:
    """Whether the pickle holds functions or classes themselves, not only their names."""
    return any(mark in data for mark in BY_VALUE)


def write_private(path: Path, data: bytes) -> None:
    """Write a file that others cannot read; it is there whole or not at all."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)
    part.replace(path)


class CannotCall(Exception):
    """The call cannot be made, or its result not returned; ``args[0]`` says which."""


class Task:
    """One task of a batch of calls."""

    def __init__(self, folder: Path, batch: str, task: str) -> None:
        self._calls = folder / "calls"
        self._batch = batch
        self._task = int(task)
        self._result = folder / "results" / f"{batch}-{task}.result"
        self.header: dict[str, Any] = {"python": describe_python()}

    def start(self) -> None:
        """Say that the job runs, and where."""
        node = os.environ.get("SLURMD_NODENAME") or platform.node()
        array, job = os.environ.get("SLURM_ARRAY_JOB_ID"), os.environ.get("SLURM_JOB_ID", "")
        # Of a run before the job was requeued.
        self._result.with_suffix(".exit").unlink(missing_ok=True)
        started = {"job_id": array or job, "node": node, **self.header}
        write_private(self._result.with_suffix(".started"), json.dumps(started).encode())

    def run(self) -> bool:
        """Make the calls and write their results; whether none of them failed."""
        try:
            payload = self._run()
        except CannotCall as refused:
            payload = b""
            self.header.update(status=refused.args[0])
            self.header.update(refused.args[1])
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        write_private(self._result, json.dumps(self.header).encode() + b"\n" + payload)
        return bool(self.header["status"] == "value")

    def _run(self) -> bytes:
        import cloudpickle

        about = json.loads((self._calls / f"{self._batch}.json").read_bytes())
        function, calls = self._load(about)
        try:
            value: Any = [function(*args, **kwargs) for args, kwargs in calls]
            if not about["chunked"]:
                (value,) = value
        except BaseException as error:  # noqa: BLE001 -- the caller gets it, whatever it is
            return self._failed(error, about["max_result"])
        try:
            payload: bytes = cloudpickle.dumps(value)
        except Exception as error:  # noqa: BLE001 -- pickling runs code of the value
            kind = type(value).__name__
            raise CannotCall("unpicklable", {"kind": kind, "why": _in_words(error)}) from None
        self._check_size(payload, about["max_result"])
        self.header["status"] = "value"
        return payload

    def _load(self, about: dict[str, Any]) -> tuple[Any, list[Call]]:
        import pickle

        with (self._calls / f"{self._batch}.pickle").open("rb") as file:
            function = _read(file, about["function"])
            calls = _read(file, about["calls"][self._task])
        other = about["python"]["version"]
        if not same_bytecode(other, platform.python_version()) and (
            holds_code(function) or holds_code(calls)
        ):
            raise CannotCall("python", {})
        try:
            # The user's own, in a folder of mode 0700.
            return pickle.loads(function), pickle.loads(calls)  # noqa: S301 -- see above
        except Exception as error:  # noqa: BLE001 -- unpickling imports the user's modules
            why = {"why": _in_words(error), "traceback": traceback.format_exc()}
            raise CannotCall("not_loaded", why) from None

    def _failed(self, error: BaseException, max_result: int) -> bytes:
        import pickle

        import cloudpickle

        text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        sys.stderr.write(f"{text}\n")  # For the job's output as well, as for any script.
        self.header.update(
            status="exception", traceback=text, kind=type(error).__name__, why=str(error)
        )
        error.__traceback__ = None
        try:
            payload: bytes = cloudpickle.dumps(error)
            # Exceptions are often pickled well and cannot be read.
            pickle.loads(payload)  # noqa: S301 -- made the moment before
        except Exception:  # noqa: BLE001 -- its words and its traceback are kept
            return b""
        return payload if len(payload) <= max_result else b""

    def _check_size(self, payload: bytes, max_result: int) -> None:
        if len(payload) > max_result:
            raise CannotCall("too_large", {"size": len(payload), "max_result": max_result})


def _read(file: io.BufferedReader, place: list[int]) -> bytes:
    start, end = place
    file.seek(start)
    return file.read(end - start)


def _in_words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def main(folder: str, batch: str, task: str) -> int:
    """Run the task; the exit code is 1 if it failed, so that Slurm says so, too."""
    for descriptor in (1, 2):
        os.fchmod(descriptor, 0o600)
    ours = Task(Path(folder), batch, task)
    ours.start()
    sys.path[0] = str(Path(folder) / "lib")
    import cloudpickle  # noqa: F401 -- the version that pickled the calls

    # As in a notebook: modules beside it can be imported.
    sys.path[0] = str(Path.cwd())
    return 0 if ours.run() else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
