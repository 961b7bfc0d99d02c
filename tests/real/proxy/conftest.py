"""A Jupyter server whose proxy leads to the cluster ``c`` as alice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from devcluster import Cluster
from jupyter_slurm_rest.server.routes import NAMESPACE


@pytest.fixture
def jp_server_config(cluster: Cluster, tmp_path: Path) -> dict[str, Any]:
    file = tmp_path / "token"
    file.write_text(cluster.token("alice"))
    file.chmod(0o600)
    tokens = {"provider": "file", "path": str(file)}
    return {
        "ServerApp": {
            "jpserver_extensions": {"jupyter_slurm_rest": True},
            "allow_unauthenticated_access": False,
        },
        "SlurmRest": {"clusters": {"c": {"url": cluster.url, "tokens": tokens}}},
    }


@pytest.fixture
def rest(jp_serverapp: Any, jp_fetch: Any) -> str:
    """The proxy's address: slurmrestd's, for any client. (``jp_fetch`` opens the port.)"""
    return f"{jp_serverapp.connection_url}{NAMESPACE}/clusters/c/rest"
