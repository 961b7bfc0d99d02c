"""Tokens from the environment, a file, a command, or pasted by the user."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
from collections.abc import Sequence
from pathlib import Path

from jupyter_slurm_rest.file_threads import FileSystemStalled, FileThreads
from jupyter_slurm_rest.redaction import redact

from .errors import SourceMisconfigured, SourceUnreachable, TokenExpired, TokenMissing
from .token import Token, read_token, token_from_text

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


#: Tokens taken out of the environment, by variable: several clusters may use the same one.
_taken: dict[str, str] = {}


class EnvSource:
    """Takes the token *out of* the environment, so that kernels, terminals and jobs
    started later do not inherit it."""

    name = "env"
    remote = False

    def __init__(self, variable: str = "SLURM_JWT", user_claim: str | None = None) -> None:
        self._variable = variable
        self._user_claim = user_claim
        self._take()

    async def fetch(self) -> Token:
        """Read the variable's token."""
        text = self._take()
        if not text:
            raise TokenMissing(f"The environment variable {self._variable} contains no token.")
        try:
            return read_token(text, user_claim=self._user_claim)
        except TokenExpired:
            raise TokenExpired(
                f"The token in {self._variable} has expired. Paste a new token, or set "
                "the variable and restart the server.",
                action="restart",
            ) from None

    async def changed(self) -> bool:
        """Whether the variable was set again."""
        return self._variable in os.environ

    def _take(self) -> str:
        if (text := os.environ.pop(self._variable, None)) is not None:
            _taken[self._variable] = token_from_text(text)
        return _taken.get(self._variable, "")


class FileSource:
    """Reads the file again whenever it changes."""

    name = "file"
    remote = False

    def __init__(self, path: str, user_claim: str | None = None) -> None:
        self._path = Path(path).expanduser()
        self._file = SecretFile(self._path)
        self._user_claim = user_claim
        self._stamp: tuple[int, int, int] | None = None

    async def fetch(self) -> Token:
        """Read the file's token."""
        text, self._stamp = await self._file.read()
        value = token_from_text(text)
        if not value:
            raise TokenMissing(f"The token file {self._path} is empty.")
        try:
            return read_token(value, user_claim=self._user_claim)
        except TokenExpired:
            raise TokenExpired(
                f"The token in {self._path} has expired: whatever renews the file has stopped.",
                action="retry",
            ) from None

    async def changed(self) -> bool:
        """Whether the file has changed since it was read."""
        if self._stamp is None:
            return False
        stamp = await self._file.stamp()
        return stamp is not None and stamp != self._stamp


#: Left out of the command's environment: credentials that are not meant for it.
_KEPT_BACK = ("JUPYTERHUB_", "JPY_", "JUPYTER_TOKEN", "SLURM_JWT")


class CommandSource:
    """Runs an argument list (no shell) and reads a token from its output."""

    name = "command"
    remote = True

    def __init__(
        self, argv: Sequence[str], timeout: float = 15.0, user_claim: str | None = None
    ) -> None:
        if isinstance(argv, str) or not argv or not all(isinstance(word, str) for word in argv):
            raise SourceMisconfigured(
                "The command that prints a token must be a list of words, such as "
                '["scontrol", "token", "lifespan=600"].'
            )
        self._argv = list(argv)
        self._timeout = timeout
        self._user_claim = user_claim

    async def fetch(self) -> Token:
        """Run the command and read the token it prints."""
        program = self._argv[0]
        environment = {k: v for k, v in os.environ.items() if not k.startswith(_KEPT_BACK)}
        try:
            child = await asyncio.create_subprocess_exec(
                *self._argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            raise SourceUnreachable(f"{program} cannot be run: {error.strerror}.") from None
        try:
            output, complaint = await asyncio.wait_for(child.communicate(), self._timeout)
        except (asyncio.TimeoutError, asyncio.CancelledError) as error:
            os.killpg(child.pid, signal.SIGKILL)
            await child.wait()
            if isinstance(error, asyncio.CancelledError):
                raise
            raise SourceUnreachable(
                f"{program} printed no token within {self._timeout:g} s and was stopped."
            ) from None
        if child.returncode != 0:
            words = redact(complaint.decode(errors="replace").strip())[:300]
            raise SourceUnreachable(f"{program} failed (exit code {child.returncode}): {words}")
        value = token_from_text(output.decode("ascii", errors="replace"))
        return read_token(value, user_claim=self._user_claim, fresh=True)

    async def changed(self) -> bool:
        """A command's token changes only when it is run."""
        return False


class PasteSource:
    """Holds the token that was pasted last."""

    name = "paste"
    remote = False

    def __init__(self, user_claim: str | None = None) -> None:
        self._user_claim = user_claim
        self._value = ""

    def paste(self, secret: str) -> None:
        """Keep a token. Raises TokenMalformed or TokenExpired, and then keeps the old one."""
        value = token_from_text(secret)
        read_token(value, user_claim=self._user_claim)
        self._value = value

    async def fetch(self) -> Token:
        """Return the pasted token."""
        if not self._value:
            raise TokenMissing(
                "No Slurm token yet: paste one, for example from scontrol token lifespan=3600."
            )
        try:
            return read_token(self._value, user_claim=self._user_claim)
        except TokenExpired:
            raise TokenExpired("The pasted token has expired: paste a new one.") from None

    async def changed(self) -> bool:
        """Pasting notifies the provider directly."""
        return False
