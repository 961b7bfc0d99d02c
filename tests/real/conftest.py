"""A real Slurm for tests. SLURM_GENERATIONS (e.g. "host,forky") chooses among the generations."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from devcluster import GENERATIONS, Cluster
from tests.real.instances import own_cluster


def _chosen() -> list[str]:
    named = os.environ.get("SLURM_GENERATIONS", "")
    return [name.strip() for name in named.split(",") if name.strip()] or list(GENERATIONS)


@pytest.fixture(scope="session", params=_chosen())
def cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """A running cluster, shared by the tests of the session, taken down at its end."""
    if os.geteuid() != 0:
        reason = "needs root: a real Slurm runs jobs as several users"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    found = own_cluster(request.param)
    found.up()
    yield found
    found.down()
