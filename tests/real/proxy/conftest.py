"""A Jupyter server whose proxy leads to the cluster ``c`` as alice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from devcluster import Cluster
from jupyter_slurm_rest.server.app import NAMESPACE
from tests.real.api import server_config


@pytest.fixture
def jp_server_config(cluster: Cluster, tmp_path: Path) -> dict[str, Any]:
    return server_config(tmp_path, cluster.token("alice"), {"c": cluster.url})


@pytest.fixture
def rest(jp_serverapp: Any, jp_fetch: Any) -> str:
    """The proxy's address: slurmrestd's, for any client. (``jp_fetch`` opens the port.)"""
    return f"{jp_serverapp.connection_url}{NAMESPACE}/clusters/c/rest"
