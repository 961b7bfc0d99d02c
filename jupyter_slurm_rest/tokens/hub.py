"""Tokens from the JupyterHub service that issues them (``python -m jupyter_slurm_rest.hub``)."""

from __future__ import annotations

import asyncio
import os
from urllib.parse import quote, urlsplit

from .errors import (
    AccountNotLinked,
    LoginExpired,
    ScopeMissing,
    SourceMisconfigured,
    SourceUnreachable,
    TokenError,
    TokenRefused,
    TokenRenewing,
    TooManyRequests,
)
from .service import Endpoint, Reply, Tls
from .token import Token, read_token

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
            raise SourceMisconfigured("The token service's response holds no token.")
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
