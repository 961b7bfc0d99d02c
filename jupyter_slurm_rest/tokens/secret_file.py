"""Reads files that hold a secret, if their permissions are safe."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from jupyter_slurm_rest.file_threads import FileSystemStalled, FileThreads

from .errors import SourceMisconfigured, SourceUnreachable, TokenMissing

MAX_BYTES = 65_536


class SecretFile:
    """A file with a secret, read in a thread: homes are often on network file systems."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = FileThreads()

    async def read(self) -> tuple[str, tuple[int, int, int]]:
        """As :func:`read_secret`."""
        try:
            return await self._threads.run("file", lambda: read_secret(self._path))
        except FileSystemStalled as stalled:
            raise SourceUnreachable(
                f"The file {self._path} cannot be read: {stalled.strerror}."
            ) from None

    async def stamp(self) -> tuple[int, int, int] | None:
        """As :func:`file_stamp`; also ``None`` where the file system does not respond."""
        try:
            return await self._threads.run("file", lambda: file_stamp(self._path))
        except FileSystemStalled:
            return None


def read_secret(path: Path) -> tuple[str, tuple[int, int, int]]:
    """Return the file's text and a stamp that changes when the file does.

    The mode is checked on the open file, so that the file cannot be replaced in between.
    Raises TokenMissing, SourceMisconfigured or SourceUnreachable.
    """
    try:
        # Non-blocking: opening a FIFO must not block the server.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise TokenMissing(f"The token file {path} does not exist.") from None
    except OSError as error:
        raise SourceUnreachable(f"The file {path} cannot be read: {error.strerror}.") from None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise SourceMisconfigured(f"The token file {path} is not a regular file.")
        # Kubernetes mounts secrets owned by root and readable by a group of the pod.
        mounted = status.st_uid == 0 != os.geteuid()
        if status.st_mode & (0o037 if mounted else 0o077):
            raise SourceMisconfigured(
                f"The token file {path} may be read or written by others "
                f"(mode {stat.S_IMODE(status.st_mode):04o}). Run: chmod 600 {path}",
                action="retry",
            )
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise SourceMisconfigured(f"The token file {path} is larger than {MAX_BYTES} bytes.")
    try:
        return data.decode("ascii"), _stamp(status)
    except UnicodeDecodeError:
        raise SourceMisconfigured(f"The token file {path} is not plain text.") from None


def file_stamp(path: Path) -> tuple[int, int, int] | None:
    """The stamp of the file as it is now; ``None`` if it cannot be read."""
    try:
        return _stamp(path.stat())
    except OSError:
        return None


def _stamp(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_ino, status.st_size, status.st_mtime_ns
