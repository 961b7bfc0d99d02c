"""P1: my ten jobs in a queue of thousands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from devcluster import Cluster

from .jupyter import ours
from .peer import peer
from .queues import ME, MINE
from .relay import Relay
from .results import Result, median


def measure(cluster: Cluster, folder: Path, *, looks: int) -> Iterator[Result]:
    """Every look reads Slurm anew (``refresh`` of 0): nothing here comes from a cache."""
    where = f"{cluster.generation} ({cluster.release})"
    with Relay(cluster.url) as relay:
        urls = {"direct": cluster.url, "counted": relay.url}
        with ours(urls, cluster.token(ME), refresh=0.0, slurmrestd_share=1.0) as server:
            first = server.jobs("direct", scope="mine")
            count = first.json()["total"]
            if count < MINE:
                raise RuntimeError(f"{count} of my {MINE} jobs were found")
            responses = [server.jobs("direct", scope="mine") for _ in range(looks)]
            server.jobs("counted", scope="mine")
            whole = relay.received
            relay.reset()
            for _ in range(10):
                server.jobs("counted", scope="mine")
            upstream = relay.received / 10
    seconds = median([response.seconds for response in responses])
    size = median([response.received for response in responses])
    with peer(cluster, folder, ME) as (other, entering):
        asked = [other.get("jupyterlab_slurm/squeue") for _ in range(max(5, looks // 5))]
    peer_seconds = median([response.seconds for response in asked]) - entering
    peer_size = median([response.received for response in asked])
    if b"filled" not in asked[0].body:
        raise RuntimeError(f"the peer sees no jobs: {asked[0].body[:300]!r}")
    mine = f"my jobs, {where}: "
    yield Result(
        "P1.time", mine + "server time, median", seconds * 1e3, "ms", 25, peer=peer_seconds * 1e3
    )
    yield Result("P1.first", mine + "first response", first.seconds * 1e3, "ms")
    yield Result("P1.faster", mine + "times faster", peer_seconds / seconds, "x", 10, "more")
    sent = mine + "bytes from slurmrestd"
    yield Result("P1.upstream", sent, upstream / 1e3, "kB", 150, counted=True)
    yield Result(
        "P1.upstream.first", sent + ", first response", whole / 1e3, "kB", 300, counted=True
    )
    yield Result("P1.bytes", mine + "bytes to the browser", size / 1e3, "kB", peer=peer_size / 1e3)
    yield Result("P1.fewer", mine + "times fewer bytes", peer_size / size, "x", 50, "more")
