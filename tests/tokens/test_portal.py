"""A site's token portal: a long-lived token is exchanged for Slurm tokens."""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler

from jupyter_slurm_rest.tokens import TokenError, make_provider

from .tokens import make_token


class Portal:
    """Knows alice's portal token, and keeps the requests."""

    secret = "portal-secret"
    field = "token"

    def __init__(self) -> None:
        self.queries: list[dict[str, str]] = []

    def application(self) -> Application:
        portal = self

        class Response(RequestHandler):
            def get(self) -> None:
                portal.queries.append(
                    {k: self.get_query_argument(k) for k in self.request.arguments}
                )
                word = self.request.headers["Authorization"].removeprefix("Basic ")
                if base64.b64decode(word).decode() != f"alice:{portal.secret}":
                    self.set_status(401)
                else:
                    self.write({portal.field: make_token("alice", 600)})

        return Application([("/token", Response)], log_function=lambda _: None)


@contextlib.asynccontextmanager
async def serving(portal: Portal) -> AsyncIterator[str]:
    socket, port = bind_unused_port()
    server = HTTPServer(portal.application())
    server.add_sockets([socket])
    yield f"http://127.0.0.1:{port}/token"
    server.stop()
    await server.close_all_connections()


def secret_file(path: Path, secret: str, mode: int = 0o600) -> str:
    path.write_text(secret + "\n")
    path.chmod(mode)
    return str(path)


async def test_the_portal_token_is_exchanged(tmp_path: Path) -> None:
    portal = Portal()
    path = secret_file(tmp_path / "portal", portal.secret)
    async with serving(portal) as url:
        provider = make_provider("portal", url=url, username="alice", secret_file=path)
        tokens = await asyncio.gather(*(provider.acquire() for _ in range(50)))
    assert {token.username for token in tokens} == {"alice"}
    assert portal.queries == [{"lifespan": "3600", "user": "alice"}]


async def test_the_sites_names_are_used() -> None:
    portal = Portal()
    portal.field = "jwt"
    async with serving(portal) as url:
        provider = make_provider(
            "portal",
            url=url,
            username="alice",
            lifespan=900,
            lifespan_parameter="seconds",
            user_parameter="",
            token_field="jwt",
        )
        provider.paste(portal.secret)
        assert (await provider.acquire()).username == "alice"
    assert portal.queries == [{"seconds": "900"}]


async def test_desys_portal_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A URL with a query of its own, the user in ``stu``, in a container of JupyterHub."""
    monkeypatch.setenv("JUPYTERHUB_USER", "alice")
    portal = Portal()
    async with serving(portal) as url:
        provider = make_provider(
            "portal",
            url=f"{url}?cli_api=4.6.0",
            user_parameter="stu",
            lifespan_parameter="",
        )
        provider.paste(portal.secret)
        assert (await provider.acquire()).username == "alice"
    assert portal.queries == [{"cli_api": "4.6.0", "stu": "alice"}]


async def test_fixed_parameters_join_the_query_of_the_url() -> None:
    portal = Portal()
    async with serving(portal) as url:
        provider = make_provider(
            "portal",
            url=f"{url}?a=1%262&b=",
            username="alice",
            parameters={"cli_api": "4.6.0", "days": 3},
        )
        provider.paste(portal.secret)
        await provider.acquire()
    assert portal.queries == [
        {"a": "1&2", "b": "", "cli_api": "4.6.0", "days": "3", "lifespan": "3600", "user": "alice"}
    ]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"parameters": {"user": "bob"}}, "'user' is set twice"),
        ({"parameters": "cli_api=4.6.0"}, "dictionary of strings"),
        ({"parameters": {"list": ["a"]}}, "dictionary of strings"),
        ({"url": "https://portal.example.org/token#a"}, "fragment"),
    ],
)
def test_wrong_options_are_named(options: dict[str, Any], named: str) -> None:
    given: dict[str, Any] = {"url": "https://portal.example.org/token", **options}
    with pytest.raises(TokenError, match=named):
        make_provider("portal", **given)


async def test_a_revoked_portal_token_asks_for_a_new_one() -> None:
    portal = Portal()
    async with serving(portal) as url:
        provider = make_provider("portal", url=url, username="alice")
        with pytest.raises(TokenError, match="Paste your portal token") as caught:
            await provider.acquire()
        assert caught.value.action == "paste"
        provider.paste("revoked-secret")
        with pytest.raises(TokenError, match="revoked or expired") as caught:
            await provider.acquire()
        assert caught.value.action == "paste"
        assert "revoked-secret" not in str(caught.value)
        provider.paste(portal.secret)
        assert (await provider.acquire()).username == "alice"


async def test_a_portal_token_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = secret_file(tmp_path / "portal", "x", 0o644)
    provider = make_provider("portal", url="http://127.0.0.1:1/", secret_file=path)
    with pytest.raises(TokenError, match="chmod 600"):
        await provider.acquire()


async def test_a_replaced_file_is_read_again(tmp_path: Path) -> None:
    portal = Portal()
    path = tmp_path / "portal"
    async with serving(portal) as url:
        provider = make_provider(
            "portal", url=url, username="alice", secret_file=secret_file(path, portal.secret)
        )
        await provider.acquire()
        secret_file(path, portal.secret + "-of-yesterday")
        with pytest.raises(TokenError, match="revoked or expired"):
            await provider.acquire()
