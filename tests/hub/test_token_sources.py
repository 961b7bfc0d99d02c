"""The providers ``hub`` and ``oidc`` against the service itself."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest
from tornado.web import Application, RequestHandler

from jupyter_slurm_rest.tokens import TokenError, make_provider
from jupyter_slurm_rest.tokens.errors import SourceMisconfigured
from tests.tokens.tokens import make_token

from .rig import FakeHub, running, server_model, serving


@pytest.fixture(autouse=True)
def alices_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "alice-server")
    monkeypatch.setenv("JUPYTERHUB_API_URL", "http://hub:8081/hub/api")


async def test_fifty_requests_share_one_token(hub: FakeHub, key_file: Path) -> None:
    async with running(hub, key_file=str(key_file)) as service:
        provider = make_provider("", url=service.url)
        tokens = await asyncio.gather(*(provider.acquire() for _ in range(50)))
    assert provider.name == "hub"
    assert {token.username for token in tokens} == {"alice"}
    assert len({token.value for token in tokens}) == 1
    assert hub.asked == 1
    assert tokens[0].lifetime == 600


@pytest.mark.parametrize("suffix", ["", "token", "/token"])
async def test_the_url_may_end_in_token(hub: FakeHub, key_file: Path, suffix: str) -> None:
    async with running(hub, clusters={"maxwell": {"key_file": str(key_file)}}) as service:
        url = service.url.rstrip("/") + ("/" + suffix.lstrip("/") if suffix else "")
        token = await make_provider("hub", url=url, cluster="maxwell").acquire()
    assert token.username == "alice"


@pytest.mark.parametrize(
    ("change", "action", "words"),
    [
        ({"scopes": ["access:servers!server=alice/"]}, "restart", "Restart your server"),
        ({"name": "root", "scopes": server_model("root")["scopes"]}, "admin", "No Slurm account"),
        (None, "login", "Log in at the hub again"),
    ],
)
async def test_a_refusal_says_what_helps(
    hub: FakeHub, key_file: Path, change: dict[str, Any] | None, action: str, words: str
) -> None:
    if change is None:
        hub.models.clear()
    else:
        hub.models["alice-server"] |= change
    async with running(hub, key_file=str(key_file)) as service:
        with pytest.raises(TokenError, match=words) as caught:
            await make_provider("hub", url=service.url).acquire()
    assert caught.value.action == action
    assert "alice-server" not in repr(caught.value)
    assert caught.value.__cause__ is None


async def test_a_service_that_is_away_is_named_without_secrets() -> None:
    provider = make_provider("hub", url="http://127.0.0.1:1/services/slurm-token/")
    with pytest.raises(TokenError, match=r"127\.0\.0\.1:1 cannot be reached \(connection refused"):
        await provider.acquire()


async def test_a_service_behind_a_closed_network_is_told_from_one_that_is_down() -> None:
    listening_but_silent = socket.create_server(("127.0.0.1", 0))
    port = listening_but_silent.getsockname()[1]
    provider = make_provider("hub", url=f"http://127.0.0.1:{port}/", timeout=0.3)
    with pytest.raises(TokenError, match="network policy") as caught:
        await provider.acquire()
    assert caught.value.action == "retry"
    listening_but_silent.close()


async def test_the_service_is_looked_for_beside_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_API_URL", "http://127.0.0.1:8081/hub/api")
    with pytest.raises(TokenError, match=r"http://127\.0\.0\.1:8182"):
        await make_provider("hub").acquire()


def responding(status: int, body: Any, headers: dict[str, str] | None = None) -> Application:
    class Response(RequestHandler):
        def post(self) -> None:
            self.set_status(status)
            for name, value in (headers or {}).items():
                self.set_header(name, value)
            self.write(body)

    return Application([(".*", Response)], log_function=lambda _: None)


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (200, {"username": "alice"}, "contains no token"),
        (200, "<html>login</html>", "contains no token"),
        (404, "<html>no</html>", "is not the token service"),
        (200, "x" * 300_000, "more than"),
        (500, {}, "failed"),
        (
            200,
            {"token": make_token("bob"), "username": "alice", "expires_in": 600},
            "another user than it named",
        ),
    ],
)
async def test_what_is_no_token_service_is_told_apart(status: int, body: Any, words: str) -> None:
    async with serving(responding(status, body)) as url:
        with pytest.raises(TokenError, match=words):
            await make_provider("hub", url=url).acquire()


async def test_the_hub_token_follows_no_redirect() -> None:
    async with (
        serving(
            responding(200, {"token": make_token(), "username": "alice", "expires_in": 9})
        ) as b,
        serving(responding(302, "", {"Location": b})) as a,
    ):
        with pytest.raises(SourceMisconfigured):
            await make_provider("hub", url=a).acquire()


@pytest.mark.parametrize("url", ["ftp://x/", "hub:8182", "http://user:pw@hub/"])
def test_a_wrong_url_is_refused_at_start(url: str) -> None:
    with pytest.raises(SourceMisconfigured):
        make_provider("hub", url=url)


async def test_oidc_gets_the_access_token_alone(hub: FakeHub) -> None:
    access = make_token("alice", 300, username="ignored")
    hub.auth_states["alice"] = {"access_token": access, "refresh_token": "R", "id_token": "I"}
    async with running(hub, clusters={"keycloak": {"mode": "oidc"}}) as service:
        response = await service.post(hub_token="alice-server")
        token = await make_provider("oidc", url=service.url, cluster="keycloak").acquire()
    assert token.value == access
    assert set(response.json()) == {"token", "username", "expires_in", "cluster"}
    assert 290 <= token.lifetime <= 300


async def test_oidc_waits_while_the_hub_renews_the_token(hub: FakeHub) -> None:
    hub.auth_states["alice"] = {"access_token": make_token("alice", 1)}
    renewed = make_token("alice", 300)
    async with running(hub, clusters={"keycloak": {"mode": "oidc"}}) as service:
        response = await service.post(hub_token="alice-server")
        assert (response.status_code, response.json()["code"]) == (503, "token_renewing")
        assert response.headers["Retry-After"] == "2"
        asking = asyncio.create_task(make_provider("oidc", url=service.url).acquire())
        await asyncio.sleep(0.5)
        hub.auth_states["alice"] = {"access_token": renewed}
        assert (await asking).value == renewed


@pytest.mark.parametrize(
    ("state", "action"),
    [
        ({"access_token": make_token("alice", -60)}, "login"),
        ({}, "login"),
        (None, "login"),
        ({"access_token": make_token("bob")}, "admin"),
        ({"access_token": make_token("root")}, "admin"),
        ({"access_token": "opaque"}, "admin"),
    ],
)
async def test_oidc_hands_out_only_good_tokens_of_the_user(
    hub: FakeHub, state: dict[str, Any] | None, action: str
) -> None:
    if state is not None:
        hub.auth_states["alice"] = state
    async with running(hub, clusters={"keycloak": {"mode": "oidc"}}) as service:
        with pytest.raises(TokenError) as caught:
            await make_provider("oidc", url=service.url).acquire()
    assert caught.value.action == action
