"""The doctor names what is wrong and how to fix it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from jupyter_slurm_rest.doctor.checks import Finding, examine
from jupyter_slurm_rest.queue.records import NoEvents
from jupyter_slurm_rest.queue.watcher import Settings
from jupyter_slurm_rest.server.cluster import ConfiguredCluster
from jupyter_slurm_rest.server.settings import read_clusters
from tests.recorded import recorded_by
from tests.server.replay import ReplaySlurmrestd
from tests.tokens.tokens import make_token


@pytest.fixture(params=["v0.0.38", "v0.0.45"])
def slurmrestd(request: pytest.FixtureRequest) -> Iterator[ReplaySlurmrestd]:
    server = ReplaySlurmrestd(request.param)
    server.play("ping", "diag", "db_clusters")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def tokens(tmp_path: Path) -> dict[str, Any]:
    file = tmp_path / "token"
    file.write_text(make_token("root-like-nobody"))
    file.chmod(0o600)
    return {"provider": "file", "path": str(file)}


def findings(url: str, tokens: Any) -> dict[str, Finding]:
    """The worst finding on each subject."""

    async def collect() -> list[Finding]:
        settings = read_clusters({"c": {"url": url, "tokens": tokens}})["c"]
        cluster = ConfiguredCluster(
            "c", settings, ttl=0.0, events=NoEvents(), watching=Settings(lease=0.0)
        )
        try:
            return [finding async for finding in examine(cluster)]
        finally:
            await cluster.close()

    order = ["wrong", "warning", "unknown", "ok"]
    found = sorted(asyncio.run(collect()), key=lambda one: order.index(one.verdict), reverse=True)
    return {finding.subject: finding for finding in found}


def test_nothing_listens_on_the_port(tokens: Any) -> None:
    found = findings("http://127.0.0.1:9", tokens)
    assert found["address"].verdict == "wrong"
    assert "refused" in found["address"].text.lower()
    assert found["slurmrestd"].verdict == "unknown"


def test_no_such_socket(tokens: Any, tmp_path: Path) -> None:
    found = findings(f"unix://{tmp_path}/none", tokens)
    assert found["address"].verdict == "wrong"
    assert f"{tmp_path}/none" in found["address"].text


def test_no_token(slurmrestd: ReplaySlurmrestd) -> None:
    found = findings(slurmrestd.url, "paste")
    assert found["address"].verdict == "ok"
    assert found["token"].verdict == "wrong"
    assert slurmrestd.seen == []


def test_https_where_there_is_none(slurmrestd: ReplaySlurmrestd, tokens: Any) -> None:
    found = findings(slurmrestd.url.replace("http:", "https:"), tokens)
    assert found["slurmrestd"].verdict == "wrong"
    assert "TLS" in found["slurmrestd"].text


def test_something_else_listens(slurmrestd: ReplaySlurmrestd, tokens: Any) -> None:
    found = findings(slurmrestd.url + "/elsewhere", tokens)
    assert found["slurmrestd"].verdict == "wrong"
    assert "API version" in found["slurmrestd"].text


def test_a_token_that_slurm_does_not_take(slurmrestd: ReplaySlurmrestd, tokens: Any) -> None:
    for path in ("slurm/ping", "slurm/diag"):
        slurmrestd.play("token_bad_signature", path=path)
    found = findings(slurmrestd.url, tokens)
    assert found["token"].verdict == "wrong"
    assert "AuthAltTypes=auth/jwt" in found["token"].advice


def test_what_may_be_wrong_with_a_token_depends_on_how_it_is_made(
    slurmrestd: ReplaySlurmrestd, tokens: Any
) -> None:
    for path in ("slurm/ping", "slurm/diag"):
        slurmrestd.play("token_bad_signature", path=path)
    key = rsa.generate_private_key(65537, 2048)
    claims = {"sun": "alice", "exp": int(time.time()) + 600}
    headers = {"kid": "hub-2026", "typ": "at+jwt"}
    signed = jwt.encode(claims, key, algorithm="RS256", headers=headers)
    Path(tokens["path"]).write_text(signed)
    advice = findings(slurmrestd.url, tokens)["token"].advice
    assert "at+jwt" in advice
    assert "'hub-2026'" in advice
    assert signed not in advice


def test_clock_skew(slurmrestd: ReplaySlurmrestd, tokens: Any) -> None:
    # The recording is old, and so slurmctld's clock behind ours.
    found = findings(slurmrestd.url, tokens)
    assert found["clock"].verdict == "wrong"
    assert "NTP" in found["clock"].advice


def test_accounting_down(slurmrestd: ReplaySlurmrestd, tokens: Any) -> None:
    response = recorded_by(slurmrestd.api_version, "no_slurmdbd_db_qos")
    slurmrestd.give(replace(response, method="GET"), "slurmdb/clusters")
    found = findings(slurmrestd.url, tokens)
    assert found["accounting"].verdict == "wrong"
    assert "slurmdbd" in found["accounting"].text


def test_a_user_whom_this_machine_does_not_know(slurmrestd: ReplaySlurmrestd, tokens: Any) -> None:
    found = findings(slurmrestd.url, tokens)
    assert found["files"].verdict == "warning"
    assert "shared_files" in found["files"].advice


def test_on_the_command_line(tmp_path: Path) -> None:
    run = [sys.executable, "-m", "jupyter_slurm_rest.doctor", "doctor"]
    environ = {"HOME": str(tmp_path), "SLURMRESTD_URL": "http://127.0.0.1:9", "PATH": ""}
    done = subprocess.run(run, env=environ, capture_output=True, text=True)
    assert done.returncode == 1
    assert "default: http://127.0.0.1:9" in done.stdout
    assert "WRONG   address" in done.stdout
    environ["SLURMRESTD_URL"] = "slurm:6820"
    done = subprocess.run(run, env=environ, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.strip().endswith("Use http(s)://host:port or unix:///path/to.socket.")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("file", "line", "named"),
    [
        ("jupyter_server_config.py", "c.SlurmRest.visitors = 'reed'", "c.SlurmRest.visitors"),
        ("jupyter_server_config.py", "c.SlurmRest.visitor = 'read'", "Did you mean 'visitors'?"),
        ("jupyter_lab_config.py", "c.SlurmRest.clusters = {'x': {}}", "clusters['x']"),
    ],
)
def test_wrong_settings_are_named_as_the_server_names_them(
    tmp_path: Path, file: str, line: str, named: str
) -> None:
    (tmp_path / file).write_text(f"{line}\n")
    run = [sys.executable, "-m", "jupyter_slurm_rest.doctor", "doctor"]
    environ = {"HOME": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path), "PATH": ""}
    done = subprocess.run(run, env=environ, capture_output=True, text=True)
    assert done.returncode == 1
    assert named in done.stderr
    assert "Traceback" not in done.stderr
