"""A token from a file that something else keeps fresh (an agent, cron, a sidecar)."""

from __future__ import annotations

from pathlib import Path

from .base import Token
from .claims import read_token, token_from_text
from .errors import TokenExpired, TokenMissing
from .secret_file import SecretFile


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
        """Tell whether the file is another one than the one last read."""
        if self._stamp is None:
            return False
        stamp = await self._file.stamp()
        return stamp is not None and stamp != self._stamp
