"""Tokens and keys appear in no log, page, file or environment."""

from __future__ import annotations

import base64
import re
import time
from pathlib import Path

from .conftest import Site
from .test_jobs import cancel, submit

#: Anything shaped like a JSON web token.
JWT = re.compile(rb"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}")


def environ(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


def children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    direct = [int(word) for word in text.split()]
    return direct + [deeper for child in direct for deeper in children(child)]


def wait_for(path: Path) -> bytes:
    deadline = time.monotonic() + 60
    while not (path.exists() and path.read_bytes()):
        assert time.monotonic() < deadline, f"{path} was not written"
        time.sleep(0.2)
    return path.read_bytes()


def test_no_token_in_a_kernels_environment(site: Site) -> None:
    alice = site.browser("alice")
    assert alice.slurm("GET", "clusters/forky/jobs?scope=mine").status_code == 200
    kernel = alice.server("POST", "api/kernels", json={"name": "python3"}).json()["id"]
    (server,) = [
        pid
        for pid, e in site.hub.servers().items()
        if (e["JUPYTERHUB_USER"], e["JUPYTERHUB_SERVER_NAME"]) == ("alice", "")
    ]
    deadline = time.monotonic() + 30
    while not (kernels := children(server)):
        assert time.monotonic() < deadline, "no kernel was started"
        time.sleep(0.2)
    time.sleep(1)
    for pid in kernels:
        assert not JWT.search(environ(pid))
        assert b"SLURM_JWT" not in environ(pid)
    alice.server("DELETE", f"api/kernels/{kernel}")


def test_no_token_in_a_jobs_environment_or_record(site: Site) -> None:
    for name, cluster in site.clusters.items():
        script = '#!/bin/sh\ncat /proc/self/environ > "$HOME/environ-$SLURM_JOB_ID"\nsleep 120\n'
        job = submit(site, "alice", name, script)
        path = Path(f"/home/alice/environ-{job}")
        found = wait_for(path)
        record = cluster.run(["scontrol", "show", "job", "--details", job]).stdout.encode()
        hub_token = site.hub_token("alice").encode()
        for text in (found, record):
            assert not JWT.search(text)
            assert hub_token not in text
        assert not re.search(rb"(^|\0)(SLURM_JWT|JUPYTERHUB_\w+|JPY_\w+)=", found)
        path.unlink()
        cancel(site, "alice", name, job)


def test_no_token_or_key_in_any_log_page_or_file(site: Site) -> None:
    """Everything this session wrote so far: the tests before this one count too."""
    site.browser("alice").server("GET", "lab")
    keys = [cluster.layout.jwt_key.read_bytes() for cluster in site.clusters.values()]
    hub_tokens = [site.hub_token(user).encode() for user in ("alice", "bob")]
    hub_tokens += [
        environment["JUPYTERHUB_API_TOKEN"].encode()
        for environment in site.hub.service_environments()
    ]
    logs = [site.hub.log, *(p for c in site.clusters.values() for p in c.layout.logs.glob("*.log"))]
    for path in logs:
        text = path.read_bytes()
        assert not JWT.search(text), path
        for secret in (*keys, *map(base64.b64encode, keys), *hub_tokens):
            assert secret not in text, path
    assert b"token issued" in site.hub.log.read_bytes()
    for browser in site.browsers.values():
        for page in browser.pages:
            assert not JWT.search(page.encode())
            for secret in hub_tokens:
                assert secret not in page.encode()


def test_no_token_in_the_files_a_server_writes(site: Site) -> None:
    for user in ("alice", "bob"):
        hub_token = site.hub_token(user).encode()
        folder = Path(f"/home/{user}")
        for base in (folder / ".local/share/jupyter", folder / ".jupyter", folder / ".ipython"):
            for path in base.rglob("*") if base.exists() else []:
                if path.is_file() and path.stat().st_size < 1_000_000:
                    text = path.read_bytes()
                    assert not JWT.search(text), path
                    # JupyterHub writes its own token into runtime files; their folder is closed.
                    runtime = path.parent.name == "runtime"
                    closed = runtime and not path.parent.stat().st_mode & 0o077
                    assert closed or hub_token not in text, path
