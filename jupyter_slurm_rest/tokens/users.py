"""Whose tokens are accepted, and whose are always refused."""

from __future__ import annotations

import pwd
import re
from collections.abc import Iterable

from .errors import TokenRefused
from .token import Token

#: Valid names of Slurm users, which are safe in headers and paths. Not a number: Slurm
#: would read it as a uid.
USERNAME_PATTERN = re.compile(r"(?!\d+$)[A-Za-z0-9_][A-Za-z0-9_.@-]{0,62}\$?")
#: With a token of one of these, Slurm lets the holder act as anyone.
PRIVILEGED_NAMES = frozenset({"root", "slurm"})


class ExpectedUser:
    """Accepts tokens of one user: the configured one, else that of the first token."""

    def __init__(self, username: str | None = None, deny: Iterable[str] = ()) -> None:
        self._configured = username
        self._seen: str | None = None
        self._deny = DeniedUsers(deny)

    def check(self, token: Token) -> None:
        """Raise TokenRefused unless the token is the expected user's."""
        name = token.username
        if not USERNAME_PATTERN.fullmatch(name):
            raise TokenRefused("The token's user name is not a valid Slurm user name.")
        if name in self._deny:
            raise TokenRefused(
                f"The token belongs to {name}, who may act as anyone on the cluster. "
                "Tokens of root, of SlurmUser and of other privileged users are refused."
            )
        expected = self._configured or self._seen
        if expected is not None and name != expected:
            raise TokenRefused(f"The token belongs to {name}, but {expected} was expected.")
        self._seen = name

    def forget(self) -> None:
        """Accept another user next: the token was replaced by hand."""
        self._seen = None


class DeniedUsers:
    """Root, slurm and further users, in any spelling.

    A directory may know one account as ``slurmadm``, ``SlurmAdm`` and
    ``slurmadm@example.org``, and slurmctld accepts each: accounts are compared, not names.
    Where this machine does not know the account, case and domain are ignored. A number is
    a uid.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = sorted(PRIVILEGED_NAMES | {name.strip() for name in names})
        self._uids = {int(name) for name in self._names if name.isdecimal()}
        self._spelled = {_plain(name) for name in self._names}

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        if _plain(name) in self._spelled:
            return True
        account = _account(name)
        if account is None:
            return False
        return (
            account.pw_uid == 0
            or _plain(account.pw_name) in self._spelled
            or account.pw_uid in self._uids
            or account.pw_uid in {one.pw_uid for one in map(_account, self._names) if one}
        )


def _plain(name: str) -> str:
    return name.partition("@")[0].casefold()


def _account(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None
