"""A hub with ``internal_ssl``: panel and magics reach a server that wants certificates."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from devcluster import Cluster
from devcluster.jupyterhub import Entry, Hub
from devcluster.layout import home

from .conftest import Site, hub_versions, install
from .test_magics import run_as_kernel

CONFIG = """
c.JupyterHub.internal_ssl = True
c.JupyterHub.internal_certs_location = given["state"] + "/certs"
c.JupyterHub.public_url = given["url"]
c.ConfigurableHTTPProxy.api_url = "https://127.0.0.1:%d" % given["proxy_port"]
"""


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


def test_panel_and_magics(ssl_site: Site) -> None:
    alice = ssl_site.person("alice")
    assert ssl_site.server_environment("alice")["JUPYTERHUB_SERVICE_URL"].startswith("https:")
    listed = alice.slurm("GET", "clusters").json()["clusters"]
    assert [(entry["reachable"], entry["user"]) for entry in listed] == [(True, "alice")]
    output = run_as_kernel(
        ssl_site, "alice", "%load_ext jupyter_slurm_rest\n%slurm partitions --cluster forky\n"
    )
    assert "debug" in output, output
