"""A token from a command, such as ``scontrol token``."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Sequence

from jupyter_slurm_rest.foreign_text import redact

from .base import Token
from .claims import read_token, token_from_text
from .errors import SourceMisconfigured, SourceUnreachable

#: The child gets the server's environment without these: they are other people's keys.
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
                f"{program} gave no token within {self._timeout:g} s and was stopped."
            ) from None
        if child.returncode != 0:
            words = redact(complaint.decode(errors="replace").strip())[:300]
            raise SourceUnreachable(f"{program} failed (exit code {child.returncode}): {words}")
        value = token_from_text(output.decode("ascii", errors="replace"))
        return read_token(value, user_claim=self._user_claim, fresh=True)

    async def changed(self) -> bool:
        """A command's token changes only when it is run."""
        return False
