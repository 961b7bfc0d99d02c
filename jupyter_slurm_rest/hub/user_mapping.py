"""Maps hub users to Slurm users, and refuses those who get no token."""

from __future__ import annotations

import os
import pwd
import re
from collections.abc import Iterable, Mapping
from typing import Any

from jupyter_slurm_rest.tokens.token import USERNAME_PATTERN, DeniedUsers

from .errors import ConfigurationError, not_linked


class UserMapping:
    """Maps hub names to Slurm names, and fails closed.

    With a ``table``, only users in it have an account. With a ``pattern`` (matched
    against the whole name), its group ``user`` is the Slurm name. With neither, the
    names are the same.
    """

    def __init__(
        self,
        *,
        table: Mapping[str, str] | None = None,
        pattern: str = "",
        deny: Iterable[str] = (),
        minimum_uid: int = 1000,
    ) -> None:
        self._table = dict(table) if table else None
        self._deny = DeniedUsers(deny)
        self._minimum_uid = minimum_uid
        self._pattern = _compile(pattern) if pattern else None
        if self._table is not None and self._pattern is not None:
            raise ConfigurationError("Set username_map or username_pattern, not both.")
        for slurm_name in (self._table or {}).values():
            if list((self._table or {}).values()).count(slurm_name) > 1:
                raise ConfigurationError(
                    f"username_map gives {slurm_name!r} to more than one hub user."
                )

    def slurm_name(self, hub_name: str) -> str:
        """Return the Slurm name. Raises Refusal."""
        name = self._mapped(hub_name)
        if name is None or not USERNAME_PATTERN.fullmatch(name):
            raise not_linked(hub_name)
        if name in self._deny or self._is_system_user(name):
            raise not_linked(hub_name)
        return name

    def check_reader(self, name: str) -> None:
        """Raise ConfigurationError for users that have, or may have, privileges."""
        if not USERNAME_PATTERN.fullmatch(name):
            raise ConfigurationError(f"{name!r} is not a name that a Slurm user can have.")
        if name in self._deny:
            raise ConfigurationError(
                f"{name} may see everything; use an account without privileges."
            )

    def _mapped(self, hub_name: str) -> str | None:
        if self._table is not None:
            return self._table.get(hub_name)
        if self._pattern is not None:
            match = self._pattern.fullmatch(hub_name)
            return match["user"] if match else None
        return hub_name

    def _is_system_user(self, name: str) -> bool:
        try:
            return pwd.getpwnam(name).pw_uid < self._minimum_uid
        except KeyError:
            return False  # in a pod the users are often unknown; Slurm knows them


def identity_claims(name: str) -> dict[str, Any]:
    """The claims for ``use_jwt_client_ids``, from this machine's user directory.

    Slurm discards the identity unless every field is there and the paths are absolute.
    Raises Refusal for users unknown to this machine.
    """
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise not_linked(name) from None
    return {
        "uid": entry.pw_uid,
        "gid": entry.pw_gid,
        "id": {
            "name": name,
            "gecos": entry.pw_gecos.strip(",") or name,
            "dir": entry.pw_dir if entry.pw_dir.startswith("/") else "/",
            "shell": entry.pw_shell or "/bin/sh",
            "gids": os.getgrouplist(name, entry.pw_gid),
        },
    }


def check_groups(groups: Iterable[str], allowed: Iterable[str], hub_name: str) -> None:
    """Raise Refusal unless the user is in one of the allowed hub groups (if any are set)."""
    wanted = frozenset(allowed)
    if wanted and wanted.isdisjoint(groups):
        refusal = not_linked(hub_name)
        refusal.reason = "group_not_allowed"
        raise refusal


def _compile(pattern: str) -> re.Pattern[str]:
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ConfigurationError(f"username_pattern is not a regular expression: {error}") from None
    if "user" not in compiled.groupindex:
        raise ConfigurationError(
            r"username_pattern needs a group named user, as in (?P<user>[a-z]+)@example\.org"
        )
    return compiled
