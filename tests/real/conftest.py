"""A real Slurm for tests. SLURM_GENERATIONS (e.g. "host,forky") chooses among the generations.

SLURM_PREFIX names the folder of a Slurm of your own (or several, with colons) to run them on.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from devcluster import Cluster
from tests.real.instances import chosen_generations, need_root, own_cluster


@pytest.fixture(scope="session", params=chosen_generations())
def cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """A running cluster, shared by the tests of the session, taken down at its end."""
    need_root()
    found = own_cluster(request.param)
    found.up()
    yield found
    found.down()
