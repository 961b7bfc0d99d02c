"""GETs through the proxy: those that change something need more than a cookie."""

from __future__ import annotations

import re
from typing import Any

import httpx
from jupyter_server.auth import User
from tornado.web import create_signed_value

from devcluster import Cluster
from devcluster.process import wait_until
from jupyter_slurm_rest.server.proxy import changes_by_get

#: What changes something by GET, in every release that there was when this was written.
KNOWN = {"/slurm/V/reconfigure/", "/slurm/V/job/{job_id}/requeue"}
#: Newer API versions may have more: what is not known to read is treated as changing.
NEWEST = 45
XSRF = "2|01020304|0a0b0c0d0e0f|1700000000"


def _generic(path: str) -> str:
    return re.sub(r"/v0\.0\.[0-9]+/", "/V/", path)


def test_every_get_of_slurmrestds_own_document(cluster: Cluster) -> None:
    headers = {"X-SLURM-USER-NAME": "alice", "X-SLURM-USER-TOKEN": cluster.token("alice")}
    document = httpx.get(f"{cluster.url}/openapi/v3", headers=headers, timeout=60).json()
    versions = {path: re.search(r"v0\.0\.([0-9]+)", path) for path in document["paths"]}
    gets = [
        path
        for path, version in versions.items()
        if "get" in document["paths"][path] and int(version[1] if version else 0) <= NEWEST
    ]
    assert len(gets) > 30
    assert {_generic(path) for path in gets if changes_by_get(path)} <= KNOWN


async def test_a_cookie_alone_requeues_nothing(
    cluster: Cluster, rest: str, jp_serverapp: Any
) -> None:
    def shown(what: str) -> str:
        line = cluster.run(["scontrol", "show", "job", job_id]).stdout
        found = re.search(rf"\b{what}=(\S+)", line)
        return found[1] if found else ""

    submit = ["sbatch", "--parsable", "--requeue", "--time=2", "--output=/dev/null"]
    sent = cluster.run([*submit, "--wrap=sleep 100"], user="alice")
    job_id = sent.stdout.strip()
    try:
        wait_until(lambda: shown("JobState") == "RUNNING", "the job runs", seconds=60)
        provider = jp_serverapp.identity_provider

        class Handler:
            request = type("Request", (), {"host": f"127.0.0.1:{jp_serverapp.port}"})

        name = provider.get_cookie_name(Handler())
        user = provider.user_to_cookie(User("alice", "alice", "alice", "a"))
        signed = create_signed_value(jp_serverapp.cookie_secret, name, user).decode()
        cookie = {"Cookie": f"{name}={signed}; _xsrf={XSRF}"}
        base = rest.replace("localhost", "127.0.0.1")
        async with httpx.AsyncClient(timeout=60) as browser:
            # Signed in, and yet: a link is not enough.
            ping = await browser.get(f"{base}/slurm/v0.0.45/ping", headers=cookie)
            assert ping.status_code in (200, 404)
            address = f"{base}/slurm/v0.0.45/job/{job_id}/requeue"
            referer = {"Referer": f"{base}/anything"}
            response = await browser.get(address, headers=cookie | referer)
            assert (response.status_code, response.json()["reason"]) == (403, "forbidden")
            assert (shown("JobState"), shown("Restarts")) == ("RUNNING", "0")
            response = await browser.get(address, headers=cookie | {"X-XSRFToken": XSRF})
        # Releases before 26.05 have no such endpoint.
        if response.status_code == 200:
            wait_until(lambda: shown("Restarts") == "1", "the job was requeued", seconds=60)
        else:
            assert response.status_code == 404
            assert (shown("JobState"), shown("Restarts")) == ("RUNNING", "0")
    finally:
        cluster.run(["scancel", job_id])
