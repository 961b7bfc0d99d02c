"""What a partition's settings mean for the accounts and QOS of a user."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_slurm_rest.slurm.availability import Access, lineage
from jupyter_slurm_rest.slurm.models import Account, Association, Partition

_MINE = [
    Association(account="astro", user="alice", qos=["normal", "high"], default_qos="normal"),
    Association(account="guests", user="alice", partition="gpu", qos=["normal"]),
]
_ACCOUNTS = [
    Association(account="astro", parent_account="physics"),
    Association(account="physics", parent_account="root"),
    Association(account="guests", parent_account="root"),
    Association(account="root"),
]
_ALICE = Account(
    user="alice", default_account="astro", associations=_MINE, accounts=_ACCOUNTS, qos=[]
)


def access(**fields: Any) -> Access:
    return Access(**{"account": _ALICE, **fields})


def partition(name: str = "p", **limits: Any) -> Partition:
    return Partition(name=name, **{"state": "UP", "node_count": 2, **limits})


@pytest.mark.parametrize(
    ("limits", "chosen", "why"),
    [
        ({}, {}, ""),
        ({"state": "DOWN"}, {}, ""),
        ({"state": "UNKNOWN"}, {}, ""),
        ({"state": "DRAIN"}, {}, "it takes no new jobs (drain)"),
        ({"state": "INACTIVE"}, {}, "it takes no jobs now (inactive)"),
        ({"flags": ["HIDDEN"]}, {}, ""),
        ({"flags": ["ROOT_ONLY"]}, {}, "only administrators submit to it"),
        ({"flags": ["REQ_RESV"]}, {}, "jobs need a reservation there (--reservation)"),
        ({"min_nodes": 3}, {}, "it has fewer nodes than a job must have there"),
        ({"max_nodes": 0}, {}, "its limits allow no job"),
        ({"max_cpus_per_node": 0}, {}, "its limits allow no job"),
        ({"max_time": 0}, {}, ""),
        ({"max_nodes": "UNLIMITED", "max_cpus_per_node": None}, {}, ""),
        ({"allow_alloc_nodes": ["login"]}, {}, ""),
        ({"allow_alloc_nodes": ["a", "b"]}, {}, "jobs are submitted from hosts a, b only"),
        ({"allow_accounts": ["physics"]}, {}, ""),
        ({"allow_accounts": ["chemistry"]}, {}, "only for account chemistry"),
        ({"deny_accounts": ["physics"]}, {}, "not for account physics"),
        ({"deny_accounts": ["chemistry"]}, {}, ""),
        ({"allow_accounts": ["astro"], "deny_accounts": ["astro"]}, {}, ""),
        ({"allow_qos": ["high"]}, {}, "only with QOS high"),
        ({"allow_qos": ["high"]}, {"qos": "high"}, ""),
        ({"deny_qos": ["normal"]}, {}, "not with QOS normal"),
        ({"deny_qos": ["normal"]}, {"qos": "high"}, ""),
        ({}, {"qos": "vip"}, "account astro has no QOS vip"),
        ({}, {"account": "guests"}, "account guests is not yours there"),
        ({"name": "gpu"}, {"account": "guests"}, ""),
    ],
)
def test_who_gets_in(limits: dict[str, Any], chosen: dict[str, str], why: str) -> None:
    found = access(hosts=frozenset({"login"})).refusal(partition(**limits), **chosen)
    assert found == why


def test_groups_where_slurm_tells_what_it_shows() -> None:
    one = partition(allow_groups=["staff"])
    assert access(shown=None).refusal(one) == ""
    assert access(shown={"p"}).refusal(one) == ""
    assert access(shown=set()).refusal(one) == "only for group staff"


def test_up_to_22_05_an_account_stands_for_itself_only() -> None:
    old = access(subaccounts=False)
    assert old.refusal(partition(allow_accounts=["physics"])) == "only for account physics"
    assert old.refusal(partition(deny_accounts=["physics"])) == ""


def test_accounts_and_qos_that_some_partition_takes() -> None:
    partitions = [partition("debug", deny_qos=["high"]), partition("gpu", allow_accounts=["root"])]
    assert access().accounts(partitions) == ["astro", "guests"]
    assert access().accounts(partitions[:1]) == ["astro"]
    assert access().qos(partitions) == ["normal", "high"]
    assert access().qos(partitions[:1]) == ["normal"]
    assert access().qos(partitions, "guests") == ["normal"]


def test_without_accounting_nothing_is_judged() -> None:
    nobody = access(account=None)
    assert nobody.refusal(partition(allow_accounts=["x"], allow_qos=["y"])) == ""
    assert (nobody.accounts([partition()]), nobody.qos([partition()])) == ([], [])


def test_a_circle_of_accounts_ends() -> None:
    circle = [
        Association(account="a", parent_account="b"),
        Association(account="b", parent_account="a"),
    ]
    assert lineage(circle, ["a"]) == ["a", "b"]
