"""How a task ended: from its result file, or else from what Slurm says about its job."""

from __future__ import annotations

import pickle
import platform
from collections.abc import Mapping
from typing import Any

from jupyter_slurm_rest.slurm.errors import SlurmRestError

from .errors import (
    CallNotLoaded,
    FolderNotShared,
    JobCancelled,
    JobExited,
    JobKilled,
    JobNodeFailed,
    JobOutOfMemory,
    JobPreempted,
    JobTimedOut,
    JobVanished,
    JobWithoutResult,
    PythonMismatch,
    RemoteError,
    RemoteTraceback,
    ResultNotLoaded,
    ResultNotPicklable,
    ResultTooLarge,
)
from .folder import CallFolder
from .worker import describe_python, holds_code, same_bytecode

#: What the batch script exits with on a node that does not see the folder.
_UNSEEN = 66
#: Slurm's signal number for a file that it could not open.
_UNOPENED = 53
_KILLED = 128
_BY_STATE: dict[str, tuple[type[JobWithoutResult], str]] = {
    "TIMEOUT": (JobTimedOut, "reached its time limit"),
    "DEADLINE": (JobTimedOut, "reached its deadline"),
    "OUT_OF_MEMORY": (JobOutOfMemory, "ran out of memory"),
    "CANCELLED": (JobCancelled, "was canceled"),
    "PREEMPTED": (JobPreempted, "was preempted by another job"),
    "NODE_FAIL": (JobNodeFailed, "lost its node"),
    "BOOT_FAIL": (JobNodeFailed, "could not boot its node"),
}


def value_of(header: Mapping[str, Any], payload: bytes) -> Any:
    """The result of a task. Raises what the function raised, or why there is no result."""
    status = header["status"]
    if status == "value":
        return _loaded(header, payload)
    if status == "exception":
        raise _exception(header, payload)
    raise _refusal(header)


def _loaded(header: Mapping[str, Any], payload: bytes) -> Any:
    theirs = header["python"]["version"]
    if holds_code(payload) and not same_bytecode(theirs, platform.python_version()):
        raise _mismatch(header, "The result holds functions or classes, which cannot be loaded")
    try:
        return pickle.loads(payload)  # noqa: S301 -- the user's own, in a folder of mode 0700
    except Exception as error:
        raise ResultNotLoaded(
            f"The result cannot be loaded here: {type(error).__name__}: {error}.",
            advice=f"{_both(header)} Return built-in types, or install the same packages here.",
        ) from error


def _exception(header: Mapping[str, Any], payload: bytes) -> BaseException:
    cause = RemoteTraceback(header["traceback"])
    try:
        error = _loaded(header, payload) if payload else None
    except SlurmRestError:
        error = None
    if not isinstance(error, BaseException):
        error = RemoteError(f"{header['kind']}: {header['why']}")
    error.__cause__ = cause
    return error


def _refusal(header: Mapping[str, Any]) -> BaseException:
    status, why = header["status"], header.get("why", "")
    if status == "python":
        return _mismatch(header, "The job cannot load the function")
    if status == "not_loaded":
        error = CallNotLoaded(
            f"The job could not load the function or its arguments: {why}. {_both(header)}",
            advice="Install what is missing there, or choose another Python with python=.",
        )
        error.__cause__ = RemoteTraceback(header["traceback"])
        return error
    if status == "too_large":
        return ResultTooLarge(
            f"The result has {header['size']:,} bytes; max_result is {header['max_result']:,}.",
            advice="Write it to a file in the function and return the path, or raise max_result.",
        )
    return ResultNotPicklable(
        f"The function returned a {header['kind']}, which cannot be sent back: {why}.",
        advice="Return data instead, such as numbers, strings, lists or arrays.",
    )


def _mismatch(header: Mapping[str, Any], what: str) -> PythonMismatch:
    return PythonMismatch(
        f"{what}: the two Pythons differ. {_both(header)}",
        advice="Use the same version in both places (python=), or functions of modules.",
    )


def _both(header: Mapping[str, Any]) -> str:
    here, there = describe_python(), header["python"]
    return (
        f"The job's Python is {there['version']} ({there['path']}), this one is"
        f" {here['version']} ({here['path']})."
    )


def failure_of(
    folder: CallFolder, key: str, job_id: str, row: Mapping[str, Any] | None
) -> BaseException:
    """Why there is no result, from the job's ``row``; ``None``: Slurm does not know it."""
    output = folder.tail(key)
    started = folder.started(key)
    node = f" on {started['node']}" if started else ""

    def failure(kind: type[JobWithoutResult], what: str) -> JobWithoutResult:
        return kind(f"Job {job_id}{node} {what}.", job_id=job_id, output=output)

    if row is None:
        return failure(JobVanished, "has no result, and Slurm does not know it anymore")
    state, code = row["state"], row.get("exit_code") or {}
    exit_code, signal = code.get("code") or 0, code.get("signal") or 0
    if state in _BY_STATE:
        return failure(*_BY_STATE[state])
    if not started and not folder.log(key).exists():
        where = f" ({row['nodes']})" if row.get("nodes") else ""
        return FolderNotShared(
            f"Job {job_id} ended, but nothing of it is in {folder.path}: this computer and the"
            f" node{where} do not share that folder.",
            advice="Name a folder on a file system that both have: SlurmExecutor(folder=...).",
        )
    if not started and exit_code == _UNSEEN:
        return FolderNotShared(output or f"Job {job_id} does not see {folder.path}.")
    ours = folder.exit_code(key)
    exit_code = ours if ours is not None else exit_code
    if exit_code > _KILLED and not signal:
        signal = exit_code - _KILLED
    if signal and signal != _UNOPENED:
        return failure(JobKilled, f"was killed by signal {signal}")
    if state == "COMPLETED" and not exit_code:
        return failure(JobExited, "ended without a result")
    return failure(JobExited, f"ended with exit code {exit_code} before the function returned")
