"""What needs a hub of its own: ``internal_ssl``, and a user who is renamed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from devcluster import Cluster
from devcluster.jupyterhub import Entry, Hub
from devcluster.layout import home

from .conftest import Site, hub_versions, install
from .slurm import ask_service
from .test_notebook import run_as_kernel

CONFIG = """
c.JupyterHub.internal_ssl = True
c.JupyterHub.internal_certs_location = given["state"] + "/certs"
c.JupyterHub.public_url = given["url"]
c.ConfigurableHTTPProxy.api_url = "https://127.0.0.1:%d" % given["proxy_port"]
c.JupyterHub.services.append({"name": "operator", "api_token": "of-the-operator-of-this-test"})
c.JupyterHub.load_roles.append(
    {"name": "operator", "scopes": ["admin:users"], "services": ["operator"]}
)
"""
OPERATOR = {"Authorization": "token of-the-operator-of-this-test"}


@pytest.fixture(scope="module", params=hub_versions())
def ssl_site(
    request: pytest.FixtureRequest, wheel: Path, clusters: dict[str, Cluster]
) -> Iterator[Site]:
    folder = home() / "tests" / f"hub-ssl-{request.param}-run-{os.getpid()}"
    entries = {"forky": Entry(clusters["forky"])}
    hub = Hub(entries, install(wheel, request.param), folder, config=CONFIG)
    hub.up()
    found = Site(hub, {"forky": clusters["forky"]})
    yield found
    for browser in found.browsers.values():
        browser.close()
    hub.down()


def test_panel_and_magics_with_internal_ssl(ssl_site: Site) -> None:
    alice = ssl_site.browser("alice")
    assert ssl_site.server_environment("alice")["JUPYTERHUB_SERVICE_URL"].startswith("https:")
    listed = alice.slurm("GET", "clusters").json()["clusters"]
    assert [(entry["reachable"], entry["user"]) for entry in listed] == [(True, "alice")]
    output = run_as_kernel(
        ssl_site, "alice", "%load_ext jupyter_slurm_rest\n%slurm partitions --cluster forky\n"
    )
    assert "debug" in output, output


def test_a_user_renamed_with_a_running_server_is_told_to_restart_it(ssl_site: Site) -> None:
    bob = ssl_site.browser("bob")
    token = ssl_site.hub_token("bob")
    assert ask_service(ssl_site.hub, "forky", token).status_code == 200
    renamed = bob.raw("PATCH", "/hub/api/users/bob", json={"name": "robert"}, headers=OPERATOR)
    assert renamed.status_code == 200, renamed.text
    try:
        response = ask_service(ssl_site.hub, "forky", token)
        assert (response.status_code, response.json()["code"]) == (403, "scope_missing")
        assert "Restart your server" in response.json()["message"]
    finally:
        bob.raw("PATCH", "/hub/api/users/robert", json={"name": "bob"}, headers=OPERATOR)
