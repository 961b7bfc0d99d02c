"""Whether what a filter names exists, as far as the cluster tells this user."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence

from jupyter_slurm_rest.slurm.errors import SlurmError
from jupyter_slurm_rest.slurm.models import JobSummary
from jupyter_slurm_rest.slurm.names import no_such

from .cluster import ConfiguredCluster

#: Seconds that names are believed; they change when an administrator does something.
_BELIEVED = 60.0


async def check_filter(
    cluster: ConfiguredCluster,
    given: Mapping[str, Collection[str]],
    *,
    total: int = 0,
    rows: Sequence[JobSummary] = (),
) -> None:
    """Raise :exc:`InvalidRequest` for a name in ``given`` that does not exist, with the nearest.

    ``given`` holds names by filter: partition, user, account, qos, reservation, nodes.
    ``total`` jobs passed it, ``rows`` among them: a name that any of them has does exist.
    """
    for field, words in given.items():
        if total and len(words) <= 1:
            continue
        seen = {name for row in rows for name in str(getattr(row, field, "")).split(",")}
        doubtful = [word for word in words if word not in seen]
        known = await _known(cluster, field) if doubtful else set()
        for word in doubtful:
            if known and word not in known:
                raise no_such(field, _KINDS[field], word, known)


async def _known(cluster: ConfiguredCluster, field: str) -> set[str]:
    """Every name there is; empty where the cluster does not tell."""
    try:
        if field == "partition":
            return {one.name for one in (await cluster.machine.partitions()).value}
        if field == "reservation":
            return {one.name for one in (await cluster.machine.reservations()).value}
        if field == "nodes":
            return {one.name for one in (await cluster.machine.nodes()).value}
        calls: dict[str, Callable[[], Awaitable[Iterable[str]]]] = {
            "user": cluster.client.users,
            "account": cluster.client.accounts,
            "qos": lambda: _qos(cluster),
        }
        names = await cluster.snapshots.get(("names", field), calls[field], ttl=_BELIEVED)
        return set(names.value)
    except SlurmError:
        # Without accounting, or where it is private, everything may be right.
        return set()


async def _qos(cluster: ConfiguredCluster) -> list[str]:
    return [one.name for one in await cluster.client.qos()]


_KINDS = {
    "partition": "partition",
    "user": "user",
    "account": "account",
    "qos": "QOS",
    "reservation": "reservation",
    "nodes": "node",
}
