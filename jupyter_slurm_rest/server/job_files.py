"""Files of jobs, where this server sees them: the end of the output, and what was not opened.

An output file is read with the rights of the Jupyter server, so those of the user. Its
path was written by whoever submitted the job: only regular files are read, a link in the
last place is not followed, and the file of another user's job must belong to that user.
"""

from __future__ import annotations

import errno
import os
import os.path
import pwd
import stat
from pathlib import Path, PurePosixPath

import msgspec

from jupyter_slurm_rest.file_threads import FileThreads
from jupyter_slurm_rest.slurm.endings import UNOPENED, candidates, unopened
from jupyter_slurm_rest.slurm.models import Job
from jupyter_slurm_rest.slurm.wire.states import FINISHED_STATES

from .cluster import ConfiguredCluster
from .schemas import OutputChunk, OutputQuery

#: Bytes of one response, and of the first one, which shows the end of the file.
CHUNK = 256 * 1024
FIRST = 64 * 1024


class _NotTheirs(OSError):
    """The file does not belong to the job's owner."""


class _Piece(msgspec.Struct, frozen=True):
    data: bytes
    offset: int
    size: int


async def read_output(
    cluster: ConfiguredCluster, job_id: str, query: OutputQuery, *, root: str
) -> OutputChunk:
    """What the file of ``query.stream`` gained since ``query.offset``.

    ``root`` is the folder below which Jupyter's contents API finds files.
    """
    job = await cluster.job(job_id, allow_stale=True)
    path = job.stderr or job.stdout if query.stream == "stderr" else job.stdout
    ended = job.state in FINISHED_STATES and "COMPLETING" not in job.flags
    if not path or path == "/dev/null":
        return _without_text(path, query, ended, _no_file(job))
    try:
        piece = await cluster.files.run(
            path, lambda: _read(Path(path), query.offset, owner=_must_own(cluster, job))
        )
    except OSError as error:
        note = _explain(error, job)
        if error.errno == errno.ENOENT and not note:
            note = await _missing(cluster, path, job, ended=ended)
        return _without_text(path, query, ended, note)
    whole = piece.offset + len(piece.data) >= piece.size
    data = piece.data if whole and ended else _whole_characters(piece.data)
    start, cut = piece.offset, query.offset is None and piece.offset > 0
    if cut:
        skipped = _to_line_start(data)
        start, data = start + skipped, data[skipped:]
    following = start + len(data)
    return OutputChunk(
        path=path,
        size=piece.size,
        offset=start,
        next_offset=following,
        text=data.decode("utf-8", "replace"),
        finished=ended and following >= piece.size,
        truncated_start=cut,
        note="",
        contents_path=contents_path(path, root=root),
    )


def _must_own(cluster: ConfiguredCluster, job: Job) -> str | None:
    """The required owner of the file; ``None`` for the user's own jobs.

    Other users can name any file as their job's output, because Slurm checks it only when
    the job starts. Without this check, viewing such a job would show the file.
    """
    token = cluster.tokens.current
    return None if token is not None and token.username == job.user else job.user


def _read(path: Path, offset: int | None, *, owner: str | None = None) -> _Piece:
    # Non-blocking: a FIFO or a device put there must not hang the server.
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW
    descriptor = os.open(path, flags)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        if owner is not None and owner not in _names(status.st_uid):
            raise _NotTheirs
        size = status.st_size
        start = max(0, size - FIRST) if offset is None else offset
        if start > size:
            # The job was requeued and began the file anew.
            start = 0
        file.seek(start)
        return _Piece(file.read(min(CHUNK, size - start)), start, size)


def _names(uid: int) -> set[str]:
    # If slurmrestd does not know the user's name, the job has the uid.
    try:
        return {str(uid), pwd.getpwuid(uid).pw_name}
    except KeyError:
        return {str(uid)}


def _whole_characters(data: bytes) -> bytes:
    """``data`` without the beginning of a UTF-8 character at its end."""
    for back in range(1, min(4, len(data) + 1)):
        byte = data[-back]
        if byte & 0xC0 != 0x80:
            needed = 4 if byte >= 0xF0 else 3 if byte >= 0xE0 else 2 if byte >= 0xC0 else 1
            return data[:-back] if needed > back else data
    return data


def _to_line_start(data: bytes) -> int:
    """How many bytes to skip so as to begin with a line, or at least with a character."""
    line = data.find(b"\n", 0, FIRST // 2)
    if line >= 0:
        return line + 1
    return next((at for at, byte in enumerate(data[:4]) if byte & 0xC0 != 0x80), 0)


def _no_file(job: Job) -> str:
    if job.stdout:
        return "This job does not write this file."
    if job.het_offset:
        return (
            "This component of a heterogeneous job has no output of its own: its script runs in"
            f" the first one, {job.het_job_id}+0."
        )
    if job.sources == ["slurmdbd"]:
        return "Slurm no longer knows where this job's output is, and accounting does not store it."
    return "Slurm does not report the path of this file."


async def _missing(cluster: ConfiguredCluster, path: str, job: Job, *, ended: bool) -> str:
    """Why a file is missing: it was not created, or it is on another file system."""
    if ended and not job.nodes:
        return "The job never started, so it has no output."
    try:
        folder = await cluster.files.run(path, lambda: Path(path).parent.is_dir())
    except OSError:
        folder = False
    if not folder:
        parent = PurePosixPath(path).parent
        return (
            f"The folder {parent} does not exist here. This server may not see the job's file"
            " system."
        )
    if ended:
        return "The job did not create this file, or it was deleted or moved later."
    return "The job has not created its output file yet."


def _explain(error: OSError, job: Job) -> str:
    """Why a file is not read; empty if it is missing for an unknown reason."""
    if error.errno == errno.ENOENT:
        if job.state in {"PENDING", "CONFIGURING"}:
            return "The job has not started, so its output file does not exist yet."
        if job.exit_code is not None and job.exit_code.signal == UNOPENED and job.why:
            return job.why.text
        return ""
    if error.errno == errno.ELOOP:
        return "The file is a symbolic link, which is not followed."
    if isinstance(error, _NotTheirs):
        return f"The file does not belong to {job.user}, the owner of the job, and is not shown."
    if error.errno in (errno.EACCES, errno.EPERM):
        return "You do not have permission to read this file."
    return f"The file cannot be read: {error.strerror}."


def _without_text(path: str, query: OutputQuery, ended: bool, note: str) -> OutputChunk:
    offset = query.offset or 0
    return OutputChunk(
        path=path,
        size=0,
        offset=offset,
        next_offset=offset,
        text="",
        finished=ended,
        truncated_start=False,
        note=note,
    )


def contents_path(path: str, *, root: str) -> str:
    """``path`` for the contents API; empty when it is not below ``root``."""
    try:
        return str(PurePosixPath(os.path.normpath(path)).relative_to(root))
    except ValueError:
        return ""


async def name_unopened(job: Job, files: FileThreads) -> Job:
    """``job``; if Slurm could not open its files, with the one that cannot be opened here."""
    if job.exit_code is None or job.exit_code.signal != UNOPENED:
        return job
    try:
        found = await files.run(job.stdout, lambda: _look(job))
    except OSError:
        # A file system that hangs must not block the job's details.
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
