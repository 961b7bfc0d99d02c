"""Configurations that the service refuses to start with, and its command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from jupyter_slurm_rest.hub.app import SlurmTokenService, warn_of_weak_login
from jupyter_slurm_rest.hub.callers import HubClient
from jupyter_slurm_rest.hub.errors import ConfigurationError
from jupyter_slurm_rest.tokens.service import Tls

from .rig import FakeHub, serving


def configure(**settings: Any) -> None:
    settings.setdefault("service_name", "slurm-token")
    client = HubClient("http://127.0.0.1:1/hub/api", "", Tls())
    SlurmTokenService(**settings).make_application(client)


def test_without_a_required_scope_it_does_not_start(key_file: Path) -> None:
    with pytest.raises(ConfigurationError, match="any hub token would get a Slurm token"):
        configure(key_file=str(key_file), service_name="")
    with pytest.raises(ConfigurationError, match="any hub token would get a Slurm token"):
        configure(key_file=str(key_file), required_scopes=set())


def test_the_hub_names_the_required_scopes(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_OAUTH_ACCESS_SCOPES", '["access:services!service=tokens"]')
    assert SlurmTokenService().required_scopes == {"access:services!service=tokens"}


@pytest.mark.parametrize(
    ("clusters", "words"),
    [
        ({}, "No signing key"),
        ({"x": {}}, "key_file is missing"),
        ({"x": {"key_file": "K", "lifetime": 86400}}, "between 60 and 3600"),
        ({"x": {"key_file": "K", "lifetime": 5}}, "between 60 and 3600"),
        ({"x": {"key_file": "K", "algorithm": "none"}}, "algorithm"),
        ({"x": {"key_file": "K", "life_time": 60}}, "life_time"),
        ({"a/b": {"key_file": "K"}}, "a name has letters"),
    ],
)
def test_a_wrong_cluster_is_named(key_file: Path, clusters: dict[str, Any], words: str) -> None:
    for entry in clusters.values():
        if entry.get("key_file") == "K":
            entry["key_file"] = str(key_file)
    with pytest.raises(ConfigurationError, match=words):
        configure(clusters=clusters)


def test_a_table_and_a_pattern_contradict_each_other(key_file: Path) -> None:
    with pytest.raises(ConfigurationError, match="not both"):
        configure(key_file=str(key_file), username_map={"a": "b"}, username_pattern="(?P<user>a)")


async def test_an_authenticator_that_lets_users_choose_their_name_is_warned_of(
    hub: FakeHub, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(hub.application()) as url:
        client = HubClient(url + "/hub/api", "service-token", Tls())
        await warn_of_weak_login(client)
        assert "Authenticator" not in caplog.text
        hub.authenticator = "jupyterhub.auth.DummyAuthenticator"
        await warn_of_weak_login(client)
        assert "DummyAuthenticator lets people choose their name" in caplog.text


def service_command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "jupyter_slurm_rest.hub", *arguments]


def test_the_command_says_in_a_line_why_it_does_not_start(tmp_path: Path) -> None:
    environment = {**os.environ, "JUPYTERHUB_API_URL": "http://127.0.0.1:1/hub/api"}
    environment.pop("JUPYTERHUB_SERVICE_NAME", None)
    missing = tmp_path / "none.key"
    run = subprocess.run(
        service_command(f"--key-file={missing}"),
        env={**environment, "JUPYTERHUB_SERVICE_NAME": "slurm-token"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert f"The signing key {missing} cannot be read: No such file" in run.stderr
    assert "Traceback" not in run.stderr

    typo = subprocess.run(
        service_command("--config=/etc/jupyterhb/config.py"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert typo.returncode == 1
    assert "there is no file /etc/jupyterhb/config.py" in typo.stderr


def test_the_public_keys_are_printed_for_slurm(tmp_path: Path) -> None:
    key, config = tmp_path / "rsa.pem", tmp_path / "config.py"
    subprocess.run(["openssl", "genrsa", "-out", str(key), "2048"], check=True, capture_output=True)
    config.write_text(
        f"c.SlurmTokenService.clusters = {{'x': {{'key_file': {str(key)!r}, "
        "'algorithm': 'RS256', 'kid': 'k1'}}\n"
    )
    run = subprocess.run(
        service_command("jwks", f"--config={config}"), capture_output=True, text=True, check=True
    )
    (jwk,) = json.loads(run.stdout)["keys"]
    assert jwk["kid"] == "k1"
    assert not {"d", "p", "q"} & set(jwk), "the private half stays where it is"


def test_it_listens_on_a_socket_and_stops_when_told(tmp_path: Path, key_file: Path) -> None:
    path = tmp_path / "service.sock"
    quoted = str(path).replace("/", "%2F")
    process = subprocess.Popen(
        service_command(f"--key-file={key_file}", f"--bind-url=http+unix://{quoted}"),
        env={
            **os.environ,
            "JUPYTERHUB_API_URL": "http://127.0.0.1:1/hub/api",
            "JUPYTERHUB_SERVICE_NAME": "slurm-token",
        },
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        deadline = time.monotonic() + 20
        while not path.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        with httpx.Client(transport=httpx.HTTPTransport(uds=str(path))) as client:
            response = client.get("http://localhost/services/slurm-token/health")
        assert response.json() == {"status": "ok"}
        key_file.write_bytes(b"k" * 32)
        process.send_signal(signal.SIGHUP)
        time.sleep(0.3)
    finally:
        process.terminate()
        _, log = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "Reloaded the key of default" in log
