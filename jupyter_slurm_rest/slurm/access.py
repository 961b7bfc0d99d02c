"""Which partitions, accounts and QOS a user may choose: what ``sbatch`` would accept."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from .models import Account, Association, Partition

#: Partition states in which no job is accepted. In a partition that is DOWN jobs wait.
_SHUT = {
    "INACTIVE": "it takes no jobs now (inactive)",
    "DRAIN": "it takes no new jobs (drain)",
}


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """What one user may choose; each refusal says why, in words for the user."""

    #: ``None`` without accounting: then there are no accounts or QOS to judge by.
    account: Account | None = None
    #: An account that a partition names stands for those below it, too.
    subaccounts: bool = True
    #: Partitions that Slurm shows the user, ``None`` where it does not tell.
    shown: set[str] | None = None
    #: Hosts from which slurmrestd may submit: see AllocNodes of slurm.conf.
    hosts: frozenset[str] = frozenset()

    def refusal(self, partition: Partition, account: str = "", qos: str = "") -> str:
        """Why a job with these is refused; empty when it is accepted.

        Without ``account`` or ``qos`` it is the user's default that counts.
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
        """Why nobody, or not this user, gets into ``partition`` with any account."""
        flags = partition.flags or []
        if partition.state in _SHUT:
            return _SHUT[partition.state]
        if "ROOT_ONLY" in flags:
            return "only administrators submit to it"
        if "REQ_RESV" in flags:
            return "jobs need a reservation there (--reservation)"
        if partition.allow_alloc_nodes and self.hosts.isdisjoint(partition.allow_alloc_nodes):
            return f"jobs are submitted from {_names('host', partition.allow_alloc_nodes)} only"
        hidden = self.shown is not None and partition.name not in self.shown
        if hidden and partition.allow_groups and "HIDDEN" not in flags:
            return f"only for {_names('group', partition.allow_groups)}"
        if partition.node_count < (partition.min_nodes or 0):
            return "it has fewer nodes than a job must have there"
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
            return f"account {account} is not yours there" if account else "not with your account"
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
    """What counts for ``account`` in ``partition``; one bound to the partition first."""
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
