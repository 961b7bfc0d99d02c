"""What one user may use, and what is free for them.

The measure is ``sbatch --test-only``: free is what a small job of this user could have now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import msgspec

from jupyter_slurm_rest.slurm.models import Account, Association, Node, Partition, Reservation
from jupyter_slurm_rest.slurm.sbatch.hostlist import expand

#: Partition states in which no job is accepted. In a partition that is DOWN jobs wait.
_SHUT = {
    "INACTIVE": "it does not accept jobs (inactive)",
    "DRAIN": "it does not accept new jobs (draining)",
}


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """What one user may choose; each refusal has a reason that can be shown to the user."""

    #: ``None`` without accounting: then accounts and QOS are not checked.
    account: Account | None = None
    #: An account that a partition names stands for those below it, too.
    subaccounts: bool = True
    #: Partitions that Slurm shows the user; ``None`` if unknown.
    shown: set[str] | None = None
    #: Hosts from which slurmrestd may submit: see AllocNodes of slurm.conf.
    hosts: frozenset[str] = frozenset()

    def refusal(self, partition: Partition, account: str = "", qos: str = "") -> str:
        """Why a job with these is refused; empty when it is accepted.

        Without ``account`` or ``qos``, the user's default applies.
        """
        return self._closed(partition) or self._not_for(partition, account, qos)

    def accounts(self, partitions: Iterable[Partition], qos: str = "") -> list[str]:
        """Accounts that some partition accepts."""
        names = [one.account for one in self.account.associations] if self.account else []
        partitions = list(partitions)
        return [
            name
            for name in dict.fromkeys(names)
            if any(not self.refusal(partition, name, qos) for partition in partitions)
        ]

    def qos(self, partitions: Iterable[Partition], account: str = "") -> list[str]:
        """QOS that some partition accepts with ``account``."""
        if self.account is None:
            return []
        wanted = account or self.account.default_account
        mine = [one for one in self.account.associations if one.account == wanted]
        partitions = list(partitions)
        return [
            name
            for name in dict.fromkeys(name for one in mine for name in one.qos)
            if any(not self.refusal(partition, account, name) for partition in partitions)
        ]

    def _closed(self, partition: Partition) -> str:
        """Why ``partition`` is closed to all users, or to this user with any account."""
        flags = partition.flags or []
        if partition.state in _SHUT:
            return _SHUT[partition.state]
        if "ROOT_ONLY" in flags:
            return "only administrators can submit to it"
        if "REQ_RESV" in flags:
            return "jobs require a reservation (--reservation)"
        if partition.allow_alloc_nodes and self.hosts.isdisjoint(partition.allow_alloc_nodes):
            return f"jobs can only be submitted from {_names('host', partition.allow_alloc_nodes)}"
        hidden = self.shown is not None and partition.name not in self.shown
        if hidden and partition.allow_groups and "HIDDEN" not in flags:
            return f"only for {_names('group', partition.allow_groups)}"
        if partition.node_count < (partition.min_nodes or 0):
            return "it has fewer nodes than its minimum per job"
        # With MaxTime=0 it still takes jobs that name no time limit.
        if 0 in (partition.max_nodes, partition.max_cpus_per_node):
            return "its limits allow no job"
        return ""

    def _not_for(self, partition: Partition, account: str, qos: str) -> str:
        if self.account is None or not self.account.associations:
            return ""
        wanted = account or self.account.default_account
        found = _association(self.account.associations, partition.name, wanted)
        if found is None:
            return f"you are not in account {account}" if account else "not with your account"
        mine = self._with_parents(found.account)
        if partition.allow_accounts and mine.isdisjoint(partition.allow_accounts):
            return f"only for {_names('account', partition.allow_accounts)}"
        if not partition.allow_accounts and not mine.isdisjoint(partition.deny_accounts):
            return f"not for {_names('account', sorted(mine & set(partition.deny_accounts)))}"
        if qos and qos not in found.qos:
            return f"account {found.account} has no QOS {qos}"
        used = qos or default_qos(found)
        if partition.allow_qos and used not in partition.allow_qos:
            return f"only with {_names('QOS', partition.allow_qos)}"
        if not partition.allow_qos and used in partition.deny_qos:
            return f"not with QOS {used}"
        return ""

    def _with_parents(self, account: str) -> set[str]:
        if not self.subaccounts or self.account is None:
            return {account}
        return set(lineage(self.account.accounts, [account]))


def _association(
    associations: Iterable[Association], partition: str, account: str
) -> Association | None:
    """The association for ``account`` in ``partition``; one for the partition takes precedence."""
    mine = [one for one in associations if one.account == account]
    bound = [one for one in mine if one.partition == partition]
    return next(iter(bound + [one for one in mine if not one.partition]), None)


def lineage(accounts: Iterable[Association], names: Collection[str]) -> list[str]:
    """``names`` and every account above them, by the associations of ``accounts``."""
    parents = {one.account: one.parent_account for one in accounts}
    found: list[str] = []
    for name in names:
        while name and name not in found:
            found.append(name)
            name = parents.get(name, "")
    return found


def default_qos(association: Association) -> str:
    """The QOS of a job that names none; empty where Slurm knows no default."""
    if association.default_qos or len(association.qos) == 1:
        return association.default_qos or association.qos[0]
    return "normal" if "normal" in association.qos else ""


def _names(noun: str, names: Collection[str]) -> str:
    plural = noun if noun == "QOS" or len(names) == 1 else f"{noun}s"
    return f"{plural} {', '.join(names)}"


#: Partition states in which no job starts.
_CLOSED = frozenset({"DOWN", "DRAIN", "INACTIVE"})


def admits(reservation: Reservation, user: str, accounts: Collection[str]) -> bool:
    """Whether ``user``, with these ``accounts`` and the ones above them, may use it.

    A reservation for groups counts as unavailable, because Slurm does not list the members
    of groups.
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
    """The reservations of a cluster from the perspective of one user."""

    #: Nodes set aside now: for each its reservations, with whether the user may use them.
    now: dict[str, list[tuple[Reservation, bool]]]
    #: Nodes to be set aside later for others: when the first reservation starts.
    later: dict[str, int]


def reserved(
    reservations: Iterable[Reservation], user: str, accounts: Collection[str], now: float
) -> Reserved:
    """``reservations`` by node, from the perspective of ``user`` at the time ``now``."""
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
    """``nodes`` with what ``user`` could get of each: what is reserved for others is not free."""
    return [_for_user(node, user, set_aside.now.get(node.name, ())) for node in nodes]


def _for_user(node: Node, user: str, held: Collection[tuple[Reservation, bool]]) -> Node:
    if node.owner and node.owner != user:
        # Running jobs of one user with --exclusive=user.
        return closed(node)
    # A reservation that is hidden from this user cannot be used by them.
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
        # Up to v0.0.38, only the sum is available.
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
