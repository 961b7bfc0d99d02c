"""A Jupyter server with the extension, before a slurmrestd that replays recorded responses."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jupyter_slurm_rest.server.app import NAMESPACE
from tests.tokens.tokens import make_token

from .replay import ReplaySlurmrestd

#: Where nothing listens: port 9 (discard) is closed on every machine of today.
NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def api_version() -> str:
    """The version that slurmrestd speaks; tests override it."""
    return "v0.0.45"


@pytest.fixture
def slurmrestd(api_version: str) -> Iterator[ReplaySlurmrestd]:
    server = ReplaySlurmrestd(api_version)
    server.play("ping", "diag", "jobs", "nodes", "partitions")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def slurm_token() -> str:
    return make_token("alice")


@pytest.fixture
def clusters(slurmrestd: ReplaySlurmrestd, slurm_token: str, tmp_path: Path) -> dict[str, Any]:
    """Two configured clusters: one that responds, and one that is down."""
    file = tmp_path / "token"
    file.write_text(slurm_token)
    file.chmod(0o600)
    tokens = {"provider": "file", "path": str(file)}
    return {
        "maxwell": {"url": slurmrestd.url, "tokens": tokens},
        "solaris": {"url": NOBODY, "tokens": tokens},
    }


@pytest.fixture
def slurm_config() -> dict[str, Any]:
    """Further traits of ``c.SlurmRest``; tests override it."""
    return {}


@pytest.fixture
def jp_server_config(clusters: dict[str, Any], slurm_config: dict[str, Any]) -> dict[str, Any]:
    return {
        "ServerApp": {
            "jpserver_extensions": {"jupyter_slurm_rest": True},
            "allow_unauthenticated_access": False,
        },
        "SlurmRest": {"clusters": clusters, **slurm_config},
    }


@dataclass(frozen=True)
class Response:
    status: int
    headers: Any
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


Call = Callable[..., Awaitable[Response]]


@pytest.fixture
def call(jp_fetch: Any) -> Call:
    """``await call("GET", "clusters/maxwell/jobs", limit=5)``; any status is a response."""

    async def send(
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        **query: Any,
    ) -> Response:
        content = body if body is None or isinstance(body, bytes) else json.dumps(body)
        response = await jp_fetch(
            NAMESPACE,
            path,
            method=method,
            body=content,
            params=query,
            headers=headers or {},
            raise_error=False,
            allow_nonstandard_methods=True,
        )
        return Response(response.code, response.headers, response.body)

    return send
