"""Tokens from the environment, a file, a command, or pasted by the user."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Sequence
from pathlib import Path

from jupyter_slurm_rest.redaction import redact

from .errors import SourceMisconfigured, SourceUnreachable, TokenExpired, TokenMissing
from .secret_file import SecretFile
from .token import Token, read_token, token_from_text

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
            raise TokenMissing(f"The environment variable {self._variable} holds no token.")
        try:
            return read_token(text, user_claim=self._user_claim)
        except TokenExpired:
            raise TokenExpired(
                f"The token in {self._variable} has expired. Set a new one and restart the server.",
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
