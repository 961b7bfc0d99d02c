"""The server's API, as a browser would call it."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

from jupyter_slurm_rest.server.app import NAMESPACE

HOME = "/home/alice"


def server_config(
    folder: Path, token: str, clusters: dict[str, str], **settings: Any
) -> dict[str, Any]:
    """A Jupyter server's configuration: ``clusters`` by name and address, one token for all.

    The token is put into a file in ``folder``; ``settings`` are further ones of SlurmRest.
    """
    file = folder / "token"
    file.write_text(token)
    file.chmod(0o600)
    tokens = {"provider": "file", "path": str(file)}
    return {
        "ServerApp": {
            "jpserver_extensions": {"jupyter_slurm_rest": True},
            "allow_unauthenticated_access": False,
        },
        "SlurmRest": {
            "clusters": {name: {"url": url, "tokens": tokens} for name, url in clusters.items()},
            **settings,
        },
    }


class Api:
    """One cluster's part of the API."""

    def __init__(self, fetch: Any, cluster: str) -> None:
        self._fetch = fetch
        self._cluster = cluster
        self.bodies: list[bytes] = []

    async def call(self, method: str, path: str, body: Any = None, **query: Any) -> tuple[int, Any]:
        response = await self._fetch(
            NAMESPACE,
            f"clusters/{self._cluster}/{path}",
            method=method,
            body=None if body is None else json.dumps(body),
            params=query,
            raise_error=False,
            allow_nonstandard_methods=True,
            request_timeout=60,
        )
        self.bodies.append(response.body)
        return response.code, json.loads(response.body) if response.body else None

    async def get(self, path: str, **query: Any) -> Any:
        status, response = await self.call("GET", path, **query)
        assert status == 200, response
        return response

    async def submit(self, script: str, **options: Any) -> str:
        body = {"script": script, "options": options, "directory": HOME}
        status, response = await self.call("POST", "jobs", body)
        assert status == 201, response
        return str(response["job_id"])

    async def until(self, job_id: str, *states: str, seconds: float = 60) -> Any:
        """The job, when it is in one of ``states``."""
        give_up = time.monotonic() + seconds
        while True:
            job = await self.get(f"jobs/{job_id}")
            if job["state"] in states and "COMPLETING" not in job["flags"]:
                return job
            assert time.monotonic() < give_up, f"{job['state']} {job['reason']}"
            await asyncio.sleep(0.5)
