"""Which file kept a job from beginning, where this server sees the job's file system."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from jupyter_slurm_rest.files import FileThreads
from jupyter_slurm_rest.slurm.endings import UNOPENED, candidates, unopened
from jupyter_slurm_rest.slurm.models import Job


async def name_unopened(job: Job, files: FileThreads) -> Job:
    """``job``; if Slurm could not open its files, with the one that cannot be opened here."""
    if job.exit_code is None or job.exit_code.signal != UNOPENED:
        return job
    try:
        found = await files.run(job.stdout, lambda: _look(job))
    except OSError:
        # A file system that hangs must not keep anybody from the job itself.
        return job
    if found is None:
        return job
    which, because = found
    return msgspec.structs.replace(job, why=unopened(job, which, because))


def _look(job: Job) -> tuple[str, str] | None:
    """The first file that cannot be opened, and why."""
    for name, written in candidates(job):
        path = Path(written)
        because = _unreadable(path) if name == "standard input" else _unwritable(path)
        if because:
            return f"its {name} {written}", because
    return None


def _unreadable(path: Path) -> str:
    try:
        path.stat()
    except OSError as error:
        return (error.strerror or "").lower()
    return "" if os.access(path, os.R_OK) else "permission denied"


def _unwritable(path: Path) -> str:
    folder = path.parent
    try:
        if path.is_dir():
            return "it is a folder"
        folder.stat()
        if not folder.is_dir():
            return f"{folder} is not a folder"
    except FileNotFoundError:
        return f"there is no folder {folder}"
    except OSError as error:
        return (error.strerror or "").lower()
    writable = os.access(path if path.exists() else folder, os.W_OK)
    return "" if writable else "permission denied"
