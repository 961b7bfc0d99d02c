"""The service over HTTPS, with and without client certificates."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tornado.testing import bind_unused_port
from tornado.web import Application

from jupyter_slurm_rest.hub.app import Listener, SlurmTokenService
from jupyter_slurm_rest.hub.callers import HubClient
from jupyter_slurm_rest.hub.errors import ConfigurationError
from jupyter_slurm_rest.tokens import TokenError, make_provider
from jupyter_slurm_rest.tokens.service import Tls

from .rig import FakeHub, serving


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """PEM files of a certificate for 127.0.0.1 that is its own authority, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "tls.crt", folder / "tls.key"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=slurm-token"
    command += f" -addext subjectAltName=IP:127.0.0.1 -keyout {key} -out {cert}"
    subprocess.run(command.split(), check=True, capture_output=True)
    return str(cert), str(key)


@contextlib.asynccontextmanager
async def running_tls(
    hub: FakeHub, key_file: Path, certificate: tuple[str, str], client_ca: str = ""
) -> AsyncIterator[str]:
    app = SlurmTokenService(service_name="slurm-token", key_file=str(key_file))
    async with serving(hub.application()) as hub_url:
        client = HubClient(hub_url + "/hub/api", "service-token", Tls())
        routes, _ = app.make_application(client)
        probe, port = bind_unused_port()
        probe.close()
        url = f"https://127.0.0.1:{port}"
        server = Listener(url, *certificate, client_ca).open(routes)
        yield url + "/services/slurm-token/"
        server.stop()
        await server.close_all_connections()


@pytest.fixture(autouse=True)
def alices_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "alice-server")


async def test_servers_trust_the_services_authority_when_told(
    hub: FakeHub, key_file: Path, certificate: tuple[str, str]
) -> None:
    async with running_tls(hub, key_file, certificate) as url:
        with pytest.raises(TokenError, match="its certificate is not trusted"):
            await make_provider("hub", url=url).acquire()
        token = await make_provider("hub", url=url, tls_ca=certificate[0]).acquire()
    assert token.username == "alice"


async def test_the_hubs_internal_certificates_are_used_by_themselves(
    hub: FakeHub, key_file: Path, certificate: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cert, key = certificate
    monkeypatch.setenv("JUPYTERHUB_SSL_CLIENT_CA", cert)
    monkeypatch.setenv("JUPYTERHUB_SSL_CERTFILE", cert)
    monkeypatch.setenv("JUPYTERHUB_SSL_KEYFILE", key)
    async with running_tls(hub, key_file, certificate, client_ca=cert) as url:
        assert (await make_provider("hub", url=url).acquire()).username == "alice"
        with pytest.raises(TokenError, match="cannot be reached"):
            await make_provider("hub", url=url, tls_ca=cert).acquire()


def test_https_without_a_certificate_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="tls_cert"):
        Listener("https://127.0.0.1:1").open(Application())
    with pytest.raises(ConfigurationError, match="cannot be used"):
        Listener("https://127.0.0.1:1", str(tmp_path / "none.crt")).open(Application())
