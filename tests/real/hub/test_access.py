"""No user gets another user's token by any route."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import jwt
import pytest

from .browser import Browser
from .conftest import Site
from .slurm import ask_service, owner_of, slurm_accepts


@pytest.mark.parametrize("cluster", ["host", "forky"])
@pytest.mark.parametrize("user", ["alice", "bob"])
def test_a_server_gets_its_owners_token_and_slurm_takes_it(
    site: Site, cluster: str, user: str
) -> None:
    site.browser(user)
    response = ask_service(site.hub, cluster, site.hub_token(user))
    body = response.json()
    assert (body["username"], body["cluster"]) == (user, cluster)
    assert owner_of(body["token"]) == user
    assert slurm_accepts(site.clusters[cluster], body["token"], user)


@pytest.mark.parametrize(
    "request_parts",
    [
        {"json": {"username": "alice", "sun": "alice"}},
        {"params": {"user": "alice", "name": "alice"}},
        {"headers": {"X-SLURM-USER-NAME": "alice", "X-Forwarded-User": "alice"}},
    ],
)
def test_a_server_cannot_name_another_user(site: Site, request_parts: dict[str, Any]) -> None:
    site.browser("bob")
    response = ask_service(site.hub, "forky", site.hub_token("bob"), **request_parts)
    assert owner_of(response.json()["token"]) == "bob"


def test_slurm_refuses_bobs_token_under_alices_name(site: Site) -> None:
    site.browser("bob")
    for name, cluster in site.clusters.items():
        token = ask_service(site.hub, name, site.hub_token("bob")).json()["token"]
        assert not slurm_accepts(cluster, token, "alice")


def test_a_personal_token_and_a_services_token_get_nothing(site: Site) -> None:
    alice = site.browser("alice")
    personal = alice.hub("POST", "users/alice/tokens", json={"note": "test"}).json()["token"]
    assert ask_service(site.hub, "forky", personal).status_code == 403
    for environment in site.hub.service_environments():
        own = environment["JUPYTERHUB_API_TOKEN"]
        assert ask_service(site.hub, "forky", own).json()["code"] == "token_refused"


def test_a_personal_token_with_a_servers_scopes_gets_its_own_users_only(site: Site) -> None:
    """The limit that the manual and the help of ``servers_only`` tell of."""
    site.browser("alice")
    bob = site.browser("bob")

    def made(**asked: object) -> Any:
        return bob.hub("POST", "users/bob/tokens", json={"note": "as a server", **asked})

    service = "access:services!service=slurm-token"
    token = made(scopes=["access:servers!server=bob/", service]).json()["token"]
    response = ask_service(site.hub, "forky", token)
    assert (response.status_code, owner_of(response.json()["token"])) == (200, "bob")
    # Not another user's, and not without the service's scope.
    assert made(scopes=["access:servers!server=alice/", service]).status_code == 400
    other = made(scopes=["access:servers!server=bob/"]).json()["token"]
    assert ask_service(site.hub, "forky", other).json()["code"] == "scope_missing"


def test_a_stopped_servers_token_gets_nothing(site: Site) -> None:
    alice = site.browser("alice")
    alice.start_server("short")
    token = site.hub_token("alice", "short")
    assert ask_service(site.hub, "forky", token).status_code == 200
    alice.stop_server("short")
    response = ask_service(site.hub, "forky", token)
    assert (response.status_code, response.json()["code"]) == (401, "login_expired")


def test_named_servers_have_tokens_of_their_own_and_the_same_owner(site: Site) -> None:
    alice = site.browser("alice")
    alice.start_server("second")
    tokens = {site.hub_token("alice"), site.hub_token("alice", "second")}
    assert len(tokens) == 2
    owners = {owner_of(ask_service(site.hub, "forky", t).json()["token"]) for t in tokens}
    assert owners == {"alice"}
    assert "server=second" in site.hub.log.read_text()
    alice.stop_server("second")


def _part(value: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_forged_tokens_are_refused(site: Site) -> None:
    site.browser("bob")
    claims = {"sun": "alice", "exp": int(time.time()) + 600}
    for name, cluster in site.clusters.items():
        good = ask_service(site.hub, name, site.hub_token("bob")).json()["token"]
        head, _, signature = good.split(".")
        for forged in (
            jwt.encode(claims, b"guessed" * 8, algorithm="HS256"),
            f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(claims)}.",
            f"{head}.{_part(claims)}.{signature}",
        ):
            assert not slurm_accepts(cluster, forged, "alice")
            assert ask_service(site.hub, name, forged).status_code == 401


def test_the_service_has_no_public_address(site: Site) -> None:
    bob = site.browser("bob")
    for path in ("token", "jwks.json", "health"):
        response = bob.raw("GET", f"/services/slurm-token/{path}")
        assert response.status_code == 404


def test_bob_cannot_enter_alices_server(site: Site) -> None:
    site.browser("alice")
    response = site.browser("bob").slurm("GET", "clusters", owner="alice")
    assert response.status_code in (403, 404)


def test_an_invited_visitor_acts_on_slurm_as_nobody(site: Site) -> None:
    site.browser("alice")
    carol: Browser = site.browser("carol")
    carol.visit("alice")
    assert carol.server("GET", "api/status", owner="alice").status_code == 200
    response = carol.slurm("GET", "clusters/forky/jobs", owner="alice")
    assert response.status_code == 403
    assert "alice" in response.json()["message"]
