"""What a token is, what every source of tokens does, and whose tokens are refused."""

from __future__ import annotations

import pwd
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from .errors import TokenRefused


@dataclass(frozen=True, slots=True)
class Token:
    """A person's Slurm token, held in memory only.

    ``value`` stays out of ``repr``. ``expires_at`` is the token's own ``exp`` (seconds
    since the epoch); ``lifetime`` is how many seconds it had left when it was
    fetched, measured so that a wrong local clock does no harm where the source
    allows it.
    """

    value: str = field(repr=False)
    username: str
    expires_at: float
    lifetime: float


class TokenSource(Protocol):
    """One place tokens come from. Caching and renewal are not its business."""

    #: Short name, as in the configuration.
    name: str
    #: Asking costs a process or a request: failures are not repeated at once.
    remote: bool

    async def fetch(self) -> Token:
        """Get a token now. Raises a TokenError without a cause."""
        ...

    async def changed(self) -> bool:
        """Tell whether the source holds something newer than what ``fetch`` returned."""
        ...


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
        self._deny = DeniedUsers(deny)

    def check(self, token: Token) -> None:
        """Raise TokenRefused unless the token is the expected person's."""
        name = token.username
        if not USERNAME_PATTERN.fullmatch(name):
            raise TokenRefused("The token's user name is not one a Slurm user can have.")
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
        """The person replaced the token by hand: the next one may be another user's."""
        self._seen = None


class DeniedUsers:
    """Root, slurm and further users, however they are spelled.

    A directory may know one account as ``slurmadm``, ``SlurmAdm`` and
    ``slurmadm@example.org``, and slurmctld takes each: what counts is the account. Where
    this machine does not know it, capitals and the domain make no difference. A number
    is a uid.
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
