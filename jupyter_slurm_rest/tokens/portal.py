"""Tokens from a site's token portal.

The user makes a portal token in the site's web portal and may revoke it there. It is sent as
the password of HTTP basic authentication; the response holds a short-lived Slurm token. Names
of parameters and fields are the site's.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping
from pathlib import Path

from .errors import SourceMisconfigured, SourceUnreachable, TokenMissing
from .secret_file import SecretFile
from .service import Endpoint, Tls
from .token import Token, read_token, token_from_text


class PortalSource:
    """GET ``url?lifespan=...&user=...`` with basic authentication -> ``{"token": ...}``.

    The portal token comes from ``secret_file`` (mode 0600, read again when it changes)
    or is pasted and kept in memory. ``url`` keeps a query of its own, and ``parameters``
    adds fixed ones. An empty parameter name leaves that parameter out. ``username`` is the
    portal's user; the default is the hub's user, outside of a hub the process's.
    """

    name = "portal"
    remote = True

    def __init__(
        self,
        url: str,
        username: str | None = None,
        secret_file: str | None = None,
        lifespan: int = 3600,
        lifespan_parameter: str = "lifespan",
        user_parameter: str = "user",
        parameters: Mapping[str, str | int] | None = None,
        token_field: str = "token",  # noqa: S107 -- the name of a JSON field
        tls_ca: str | None = None,
        timeout: float = 10.0,
        user_claim: str | None = None,
    ) -> None:
        self._endpoint = Endpoint(url, tls=Tls(tls_ca), timeout=timeout)
        # In a container, the process's user is the image's, not the hub's.
        self._username = username or os.environ.get("JUPYTERHUB_USER") or getpass.getuser()
        self._path = Path(secret_file).expanduser() if secret_file else None
        self._file = SecretFile(self._path) if self._path else None
        asked = {lifespan_parameter: str(lifespan), user_parameter: self._username}
        self._parameters = _as_text(parameters or {})
        for name, value in asked.items():
            if name in self._parameters:
                raise SourceMisconfigured(
                    f"The portal's parameter {name!r} is set twice: leave it out of 'parameters', "
                    "or rename it with 'lifespan_parameter' or 'user_parameter'."
                )
            if name:
                self._parameters[name] = value
        self._token_field = token_field
        self._user_claim = user_claim
        self._pasted = ""
        self._stamp: tuple[int, int, int] | None = None

    def paste(self, secret: str) -> None:
        """Keep a portal token in memory, in preference to the file's. Raises TokenMissing."""
        word = secret.strip()
        if not word:
            raise TokenMissing("Nothing was pasted.")
        self._pasted = word

    async def fetch(self) -> Token:
        """Exchange the portal token for a Slurm token."""
        secret = self._pasted or await self._read_secret()
        reply = await self._endpoint.ask(
            "GET", params=self._parameters, basic=(self._username, secret)
        )
        if reply.status in (401, 403):
            raise TokenMissing(
                f"The portal refused the portal token of {self._username} (HTTP {reply.status}): "
                "it may be revoked or expired. Make a new one in the portal and paste it."
            )
        if reply.status != 200:
            raise SourceUnreachable(f"The token portal failed (HTTP {reply.status}).")
        value = reply.body.get(self._token_field)
        if not isinstance(value, str):
            raise SourceMisconfigured(
                f"The token portal's response has no field {self._token_field!r}."
            )
        return read_token(token_from_text(value), user_claim=self._user_claim, fresh=True)

    async def changed(self) -> bool:
        """Whether the file holds another portal token than the one last used."""
        if self._file is None or self._stamp is None or self._pasted:
            return False
        stamp = await self._file.stamp()
        return stamp is not None and stamp != self._stamp

    async def _read_secret(self) -> str:
        if self._file is None:
            raise TokenMissing("Paste your portal token to get Slurm tokens.")
        text, self._stamp = await self._file.read()
        if not text.strip():
            raise TokenMissing(f"The portal token file {self._path} is empty.")
        return text.strip()


def _as_text(parameters: object) -> dict[str, str]:
    if not isinstance(parameters, Mapping) or not all(
        isinstance(name, str) and isinstance(value, (str, int))
        for name, value in parameters.items()
    ):
        raise SourceMisconfigured(
            "The portal's 'parameters' must be a dictionary of strings, such as "
            "{'cli_api': '4.6.0'}."
        )
    return {name: str(value) for name, value in parameters.items()}
