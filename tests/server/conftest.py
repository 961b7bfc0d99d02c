"""A Jupyter server with the extension, before a slurmrestd that replays recorded answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .replay import ReplaySlurmrestd
from .tokens import make_token

#: Where nothing listens: port 9 (discard) is closed on every machine of today.
NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def slurmrestd() -> Iterator[ReplaySlurmrestd]:
    server = ReplaySlurmrestd()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def slurm_token() -> str:
    return make_token("alice")


@pytest.fixture
def clusters(slurmrestd: ReplaySlurmrestd, slurm_token: str, tmp_path: Path) -> dict[str, Any]:
    """What is configured: one cluster that answers, and one that is down."""
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
        "SlurmRest": {"clusters": clusters, "refresh": 0.0, **slurm_config},
    }
