"""A real one-machine Slurm, in three generations, for the demo, the tests and the benchmarks.

>>> cluster = Cluster("host", instance="test")
>>> cluster.up()
>>> cluster.url
'http://127.0.0.1:18100'
"""

from __future__ import annotations

from devcluster.cluster import Cluster
from devcluster.errors import DevclusterError
from devcluster.generations import GENERATIONS

__all__ = ["GENERATIONS", "Cluster", "DevclusterError"]
