"""What is free for one user: on each node, and in each partition.

The measure is ``sbatch --test-only``: free is what a small job of this user could have now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import msgspec

from .models import Node, Partition, Reservation
from .sbatch.hostlist import expand

#: Partition states in which no job starts.
_CLOSED = frozenset({"DOWN", "DRAIN", "INACTIVE"})


def admits(reservation: Reservation, user: str, accounts: Collection[str]) -> bool:
    """Whether ``user``, with these ``accounts`` and the ones above them, may use it.

    A reservation for groups admits nobody here: Slurm does not say who is in a group.
    """
    users, accounts_named = reservation.users, reservation.accounts
    if f"-{user}" in users or any(f"-{name}" in accounts_named for name in accounts):
        return False
    wanted_users = [name for name in users if not name.startswith("-")]
    wanted_accounts = [name for name in accounts_named if not name.startswith("-")]
    if wanted_users and user not in wanted_users:
        return False
    if wanted_accounts and not set(wanted_accounts).intersection(accounts):
        return False
    return bool(users or accounts_named)


class Reserved(msgspec.Struct, frozen=True):
    """The reservations of a cluster, as one user meets them."""

    #: Nodes set aside now: for each its reservations, with whether the user may use them.
    now: dict[str, list[tuple[Reservation, bool]]]
    #: Nodes to be set aside later for others: when the first reservation starts.
    later: dict[str, int]


def reserved(
    reservations: Iterable[Reservation], user: str, accounts: Collection[str], now: float
) -> Reserved:
    """``reservations`` by node, as ``user`` meets them at the time ``now``."""
    found = Reserved({}, {})
    for one in reservations:
        if not one.nodes or (one.end_time is not None and one.end_time <= now):
            continue
        mine = admits(one, user, accounts)
        try:
            names = expand(one.nodes)
        except ValueError:
            continue
        start = one.start_time or 0
        for name in names:
            if start <= now:
                found.now.setdefault(name, []).append((one, mine))
            elif not mine and not one.cores:
                found.later[name] = min(start, found.later.get(name, start))
    return found


def for_user(nodes: Iterable[Node], user: str, set_aside: Reserved) -> list[Node]:
    """``nodes`` with what ``user`` could have of each: what others reserved is not free."""
    return [_for_user(node, user, set_aside.now.get(node.name, ())) for node in nodes]


def _for_user(node: Node, user: str, held: Collection[tuple[Reservation, bool]]) -> Node:
    if node.owner and node.owner != user:
        # Running jobs of one user with --exclusive=user.
        return closed(node)
    # A reservation that this user is not shown is not theirs.
    if not held:
        return closed(node) if {"RESERVED", "MAINTENANCE"} & set(node.flags) else node
    mine = [one for one, usable in held if usable]
    cores = gpus = 0
    for one, usable in held:
        if usable:
            continue
        if (taken := _cores_of(one, node)) is None:
            return closed(node)
        cores += taken
        gpus += _share(one.gpus, one.node_count)
    if cores or gpus:
        threads = node.threads_per_core or 1
        node = msgspec.structs.replace(
            node,
            cpus_free=max(0, node.cpus_free - cores * threads),
            gpus_free=max(0, node.gpus_free - gpus),
        )
        if not node.cpus_free:
            return msgspec.structs.replace(node, memory_free=0, gpus_free=0)
    needed = [one for one in mine if "MAGNETIC" not in one.flags]
    whole = [one for one in needed if _cores_of(one, node) is None]
    return msgspec.structs.replace(node, your_reservation=whole[0].name) if whole else node


def closed(node: Node) -> Node:
    """``node`` as one where the user cannot start anything."""
    return msgspec.structs.replace(node, usable=False, cpus_free=0, memory_free=0, gpus_free=0)


def _cores_of(reservation: Reservation, node: Node) -> int | None:
    """Cores that ``reservation`` has of ``node``; ``None`` for all of them."""
    total = (node.sockets or 1) * (node.cores_per_socket or 1)
    if reservation.cores:
        cores = reservation.cores.get(node.name, 0)
    elif reservation.core_count and not reservation.says_cores:
        # Up to v0.0.38 only the sum is told.
        cores = _share(reservation.core_count, reservation.node_count)
    else:
        return None
    return cores if cores < total else None


def _share(count: int | None, nodes: int | None) -> int:
    return -(-(count or 0) // max(1, nodes or 1))


def with_free(
    partition: Partition, nodes: list[Node], later: Mapping[str, int] = {}, now: float = 0
) -> Partition:
    """``partition`` with what is free on those of its ``nodes`` where jobs can start.

    Args:
        later: Nodes that others have reserved for later, with the time: nothing is free
            where a job of the partition's default time would still run then.
    """
    members = [node for node in nodes if partition.name in node.partitions]
    minutes = partition.default_time
    if not isinstance(minutes, int):
        minutes = partition.max_time
    ends = now + minutes * 60 if isinstance(minutes, int) else now
    open_ = partition.state not in _CLOSED
    usable = [
        node for node in members if open_ and node.usable and later.get(node.name, ends) >= ends
    ]
    fitting = [node for node in usable if _fits(partition, node)]
    most = partition.max_cpus_per_node
    yours = [node for node in fitting if node.your_reservation]

    def cpus(node: Node) -> int:
        return min(node.cpus_free, most) if isinstance(most, int) else node.cpus_free

    return msgspec.structs.replace(
        partition,
        cpus_free=sum(map(cpus, fitting)),
        memory_free=sum(node.memory_free for node in fitting),
        gpus_total=sum(node.gpus for node in members),
        gpus_free=sum(node.gpus_free for node in fitting),
        your_reservations=sorted({node.your_reservation for node in yours}),
        reserved_cpus_free=sum(map(cpus, yours)),
        reserved_gpus_free=sum(node.gpus_free for node in yours),
        nodes_idle=sum(node.state == "IDLE" for node in usable),
        nodes_usable=len(usable),
    )


def _fits(partition: Partition, node: Node) -> bool:
    """Whether the memory that the partition gives a job of one CPU is free."""
    wanted = (partition.default_memory_per_cpu, partition.default_memory_per_node)
    return all(node.memory_free >= one for one in wanted if isinstance(one, int))
