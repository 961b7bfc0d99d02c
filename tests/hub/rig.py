"""The service on a real port, and a hub that responds as the real one does."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler

from jupyter_slurm_rest.hub.app import SlurmTokenService
from jupyter_slurm_rest.hub.callers import HubClient
from jupyter_slurm_rest.tokens.service import Tls

KEY = bytes(range(32))
SCOPE = "access:services!service=slurm-token"


def write_key(path: Path, key: bytes) -> Path:
    path.write_bytes(key)
    path.chmod(0o600)
    return path


def server_model(name: str, server: str = "", **changes: Any) -> dict[str, Any]:
    """What JupyterHub says of a single-user server's token (as recorded from 6.1)."""
    return {
        "name": name,
        "kind": "user",
        "groups": [],
        "scopes": [
            f"access:servers!server={name}/{server}",
            SCOPE,
            f"read:users:groups!user={name}",
            f"read:users:name!user={name}",
            f"users:activity!user={name}",
        ],
        **changes,
    }


@dataclass
class FakeHub:
    """Tokens and their models; ``auth_states`` by user name."""

    models: dict[str, dict[str, Any]] = field(default_factory=dict)
    auth_states: dict[str, dict[str, Any]] = field(default_factory=dict)
    authenticator: str = "jupyterhub.auth.PAMAuthenticator"
    status: int = 200
    asked: int = 0
    paths: list[str] = field(default_factory=list)

    def application(self) -> Application:
        hub = self

        class Response(RequestHandler):
            def get(self, path: str) -> None:
                hub.asked += 1
                hub.paths.append(self.request.path.removeprefix("/hub/api/"))
                token = self.request.headers["Authorization"].removeprefix("token ")
                if hub.status != 200:
                    self.set_status(hub.status)
                elif path == "user" and token in hub.models:
                    self.write(hub.models[token])
                elif path.startswith("users/") and token == "service-token":
                    self.write({"auth_state": hub.auth_states.get(path[6:])})
                elif path == "info" and token == "service-token":
                    self.write({"authenticator": {"class": hub.authenticator}})
                else:
                    self.set_status(403)

        return Application([(r"/hub/api/(.*)", Response)], log_function=lambda _: None)


@dataclass
class Running:
    """The service's address, and requests to it."""

    url: str

    async def post(self, path: str = "token", hub_token: str = "", **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {hub_token}"} if hub_token else {}
        headers |= more.pop("headers", {})
        async with httpx.AsyncClient() as client:
            return await client.post(self.url + path, headers=headers, **more)

    async def get(self, path: str, hub_token: str = "") -> httpx.Response:
        headers = {"Authorization": f"Bearer {hub_token}"} if hub_token else {}
        async with httpx.AsyncClient() as client:
            return await client.get(self.url + path, headers=headers)


@contextlib.asynccontextmanager
async def serving(application: Application) -> AsyncIterator[str]:
    """Serve on a free port of loopback."""
    socket, port = bind_unused_port()
    server = HTTPServer(application)
    server.add_sockets([socket])
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.stop()
        await server.close_all_connections()


@contextlib.asynccontextmanager
async def running(hub: FakeHub, **settings: Any) -> AsyncIterator[Running]:
    """Run the service with settings of SlurmTokenService."""
    settings.setdefault("service_name", "slurm-token")
    app = SlurmTokenService(**settings)
    async with serving(hub.application()) as hub_url:
        client = HubClient(hub_url + "/hub/api", "service-token", Tls())
        routes, service = app.make_application(client)
        async with serving(routes) as url:
            yield Running(url + "/services/slurm-token/")
        for reader in service.readers.values():
            await reader.close()
