"""deploy/helm/slurm-token: what its pods run, run here with the rendered files."""

from __future__ import annotations

import json
import ssl
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from devcluster.jupyterhub import free_ports
from devcluster.process import Process, spawn, stop, tail, wait_until
from tests.deploy.helm import TOKEN_SERVICE, template, the

from .conftest import Site
from .slurm import owner_of, slurm_accepts

MOUNTS = "/etc/slurm-token"


@pytest.fixture(scope="module")
def replicas(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[httpx.Client]]:
    """Clients of two pods' processes, in folders as the chart's volumes lay them out."""
    folder = tmp_path_factory.mktemp("token-service")
    values = {
        "hub": {"apiUrl": f"{site.hub.url}/hub/api", "tokenSecret": {"name": ""}},
        "clusters": {"forky": {"key_file": f"{MOUNTS}/keys/cluster.key", "algorithm": "HS256"}},
        "bindAddress": "127.0.0.1",
    }
    (folder / "values.yaml").write_text(yaml.safe_dump(values))
    objects = template("slurm-token", TOKEN_SERVICE, folder / "values.yaml")
    pod = the(objects, "Deployment", "slurm-token")["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    secrets(folder, site)
    processes: list[Process] = []
    clients = []
    for number, port in enumerate(free_ports(2)):
        config = the(objects, "ConfigMap", "slurm-token-config")["data"]
        ((name, text),) = config.items()
        place = folder / f"config-{number}"
        place.mkdir()
        moved = text.replace(f"{MOUNTS}/", f"{folder}/").replace(":8182", f":{port}")
        (place / name).write_text(moved)
        command = [str(site.hub.bin_folder / "python"), *container["command"][1:]]
        command += [word.replace(f"{MOUNTS}/config", str(place)) for word in container["args"]]
        # An empty environment: the pod's has nothing that the service needs.
        processes.append(spawn(command, folder / f"log-{number}", {"LANG": "C.UTF-8"}))
        trusted = ssl.create_default_context(cafile=str(folder / "tls/tls.crt"))
        client = httpx.Client(base_url=f"https://127.0.0.1:{port}", verify=trusted)
        wait_until(
            partial(probe, client, container),
            "the service",
            seconds=30,
            failed=partial(last_words, processes[-1], folder / f"log-{number}"),
        )
        clients.append(client)
    yield clients
    for client in clients:
        client.close()
    stop(processes)
    for number in range(2):
        assert "eyJ" not in tail(folder / f"log-{number}", 1000)


def secrets(folder: Path, site: Site) -> None:
    """The files that the chart expects in its two secrets."""
    for name in ("keys", "tls"):
        (folder / name).mkdir()
    key = folder / "keys/cluster.key"
    key.write_bytes(site.clusters["forky"].layout.jwt_key.read_bytes())
    key.chmod(0o440)
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=slurm-token"
    command += f" -addext subjectAltName=IP:127.0.0.1 -keyout {folder}/tls/tls.key"
    command += f" -out {folder}/tls/tls.crt"
    subprocess.run(command.split(), check=True, capture_output=True)


def probe(client: httpx.Client, container: dict[str, Any]) -> bool:
    """What the kubelet asks."""
    check = container["readinessProbe"]["httpGet"]
    assert check["scheme"] == "HTTPS"
    try:
        return client.get(check["path"]).status_code == 200
    except httpx.TransportError:
        return False


def last_words(process: Process, log: Path) -> str | None:
    return None if process.alive() else tail(log, 5)


def test_each_replica_hands_out_tokens_that_slurm_accepts(
    site: Site, replicas: list[httpx.Client]
) -> None:
    headers = {"Authorization": f"token {site.hub_token('alice')}"}
    for client in replicas:
        response = client.post("/services/slurm-token/clusters/forky/token", headers=headers)
        assert response.status_code == 200, response.text
        token = response.json()["token"]
        assert owner_of(token) == "alice"
        assert slurm_accepts(site.clusters["forky"], token)


def test_nobody_else_gets_one(replicas: list[httpx.Client]) -> None:
    for headers in ({}, {"Authorization": "token of-nobody"}):
        response = replicas[0].post("/services/slurm-token/token", headers=headers)
        assert response.status_code in (401, 403), response.text
        assert json.loads(response.text)["code"]
