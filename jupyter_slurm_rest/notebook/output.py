"""A job's output file: all of it, its last lines, or what is added to it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import Any

from jupyter_slurm_rest.slurm.errors import NotFound, SlurmError, TooLarge

from .errors import failed
from .tasks import JobRecord

#: Bytes that are read at most, as they would be held in memory.
MOST = 100_000_000
#: Seconds between two looks at a file that grows.
_PAUSE = 1.0


def whole(job: JobRecord, stream: str) -> str:
    """All of the output so far; of an array, each task's below a heading as ``tail`` has it."""
    tasks = job.tasks
    if not tasks:
        return "".join(_pieces(job, stream, 0))
    return "\n".join(f"==> {task} <==\n{_or_note(task, stream)}" for task in tasks)


def _or_note(task: JobRecord, stream: str) -> str:
    try:
        return "".join(_pieces(task, stream, 0))
    except NotFound as problem:
        return f"[{problem}]\n"


def last_lines(job: JobRecord, stream: str, lines: int) -> str:
    """The last ``lines`` lines."""
    tasks = job.tasks
    if tasks:
        found = [(task, last_lines(task, stream, lines)) for task in tasks]
        return "\n".join(f"==> {task} <==\n{text}" for task, text in found)
    return _last_lines(job, stream, lines)[0]


def _last_lines(job: JobRecord, stream: str, lines: int) -> tuple[str, int]:
    """The lines, and the offset after them."""
    if lines < 1:
        raise ValueError("lines must be at least 1")
    chunk = _read(job, stream, None)
    text, first = str(chunk["text"]), int(chunk["offset"])
    after = int(chunk["next_offset"])
    back = after - first
    # The server begins near the end; further back where that has too few lines.
    while first > 0 and text.count("\n") <= lines and back < MOST:
        back *= 4
        first = max(0, after - max(back, 1024))
        text = "".join(_pieces(job, stream, first, until=after))
    return "".join(text.splitlines(keepends=True)[-lines:]), after


def follow(job: JobRecord, stream: str, lines: int) -> None:
    """Print the last ``lines`` lines, then what is added until the job has ended."""
    offset: int | None = None
    while True:
        try:
            if offset is None:
                text, offset = _last_lines(job, stream, lines)
                _print(text)
            chunk = _read(job, stream, offset)
        except NotFound:
            # The job has not started, or the file is not there yet.
            if job.refresh().ended:
                raise
            time.sleep(_PAUSE)
            continue
        _print(str(chunk["text"]))
        offset = int(chunk["next_offset"])
        if chunk["finished"]:
            return
        if not chunk["text"]:
            time.sleep(_PAUSE)


def _print(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _pieces(job: JobRecord, stream: str, offset: int, until: int | None = None) -> Iterator[str]:
    while until is None or offset < until:
        chunk = _read(job, stream, offset)
        if chunk["size"] - offset > MOST:
            raise failed(
                TooLarge,
                f"The output of job {job.id} has {chunk['size'] / 1e6:.0f} MB.",
                f"Use job.tail(), or open {chunk['path']}.",
            )
        if chunk["offset"] != offset:
            raise failed(
                SlurmError,
                f"The output of job {job.id} was overwritten while it was being read.",
                "Read it again.",
            )
        yield str(chunk["text"])
        if chunk["next_offset"] == offset:
            return
        offset = int(chunk["next_offset"])


def _read(job: JobRecord, stream: str, offset: int | None) -> dict[str, Any]:
    chunk = job.read_output(stream, offset)
    if chunk["note"]:
        raise failed(NotFound, str(chunk["note"]))
    return chunk
