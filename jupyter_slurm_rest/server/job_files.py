"""Files of jobs: where they read and write, and which could not be opened.

slurmdbd tells it from v0.0.42 on; before that, what slurmctld said is remembered here.
"""

from __future__ import annotations

import os
import os.path
from pathlib import Path, PurePosixPath

import msgspec

from jupyter_slurm_rest.file_threads import FileThreads
from jupyter_slurm_rest.slurm.endings import UNOPENED, candidates, unopened
from jupyter_slurm_rest.slurm.models import Job


def contents_path(path: str, *, root: str) -> str:
    """``path`` for the contents API; empty when it is not below ``root``."""
    try:
        return str(PurePosixPath(os.path.normpath(path)).relative_to(root))
    except ValueError:
        return ""


def folder_of(path: str, *, root: str) -> str:
    """The folder of a file that the contents API names ``path``; ``root`` for none.

    A path that leaves ``root`` is none that the contents API gives.
    """
    folder = PurePosixPath(os.path.normpath(f"{root}/{path}")).parent
    return str(folder) if path and folder.is_relative_to(root) else root


#: Jobs that are remembered, each a few hundred bytes.
_KEPT = 2000


class JobFiles:
    """The paths of the jobs that were looked at lately or submitted from here."""

    def __init__(self) -> None:
        #: By number and time of submission: numbers are used again.
        self._known: dict[tuple[int, int | None], tuple[str, str, str]] = {}

    def completed(self, job: Job) -> Job:
        """``job`` with its paths, if they are known; those that it has are remembered."""
        key = (job.job_id, job.submit_time)
        if job.stdout:
            self._known.pop(key, None)
            self._known[key] = (job.stdin, job.stdout, job.stderr)
            if len(self._known) > _KEPT:
                del self._known[next(iter(self._known))]
            return job
        if key not in self._known:
            return job
        stdin, stdout, stderr = self._known[key]
        return msgspec.structs.replace(job, stdin=stdin, stdout=stdout, stderr=stderr)


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
