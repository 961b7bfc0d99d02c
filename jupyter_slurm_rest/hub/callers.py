"""Identifies callers by asking the hub about their token."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from jupyterhub.services.auth import check_scopes

from jupyter_slurm_rest.tokens.errors import TokenError
from jupyter_slurm_rest.tokens.service import Endpoint, Tls

from .errors import hub_unreachable, not_a_server, not_identified, renamed, scope_missing

_SERVER_SCOPE = re.compile(r"access:servers!server=([^/]+)/(.*)")


@dataclass(frozen=True, slots=True)
class Caller:
    """A single-user server's owner. ``server`` is empty for the default server."""

    name: str
    server: str
    groups: tuple[str, ...]


class HubClient:
    """Asks the hub. Nothing is cached: a stopped server's token is refused at once.

    Not jupyterhub's ``HubAuth``: with ``hub_ca`` alone it does not verify the hub (6.1 uses
    the CA only with a client certificate), it reports 401 and 404 like a failing hub, logs
    the hub's responses, and has no public call for ``auth_state``.
    """

    def __init__(self, api_url: str, api_token: str, tls: Tls, timeout: float = 10.0) -> None:
        self._api_url = api_url.rstrip("/")
        self._api_token = api_token
        self._tls = tls
        self._timeout = timeout

    async def whoami(self, token: str) -> dict[str, object]:
        """Return the user model that belongs to a token. Raises Refusal."""
        status, body = await self._get("/user", token)
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
            raise not_identified()
        if status != HTTPStatus.OK:
            raise hub_unreachable()
        return body

    async def auth_state(self, name: str) -> dict[str, object]:
        """Return what the authenticator stored for a user. Raises Refusal.

        Needs the scope ``admin:auth_state`` for the service. The hub refreshes the
        state when the *user's* token is used, which ``whoami`` has just done.
        """
        status, body = await self._get(f"/users/{quote(name, safe='')}", self._api_token)
        state = body.get("auth_state")
        if status != HTTPStatus.OK:
            raise hub_unreachable()
        return state if isinstance(state, dict) else {}

    async def authenticator(self) -> str:
        """Return the authenticator's class; empty when the service may not read it."""
        status, body = await self._get("/info", self._api_token)
        described = body.get("authenticator")
        known = described.get("class") if isinstance(described, dict) else None
        return str(known or "") if status == HTTPStatus.OK else ""

    async def _get(self, path: str, token: str) -> tuple[int, dict[str, object]]:
        endpoint = Endpoint(self._api_url + path, tls=self._tls, timeout=self._timeout)
        try:
            reply = await endpoint.ask("GET", headers={"Authorization": f"token {token}"})
        except TokenError:
            raise hub_unreachable() from None
        return reply.status, reply.body


def check_caller(
    model: dict[str, object], required: Iterable[str], *, servers_only: bool = True
) -> Caller:
    """Turn the hub's user model into a Caller. Raises Refusal.

    Personal tokens and services' tokens are refused unless ``servers_only`` is off: they
    outlive servers, and a service may have a user's name.
    """
    name, scopes = model.get("name"), _strings(model.get("scopes"))
    if model.get("kind") != "user" or not isinstance(name, str) or not name:
        raise not_a_server("Slurm tokens are issued to users' servers only.")
    required = set(required)
    if not check_scopes(required, set(scopes)):
        raise scope_missing(" or ".join(sorted(required)))
    matches = [match for scope in scopes if (match := _SERVER_SCOPE.fullmatch(scope))]
    own = [match[2] for match in matches if match[1] == name]
    personal = any(scope.startswith("tokens") for scope in scopes)
    if servers_only and not matches and not personal and f"users:activity!user={name}" in scopes:
        # The server's owner has been renamed: the hub removed the scope of that server.
        raise renamed(name)
    if servers_only and (len(matches) != 1 or len(own) != 1 or personal):
        raise not_a_server(
            "Slurm tokens are issued to users' servers only, and this is a personal token."
        )
    return Caller(name, own[0] if own else "", tuple(_strings(model.get("groups"))))


def _strings(value: object) -> list[str]:
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []
