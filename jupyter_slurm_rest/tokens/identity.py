"""Refuse tokens of people nobody may act as here."""

from __future__ import annotations

import pwd
import re
from collections.abc import Iterable

from .base import Token
from .errors import TokenRefused

#: What a Slurm user may be called. Also keeps the name safe in a header and in a path.
#: Not a number: Slurm reads one as a uid, and 0 is root's.
USERNAME_PATTERN = re.compile(r"(?!\d+$)[A-Za-z0-9_][A-Za-z0-9_.@-]{0,62}\$?")
#: With a token of one of these, Slurm lets the holder act as anyone.
PRIVILEGED_NAMES = frozenset({"root", "slurm"})


class ExpectedUser:
    """Lets tokens of one person through: the configured one, else the first one seen."""

    def __init__(self, username: str | None = None, deny: Iterable[str] = ()) -> None:
        self._configured = username
        self._seen: str | None = None
        self._deny = PRIVILEGED_NAMES | frozenset(deny)

    def check(self, token: Token) -> None:
        """Raise TokenRefused unless the token is the expected person's."""
        name = token.username
        if not USERNAME_PATTERN.fullmatch(name):
            raise TokenRefused("The token's user name is not one a Slurm user can have.")
        if name in self._deny or _is_uid_zero(name):
            raise TokenRefused(
                f"The token belongs to {name}, who may act as anyone on the cluster. "
                "Tokens of root, of SlurmUser and of other privileged users are refused."
            )
        expected = self._configured or self._seen
        if expected is not None and name != expected:
            raise TokenRefused(f"The token belongs to {name}, but {expected} was expected.")
        self._seen = name

    def forget(self) -> None:
        """The person replaced the token by hand: the next one may be another user's."""
        self._seen = None


def _is_uid_zero(name: str) -> bool:
    try:
        return pwd.getpwnam(name).pw_uid == 0
    except KeyError:
        return False
