"""Tokens from an issuer on the network: the JupyterHub service, or a site's portal.

The user makes a portal token in the site's web portal and may revoke it there. It is sent as
the password of HTTP basic authentication; the response holds a short-lived Slurm token. Names
of parameters and fields are the site's.
"""

from __future__ import annotations

import asyncio
import getpass
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit

from jupyter_slurm_rest.tokens.errors import (
    AccountNotLinked,
    LoginExpired,
    ScopeMissing,
    SourceMisconfigured,
    SourceUnreachable,
    TokenError,
    TokenMissing,
    TokenRefused,
    TokenRenewing,
    TooManyRequests,
)
from jupyter_slurm_rest.tokens.service import Endpoint, Reply, Tls
from jupyter_slurm_rest.tokens.sources import SecretFile
from jupyter_slurm_rest.tokens.token import Token, read_token, token_from_text

#: The service's default port and prefix, on the host of the hub's API.
SERVICE_PORT = 8182
SERVICE_PREFIX = "/services/slurm-token/"
#: Seconds to wait at most when the service returns Retry-After.
LONGEST_WAIT = 6.0
#: Attempts while the hub renews an access token, which it does just after it expired.
ATTEMPTS = 4

_REFUSALS: dict[str, type[TokenError]] = {
    error.code: error
    for error in (
        AccountNotLinked,
        LoginExpired,
        ScopeMissing,
        SourceUnreachable,
        TokenRefused,
        TokenRenewing,
        TooManyRequests,
    )
}


def service_endpoint(
    what: str,
    url: str | None = None,
    cluster: str | None = None,
    tls_ca: str | None = None,
    tls_cert: str | None = None,
    tls_key: str | None = None,
    *,
    timeout: float,
) -> Endpoint:
    """The service's endpoint for ``what`` of a cluster, from the options of a provider."""
    base = (url or os.environ.get("JUPYTER_SLURM_REST_TOKEN_URL") or _beside_the_hub()).rstrip("/")
    path = f"/clusters/{quote(cluster, safe='')}/{what}" if cluster else f"/{what}"
    tls = Tls(tls_ca, tls_cert, tls_key) if tls_ca or tls_cert else Tls.of_jupyterhub()
    return Endpoint(base.removesuffix("/token") + path, tls=tls, timeout=timeout)


def own_hub_token() -> dict[str, str]:
    """The header that identifies this server to the service."""
    hub_token = os.environ.get("JUPYTERHUB_API_TOKEN")
    if not hub_token:
        raise SourceMisconfigured(
            "JUPYTERHUB_API_TOKEN is not set: the provider 'hub' works only in servers "
            "started by JupyterHub."
        )
    return {"Authorization": f"Bearer {hub_token}"}


class HubSource:
    """Asks with the server's own hub token, which tells the service the user.

    ``url`` is the service's (default: ``$JUPYTER_SLURM_REST_TOKEN_URL``, else port 8182 on
    the hub's own host), ``cluster`` the name the service knows the cluster by.
    """

    name = "hub"
    remote = True

    def __init__(
        self,
        url: str | None = None,
        cluster: str | None = None,
        tls_ca: str | None = None,
        tls_cert: str | None = None,
        tls_key: str | None = None,
        timeout: float = 10.0,
        user_claim: str | None = None,
    ) -> None:
        self._endpoint = service_endpoint(
            "token", url, cluster, tls_ca, tls_cert, tls_key, timeout=timeout
        )
        self._user_claim = user_claim

    async def fetch(self) -> Token:
        """Ask the service for a token of this server's owner."""
        reply = await self._endpoint.ask("POST", headers=own_hub_token())
        if reply.status != 200:
            raise _refusal(reply)
        value, lifetime = reply.body.get("token"), reply.body.get("expires_in")
        if not isinstance(value, str) or not isinstance(lifetime, (int, float)):
            raise SourceMisconfigured("The token service's response contains no token.")
        token = read_token(value, user_claim=self._user_claim, lifetime=float(lifetime))
        if token.username != reply.body.get("username"):
            raise TokenRefused("The token service sent a token of another user than it named.")
        return token

    async def changed(self) -> bool:
        """Not known: the service does not call back."""
        return False


class OidcSource(HubSource):
    """The access token of the user's login (OpenID Connect), which Slurm accepts itself.

    The hub keeps it in its encrypted auth state, with the refresh token, which must not leave
    the hub. So servers get it from the service, whose cluster has ``mode: oidc``.
    ``user_claim`` is Slurm's ``userclaimfield=``, if the site uses that instead of ``sun``.
    """

    name = "oidc"

    async def fetch(self) -> Token:
        """Ask the service, and again while the hub renews the token."""
        for _ in range(ATTEMPTS):
            try:
                return await super().fetch()
            except TokenRenewing as renewing:
                await asyncio.sleep(renewing.seconds)
        return await super().fetch()


def _beside_the_hub() -> str:
    host = urlsplit(os.environ.get("JUPYTERHUB_API_URL", "")).hostname
    if not host:
        raise SourceMisconfigured(
            "The token service's address is unknown. Set JUPYTER_SLURM_REST_TOKEN_URL or the "
            "option 'url'."
        )
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{SERVICE_PORT}{SERVICE_PREFIX}"


def _refusal(reply: Reply) -> TokenError:
    code, message = reply.body.get("code"), reply.body.get("message")
    if isinstance(code, str) and code in _REFUSALS and isinstance(message, str):
        refusal = _REFUSALS[code](message[:500])
        seconds = reply.body.get("retry_after")
        if isinstance(refusal, TokenRenewing) and isinstance(seconds, (int, float)):
            refusal.seconds = min(float(seconds), LONGEST_WAIT)
        return refusal
    if reply.status >= 500:
        return SourceUnreachable(f"The token service failed (HTTP {reply.status}).")
    return SourceMisconfigured(
        f"The server at the token service's URL is not the token service (HTTP {reply.status})."
    )


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
        reserved = {lifespan_parameter: str(lifespan), user_parameter: self._username}
        self._parameters = _as_text(parameters or {})
        for name, value in reserved.items():
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
            raise TokenMissing("The pasted text is empty.")
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
