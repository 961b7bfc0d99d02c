"""Credentials for Slurm: a user name and a token, which is never shown."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Protocol


class Credentials:
    """A user name and a Slurm token. The token is left out of ``repr`` and pickles."""

    __slots__ = ("_token", "username")

    def __init__(self, username: str, token: str) -> None:
        # Both become header values: a line break in them could inject headers.
        for what, value in (("user name", username), ("token", token)):
            if not value.isascii() or not value.isprintable() or " " in value:
                raise ValueError(f"the Slurm {what} contains invalid characters")
        self.username = username
        self._token = token

    @property
    def token(self) -> str:
        return self._token

    def __repr__(self) -> str:
        return f"Credentials(username={self.username!r}, token=<hidden>)"

    def __reduce__(self) -> str:
        raise TypeError("credentials must not be stored")


class CredentialSource(Protocol):
    """Gives the credentials for a request; ``renew`` after a token was rejected."""

    def __call__(self, renew: bool = False) -> Awaitable[Credentials]: ...
