"""P5: twenty tabs and notebooks on one server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from devcluster import Cluster

from .jupyter import ours
from .queues import ME
from .relay import Relay
from .results import Result

READERS = 20
_PAUSE = 5.5


def measure(cluster: Cluster, *, rounds: int) -> Iterator[Result]:
    """Each reader asks for both lists, again and again."""
    calls = [_calls(cluster, readers, rounds) for readers in (1, READERS)]
    # A reading more or less is the machine's; more than that is not shared.
    if calls[1] > 2 * calls[0]:
        raise RuntimeError(f"{calls[0]} calls for one reader, {calls[1]} for {READERS}")
    yield Result(
        "P5",
        f"additional slurmrestd calls for {READERS} readers",
        calls[1] - calls[0],
        "calls",
        0,
        note=f"{calls[0]} calls for one, {calls[1]} for {READERS}",
    )


def _calls(cluster: Cluster, readers: int, rounds: int) -> int:
    with (
        Relay(cluster.url) as relay,
        ours({"counted": relay.url}, cluster.token(ME)) as server,
        ThreadPoolExecutor(readers) as pool,
    ):

        def look(scope: str) -> None:
            server.jobs("counted", scope=scope, limit=50)

        for _ in range(rounds):
            list(pool.map(look, ["mine", "all"] * readers))
            time.sleep(_PAUSE)
        return relay.requests
