"""Actions on jobs, on every generation and through every API version."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from devcluster import Cluster
from tests.real.comparison import lines


@pytest.fixture(autouse=True)
def _nothing_left(cluster: Cluster) -> Iterator[None]:
    yield
    for user in ("alice", "bob", "carol"):
        lines(cluster, ["scancel", f"--user={user}"], user="root")
