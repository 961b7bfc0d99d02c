"""A token from the environment: for development."""

from __future__ import annotations

import os

from .base import Token
from .claims import read_token, token_from_text
from .errors import TokenExpired, TokenMissing

#: Tokens taken out of the environment, by variable: several clusters may name the same one.
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
        """Tell whether someone set the variable again."""
        return self._variable in os.environ

    def _take(self) -> str:
        if (text := os.environ.pop(self._variable, None)) is not None:
            _taken[self._variable] = token_from_text(text)
        return _taken.get(self._variable, "")
