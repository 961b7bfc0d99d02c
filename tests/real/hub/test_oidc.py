"""Users log in at an OpenID provider; Slurm trusts its keys; servers get the access token."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from devcluster import Cluster
from devcluster.jupyterhub import Entry, Hub, free_ports
from devcluster.layout import home
from tests.real.instances import need_root

from .browser import Browser
from .conftest import hub_versions, install
from .openid_provider import CLIENT_ID, CLIENT_SECRET
from .slurm import ask_service, owner_of, slurm_accepts

#: Seconds that an access token lives at this provider.
LIFETIME = 20

CONFIG = """
c.JupyterHub.authenticator_class = "generic-oauth"
c.GenericOAuthenticator.client_id = {client!r}
c.GenericOAuthenticator.client_secret = {secret!r}
c.GenericOAuthenticator.authorize_url = {issuer!r} + "/authorize"
c.GenericOAuthenticator.token_url = {issuer!r} + "/token"
c.GenericOAuthenticator.userdata_url = {issuer!r} + "/userinfo"
c.GenericOAuthenticator.oauth_callback_url = given["url"] + "/hub/oauth_callback"
c.GenericOAuthenticator.username_claim = "preferred_username"
c.GenericOAuthenticator.scope = ["openid", "offline_access"]
c.GenericOAuthenticator.enable_auth_state = True
c.GenericOAuthenticator.auth_refresh_age = 5
c.JupyterHub.load_roles[-1]["scopes"] += ["read:users:name", "admin:auth_state"]
"""


@dataclass
class Provider:
    """A running OpenID provider."""

    url: str
    jwks: Path


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    need_root()
    key = tmp_path_factory.mktemp("provider") / "key.pem"
    subprocess.run(["openssl", "genrsa", "-out", str(key), "2048"], check=True, capture_output=True)
    program = [sys.executable, str(Path(__file__).with_name("openid_provider.py"))]
    jwks = Path(tempfile.gettempdir()) / f"provider-jwks-{os.getpid()}.json"
    printed = subprocess.run([*program, "jwks", str(key), "0"], check=True, capture_output=True)
    jwks.write_bytes(printed.stdout)
    jwks.chmod(0o644)
    (port,) = free_ports(1)
    process = subprocess.Popen(
        [*program, str(port), str(key), str(LIFETIME)],
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"},
    )
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 20
    while not _responses(url):
        assert time.monotonic() < deadline, "the OpenID provider did not start"
        time.sleep(0.1)
    yield Provider(url, jwks)
    process.terminate()
    process.wait()
    jwks.unlink()


def _responses(url: str) -> bool:
    try:
        return httpx.get(url + "/jwks").status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module")
def cluster(provider: Provider) -> Iterator[Cluster]:
    """26.05 that trusts the provider's keys."""
    instance = (os.environ.get("DEVCLUSTER_INSTANCE") or "test") + "-oidc"
    shared = Cluster("forky", instance).layout.jwt_key
    parameters = f"AuthAltParameters=jwks={provider.jwks},jwt_key={shared}"
    found = Cluster("forky", instance, slurm_conf=[parameters], slurmdbd_conf=[parameters])
    found.up()
    yield found
    found.down()


@pytest.fixture(scope="module", params=hub_versions()[:1])
def hub(
    request: pytest.FixtureRequest, wheel: Path, cluster: Cluster, provider: Provider
) -> Iterator[Hub]:
    config = CONFIG.format(client=CLIENT_ID, secret=CLIENT_SECRET, issuer=provider.url)
    found = Hub(
        {"forky": Entry(cluster, {"mode": "oidc"}, provider="oidc")},
        install(wheel, request.param),
        home() / "tests" / f"hub-oidc-{os.getpid()}",
        config=config,
        environment={"JUPYTERHUB_CRYPT_KEY": secrets.token_hex(32)},
    )
    found.up()
    yield found
    found.down()


@pytest.fixture
def browser(hub: Hub) -> Iterator[Browser]:
    found = Browser(hub.url, "alice")
    yield found
    found.close()


def test_the_access_token_is_handed_out_and_refreshed(
    hub: Hub, provider: Provider, cluster: Cluster, browser: Browser
) -> None:
    alice = browser
    page = alice.raw("GET", "/hub/oauth_login")
    assert page.url.path == "/authorize"
    alice.raw("POST", str(page.url), data={"user": "alice"})
    alice.start_server()
    ((_, environment),) = hub.servers().items()
    hub_token = environment["JUPYTERHUB_API_TOKEN"]

    first = patiently(hub, hub_token).json()
    assert set(first) == {"token", "username", "expires_in", "cluster"}
    assert first["username"] == owner_of(first["token"]) == "alice"
    assert first["expires_in"] <= LIFETIME
    assert slurm_accepts(cluster, first["token"], "alice")

    # The extension in alice's server uses it too, and is not disturbed by its end.
    listed = alice.slurm("GET", "clusters/forky/jobs?scope=mine")
    assert listed.status_code == 200, listed.text
    time.sleep(LIFETIME + 1)
    listed = alice.slurm("GET", "clusters/forky/jobs?scope=mine")
    assert listed.status_code == 200, listed.text
    assert not slurm_accepts(cluster, first["token"], "alice")
    second = patiently(hub, hub_token).json()
    assert second["token"] != first["token"]
    assert slurm_accepts(cluster, second["token"], "alice")

    # Logged out at the provider: what was handed out lives on, then nothing more comes.
    httpx.post(provider.url + "/revoke")
    time.sleep(LIFETIME)
    ended = patiently(hub, hub_token)
    assert (ended.status_code, ended.json()["code"]) == (401, "login_expired")
    assert "Log in at the hub again" in ended.json()["message"]


def patiently(hub: Hub, hub_token: str) -> httpx.Response:
    """Ask for a token until the service stops returning "retry later"."""
    for _ in range(30):
        response = ask_service(hub, "forky", hub_token)
        if response.json().get("code") != "token_renewing":
            break
        time.sleep(response.json()["retry_after"])
    return response
