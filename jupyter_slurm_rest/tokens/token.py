"""Slurm tokens: reading the user and the lifetime of one, and whose are accepted.

Signatures are not verified, which is Slurm's task: what is read here serves to refuse a
token early.
"""

from __future__ import annotations

import pwd
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import jwt

from .errors import TokenExpired, TokenMalformed, TokenRefused

#: Three base64url parts, as every JWT has; safe in a header.
TOKEN_PATTERN = re.compile(r"[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]{2,}")
#: Tokens with group lists are a few KB; Slurm 22.05 to 26.05 accepted one of 65,356 characters.
MAX_TOKEN_CHARACTERS = 65_000
#: What slurmctld verifies; every release refuses other algorithms.
ALGORITHMS = ("HS256", "RS256")
#: The claims Slurm reads the user's name from, in its order.
USER_CLAIMS = ("sun", "username")
#: Seconds since the epoch: the end of the year 9999.
_LAST_MOMENT = 253_402_300_800


@dataclass(frozen=True, slots=True)
class Token:
    """A user's Slurm token, held in memory only.

    ``value`` stays out of ``repr``. ``expires_at`` is the token's own ``exp`` (seconds
    since the epoch); ``lifetime`` is how many seconds it had left when it was
    fetched, measured independently of the local clock where the source allows it.
    """

    value: str = field(repr=False)
    username: str
    expires_at: float
    lifetime: float


def read_token(
    value: str,
    *,
    user_claim: str | None = None,
    fresh: bool = False,
    lifetime: float | None = None,
) -> Token:
    """Read user and expiry out of a token.

    ``user_claim`` is Slurm's ``userclaimfield=``. With ``fresh`` the token was made for
    this request, so ``exp - iat`` is its lifetime whatever the local clock says;
    ``lifetime`` (seconds) is what the source said. Raises TokenMalformed (also for tokens
    that no Slurm accepts), TokenRefused or TokenExpired.
    """
    if len(value) > MAX_TOKEN_CHARACTERS:
        raise TokenMalformed(
            f"The token has more than {MAX_TOKEN_CHARACTERS:,} characters. Leave out what Slurm "
            "does not read, such as lists of groups."
        )
    if not TOKEN_PATTERN.fullmatch(value):
        raise TokenMalformed("This is not a Slurm token: three parts joined by dots were expected.")
    try:
        claims = jwt.decode(value, options={"verify_signature": False})
        _check_header(jwt.get_unverified_header(value))
    except (jwt.PyJWTError, RecursionError):
        raise TokenMalformed("The token's contents cannot be read.") from None
    expires_at, issued_at = _expiry(claims.get("exp")), _number(claims.get("iat"))
    if lifetime is None:
        made_at = issued_at if fresh and issued_at is not None else time.time()
        lifetime = expires_at - made_at
    if lifetime <= 0:
        raise TokenExpired("The token has expired.")
    return Token(value, _username(claims, user_claim), expires_at, lifetime)


@dataclass(frozen=True, slots=True)
class TokenHeader:
    """``alg``, ``kid`` (empty: none) and ``typ`` of a token's header."""

    algorithm: str
    key_id: str
    type: str


def token_header(token: Token) -> TokenHeader:
    """The header of a token that :func:`read_token` accepted."""
    header = jwt.get_unverified_header(token.value)
    return TokenHeader(
        str(header["alg"]), str(header.get("kid") or ""), str(header.get("typ") or "JWT")
    )


def _check_header(header: Mapping[str, object]) -> None:
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        raise TokenMalformed(
            f"The token is signed with {algorithm!r:.20}. Slurm accepts HS256 and RS256 only."
        )
    if algorithm == "RS256" and not header.get("kid"):
        raise TokenMalformed(
            "The token is signed with RS256 and does not name its key (header kid). Slurm "
            "looks for the key by this name in its JWKS file and refuses a token without one."
        )


def _expiry(value: object) -> float:
    if value is None:
        raise TokenMalformed("The token has no expiry time (claim exp). Slurm refuses it.")
    if not isinstance(value, int) or isinstance(value, bool):
        raise TokenMalformed(
            "The token's expiry time (claim exp) is not a whole number of seconds. Slurm "
            "refuses it: use int(time.time()) + 600 where the token is created."
        )
    if (seconds := _number(value)) is None:
        raise TokenMalformed("The token's expiry time (claim exp) is out of range.")
    return seconds


def _username(claims: dict[str, object], user_claim: str | None) -> str:
    identity = claims.get("id")
    carried = identity.get("name") if isinstance(identity, dict) else None
    named = [claims.get(claim) for claim in (*USER_CLAIMS, user_claim) if claim]
    names = [name for name in (*named, carried) if isinstance(name, str) and name]
    if not names:
        raise TokenMalformed("The token names no Slurm user (claim sun or username).")
    # Which of these Slurm uses depends on use_jwt_client_ids: they must agree.
    if claims.get("uid") in (0, "0") or (carried and carried != names[0]):
        raise TokenRefused("The token's identity claims (uid, id) are not those of its user.")
    return names[0]


def _number(value: object) -> float | None:
    # Python's JSON accepts NaN and Infinity, and bool is an int.
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if abs(value) < _LAST_MOMENT else None


def token_from_text(text: str) -> str:
    """Accept a bare token or the ``SLURM_JWT=...`` line that ``scontrol token`` prints."""
    for line in text.splitlines():
        word = line.strip().removeprefix("export ").removeprefix("SLURM_JWT=").strip("\"'")
        if word:
            return word
    return ""


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
