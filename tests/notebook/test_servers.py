"""Magics reach every kind of real Jupyter server, or explain what to do."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.slurm.certificates import Certificates

#: A kernel's first calls, one of them changing something as far as XSRF is concerned, and
#: whether it may follow the server's events.
CALLS = """
from jupyter_slurm_rest.notebook.api import SlurmApi
from jupyter_slurm_rest.notebook.events import EventStream
api = SlurmApi()
print(api.call("GET", "clusters")["clusters"][0]["name"])
script = "#!/bin/sh\\n#SBATCH -n 2\\n"
print(api.call("POST", "clusters/default/script", body={"script": script})["options"])
with EventStream(api.address(), lambda event: True) as events:
    events.wait_until_tried()
    print("events", events.open)
"""
#: What a server with the extension leaves for its kernels.
FILES = ("jpserver-*.json", "slurm-rest-*.json")
#: The next free one.
PORT = "--ServerApp.port=0"


@contextlib.contextmanager
def serving(folder: Path, *options: str) -> Iterator[dict[str, str]]:
    """A Jupyter server of its own; yields the environment that its kernels would have."""
    environ = {
        **os.environ,
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "HOME": str(folder),
        "SLURMRESTD_URL": "http://127.0.0.1:9",
    }
    words = [sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser"]
    words += [f"--ServerApp.root_dir={folder}"]
    words += [option.format(folder=folder) for option in options]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(words, env=environ, stdout=log, stderr=log, cwd=folder)
    try:
        deadline = time.monotonic() + 60
        while not all(list((folder / "runtime").glob(name)) for name in FILES):
            assert server.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield {**environ, "JPY_PARENT_PID": str(server.pid)}
    finally:
        server.terminate()
        server.wait(30)


def kernel(environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", CALLS], env=environ, capture_output=True, text=True, timeout=60
    )


WORKS = "default\n{'ntasks': '2'}\nevents True\n"


@pytest.mark.parametrize(
    "options",
    [
        [PORT, "--IdentityProvider.token=secret"],
        [PORT, "--IdentityProvider.token=", "--ServerApp.password="],
        [PORT, "--ServerApp.ip=0.0.0.0", "--ServerApp.base_url=/deep/er/"],
        ["--ServerApp.sock={folder}/socket", "--ServerApp.base_url=/deep/er/"],
    ],
    ids=["token", "no authentication", "every address", "socket"],
)
def test_a_plain_server(tmp_path: Path, options: list[str]) -> None:
    with serving(tmp_path, *options) as environ:
        done = kernel(environ)
    assert done.stdout == WORKS, done.stderr


def test_a_certificate_of_its_own(tmp_path: Path) -> None:
    made = Certificates(tmp_path)
    files = [f"--ServerApp.certfile={made.cert}", f"--ServerApp.keyfile={made.key}"]
    with serving(tmp_path, PORT, "--ServerApp.ip=127.0.0.1", *files) as environ:
        done = kernel(environ)
        (file,) = (tmp_path / "runtime").glob("slurm-rest-*.json")
        # Without what the extension wrote, as with an older server.
        file.unlink()
        refused = kernel(environ)
        trusted = kernel({**environ, "SSL_CERT_FILE": str(made.ca)})
    assert done.stdout == WORKS, done.stderr
    assert "SSL_CERT_FILE" in refused.stderr
    assert trusted.stdout == WORKS, trusted.stderr


def test_a_password_and_no_token(tmp_path: Path) -> None:
    hashed = "argon2:$argon2id$v=19$m=10240,t=10,p=8$c29tZXNhbHQ$aGFzaA"
    with serving(
        tmp_path,
        PORT,
        "--IdentityProvider.token=",
        f"--PasswordIdentityProvider.hashed_password={hashed}",
    ) as environ:
        done = kernel(environ)
        (file,) = (tmp_path / "runtime").glob("slurm-rest-*.json")
        told = json.loads(file.read_text())
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        url = told["url"]
        key = {"Authorization": f"slurm-rest {told['secret']}"}
        wrong = {"Authorization": f"slurm-rest {'0' * 64}"}
        clusters = f"{url}jupyter-slurm-rest/clusters"
        assert httpx.get(clusters, headers=key).status_code == 200
        # Neither another secret, nor this one as Jupyter's token, nor on Jupyter's own routes.
        token = {"Authorization": f"token {told['secret']}"}
        for headers in ({}, wrong, token, {"Authorization": "slurm-rest"}):
            assert httpx.get(clusters, headers=headers).status_code in (302, 403)
        for path in ("api/contents", "api/kernels", "api/sessions"):
            assert httpx.get(url + path, headers=key).status_code in (302, 403)
    # Only Jupyter's own events ask for its token.
    assert done.stdout == WORKS.replace("True", "False"), done.stderr
    assert told["secret"] not in (tmp_path / "log").read_text()
    assert not file.exists()
