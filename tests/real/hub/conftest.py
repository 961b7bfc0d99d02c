"""A real JupyterHub on the clusters 22.05 and 26.05, in its two supported generations."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bench.relay import Relay
from devcluster import Cluster
from devcluster.jupyterhub import Entry, Hub
from devcluster.lab import ensure_venv
from devcluster.layout import home
from devcluster.users import REST_USER
from tests.real.instances import need_root

from .browser import Browser

ROOT = Path(__file__).parents[3]
GENERATIONS = ("host", "forky")
#: What the hub knows besides the shipped configuration: carol may visit alice's server.
EXTRA = """
c.JupyterHub.allow_named_servers = True
c.JupyterHub.cleanup_servers = False
c.JupyterHub.load_roles.append(
    {"name": "visitor", "users": ["carol"], "scopes": ["access:servers!user=alice"]})
"""


def hub_versions() -> list[str]:
    """The generations of JupyterHub to try; the first one gets every test."""
    return os.environ.get("HUB_VERSIONS", "6.1,5.5").split(",")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as it would be installed. The labextension is in it if it was built."""
    return build_wheel(tmp_path_factory.mktemp("wheel"))


def build_wheel(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run(
        [*command, f"--wheel-dir={folder}", str(ROOT)],
        check=True,
        env={**os.environ, "SKIP_JUPYTER_BUILDER": "1"},
    )
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="session")
def clusters() -> Iterator[dict[str, Cluster]]:
    """Running clusters by name, apart from those that other tests take down."""
    need_root()
    instance = (os.environ.get("DEVCLUSTER_INSTANCE") or "test") + "-hub"
    found = {name: Cluster(name, instance) for name in GENERATIONS}
    for cluster in found.values():
        cluster.up()
    yield found
    for cluster in found.values():
        cluster.down()


def install(wheel: Path, version: str) -> Path:
    """An environment with one generation of JupyterHub; returns its ``bin``."""
    # Runs side by side test different wheels.
    instance = os.environ.get("DEVCLUSTER_INSTANCE", "")
    folder = home() / "tests" / "-".join(filter(None, ["hub", version, instance]))
    return ensure_venv(
        folder, wheel, f"jupyterhub=={version}.*", "jupyterlab>=4.4,<5", "oauthenticator>=17,<18"
    )


@dataclass
class Site:
    """A running hub, its clusters, and the users who have logged in."""

    hub: Hub
    clusters: dict[str, Cluster]
    browsers: dict[str, Browser] = field(default_factory=dict)

    def browser(self, user: str) -> Browser:
        """Someone with a running server."""
        if user not in self.browsers:
            browser = self.browsers[user] = Browser(self.hub.url, user)
            browser.login(self.hub.passwords[user])
            if user in ("alice", "bob"):
                browser.start_server()
        return self.browsers[user]

    def server_environment(self, user: str, name: str = "") -> dict[str, str]:
        """Environment of someone's running server, with its hub token."""
        for environment in self.hub.servers().values():
            owner = environment.get("JUPYTERHUB_USER"), environment.get("JUPYTERHUB_SERVER_NAME")
            if owner == (user, name):
                return environment
        raise AssertionError(f"{user} has no server {name!r}")

    def hub_token(self, user: str, name: str = "") -> str:
        self.browser(user)
        return self.server_environment(user, name)["JUPYTERHUB_API_TOKEN"]


@pytest.fixture(scope="session")
def relays(clusters: dict[str, Cluster]) -> Iterator[tuple[Relay, Relay]]:
    """Two ways to the cluster ``shared`` that count what comes along: the hub's, the servers'."""
    with Relay(clusters["forky"].url) as for_hub, Relay(clusters["forky"].url) as for_servers:
        yield for_hub, for_servers


@pytest.fixture(scope="session", params=hub_versions())
def site(
    request: pytest.FixtureRequest,
    wheel: Path,
    clusters: dict[str, Cluster],
    relays: tuple[Relay, Relay],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """A hub with alice and bob, shared by the tests of the session."""
    wrong_key = tmp_path_factory.mktemp("wrong") / "jwt.key"
    wrong_key.write_bytes(os.urandom(32))
    wrong_key.chmod(0o600)
    entries = {name: Entry(cluster) for name, cluster in clusters.items()}
    # The same cluster with tokens of a minute, and with a key that is not the cluster's.
    entries["minute"] = Entry(clusters["forky"], {"lifetime": 60})
    entries["wrong-key"] = Entry(clusters["forky"], {"key_file": str(wrong_key)})
    # What the hub reads for everybody goes through one relay, what servers read, through another.
    for_hub, for_servers = relays
    entries["shared"] = Entry(
        clusters["forky"],
        {"shared": {"url": for_hub.url, "user": REST_USER, "refresh": 1.0}},
        server={"url": for_servers.url, "shared": True},
    )
    hub = Hub(
        entries,
        install(wheel, request.param),
        home() / "tests" / f"hub-{request.param}-run-{os.getpid()}",
        config=EXTRA,
    )
    hub.up()
    found = Site(hub, clusters)
    yield found
    for browser in found.browsers.values():
        browser.close()
    hub.down()
    assert not hub.left_over()
