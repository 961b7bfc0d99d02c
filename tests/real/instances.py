"""Clusters that are up side by side."""

from __future__ import annotations

import os
from collections.abc import Sequence

from devcluster import GENERATIONS, Cluster

#: What clusters of one generation are for; the first is everybody's.
_PURPOSES = ("", "reading", "private")


def own_cluster(generation: str, purpose: str = "", slurm_conf: Sequence[str] = ()) -> Cluster:
    """A cluster, still down, whose jobs have numbers that no other cluster's have.

    People's homes are the same in all clusters, and files are named by the jobs' numbers.
    """
    instance = os.environ.get("DEVCLUSTER_INSTANCE") or "test"
    place = list(GENERATIONS).index(generation) * len(_PURPOSES) + _PURPOSES.index(purpose)
    return Cluster(
        generation,
        f"{instance}-{purpose}" if purpose else instance,
        slurm_conf=[f"FirstJobId={10_000 * (place + 1)}", *slurm_conf],
    )
