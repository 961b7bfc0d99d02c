"""A token the person typed in: kept in the server's memory, gone with it."""

from __future__ import annotations

from .base import Token
from .claims import read_token, token_from_text
from .errors import TokenExpired, TokenMissing


class PasteSource:
    """Holds what was pasted last."""

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
        """Pasting tells the provider itself."""
        return False
