"""Slurm with ``jwks=`` accepts the service's RS256 tokens and identity claims."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest

from devcluster import Cluster
from jupyter_slurm_rest.hub.clusters import Cluster as TokenCluster
from jupyter_slurm_rest.hub.clusters import read_clusters
from jupyter_slurm_rest.hub.keys import Hs256
from tests.real.instances import need_root

from .slurm import newest_version, rest_json, slurm_accepts


def make_key(path: Path) -> Path:
    subprocess.run(
        ["openssl", "genrsa", "-out", str(path), "2048"], check=True, capture_output=True
    )
    path.chmod(0o600)
    return path


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the service's key and configuration, and the JWKS it printed for Slurm."""
    folder = tmp_path_factory.mktemp("rs256")
    key = make_key(folder / "service.pem")
    config = folder / "slurm_token_config.py"
    config.write_text(
        "c.SlurmTokenService.clusters = {'forky': "
        f"{{'key_file': {str(key)!r}, 'algorithm': 'RS256', 'kid': 'hub-2026'}}}}\n"
    )
    command = [sys.executable, "-m", "jupyter_slurm_rest.hub", "jwks", f"--config={config}"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    # Only public keys: slurmctld and slurmdbd read it as the user slurm.
    public = Path(tempfile.gettempdir()) / f"jwks-{os.getpid()}.json"
    public.write_text(printed)
    public.chmod(0o644)
    (folder / "jwks.json").symlink_to(public)
    yield folder
    public.unlink()


@pytest.fixture(scope="module")
def cluster(keys: Path) -> Iterator[Cluster]:
    """26.05 with our public key beside its own shared one."""
    need_root()
    instance = (os.environ.get("DEVCLUSTER_INSTANCE") or "test") + "-jwks"
    jwks = (keys / "jwks.json").resolve()
    parameters = (
        f"AuthAltParameters=jwks={jwks},jwt_key={Cluster('forky', instance).layout.jwt_key}"
    )
    found = Cluster(
        "forky",
        instance,
        slurm_conf=[parameters + ",use_jwt_client_ids"],
        slurmdbd_conf=[parameters],
    )
    found.up()
    yield found
    found.down()


def service_of(key: Path, **more: object) -> TokenCluster:
    entry = {"key_file": str(key), "algorithm": "RS256", "kid": "hub-2026", **more}
    return read_clusters({"forky": entry}, "test")["forky"]


def test_slurm_takes_the_services_token(cluster: Cluster, keys: Path) -> None:
    token = service_of(keys / "service.pem").sign("alice").token
    assert jwt.get_unverified_header(token)["kid"] == "hub-2026"
    assert slurm_accepts(cluster, token, "alice")
    assert not slurm_accepts(cluster, token, "bob")


def test_slurm_refuses_the_same_from_another_key(
    cluster: Cluster, keys: Path, tmp_path: Path
) -> None:
    stranger = make_key(tmp_path / "stranger.pem")
    assert not slurm_accepts(cluster, service_of(stranger).sign("alice").token, "alice")
    unknown = service_of(keys / "service.pem", kid="hub-2025").sign("alice").token
    assert not slurm_accepts(cluster, unknown, "alice")
    # The classic confusion: the public key used as a shared secret.
    public = (keys / "jwks.json").read_bytes()
    confused = Hs256(public).sign({"sun": "alice", "exp": int(time.time()) + 600})
    assert not slurm_accepts(cluster, confused, "alice")


def test_slurm_takes_a_token_with_identity_claims(cluster: Cluster, keys: Path) -> None:
    token = service_of(keys / "service.pem", identity_claims=True).sign("bob").token
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["uid"], claims["id"]["name"]) == (1002, "bob")
    job = rest_json(
        cluster,
        "POST",
        f"/slurm/{newest_version(cluster)}/job/submit",
        token,
        "bob",
        {
            "script": "#!/bin/sh\nid -un > /home/bob/identity-$SLURM_JOB_ID",
            "job": {
                "name": "identity",
                "current_working_directory": "/home/bob",
                "environment": ["PATH=/usr/bin:/bin"],
            },
        },
    )["job_id"]
    output = Path(f"/home/bob/identity-{job}")
    deadline = time.monotonic() + 60
    while not (output.exists() and output.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert output.read_text() == "bob\n"
    assert output.owner() == "bob"
    output.unlink()
