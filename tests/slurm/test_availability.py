"""What is free for a user, and which partitions admit their accounts and QOS."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_slurm_rest.slurm.availability import (
    Access,
    admits,
    for_user,
    lineage,
    reserved,
    with_free,
)
from jupyter_slurm_rest.slurm.models import Account, Association, Node, Partition, Reservation
from jupyter_slurm_rest.slurm.wire.cluster import NodeRow, node

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
        ({"state": "DRAIN"}, {}, "it does not accept new jobs (draining)"),
        ({"state": "INACTIVE"}, {}, "it does not accept jobs (inactive)"),
        ({"flags": ["HIDDEN"]}, {}, ""),
        ({"flags": ["ROOT_ONLY"]}, {}, "only administrators can submit to it"),
        ({"flags": ["REQ_RESV"]}, {}, "jobs require a reservation (--reservation)"),
        ({"min_nodes": 3}, {}, "it has fewer nodes than its minimum per job"),
        ({"max_nodes": 0}, {}, "its limits allow no job"),
        ({"max_cpus_per_node": 0}, {}, "its limits allow no job"),
        ({"max_time": 0}, {}, ""),
        ({"max_nodes": "UNLIMITED", "max_cpus_per_node": None}, {}, ""),
        ({"allow_alloc_nodes": ["login"]}, {}, ""),
        ({"allow_alloc_nodes": ["a", "b"]}, {}, "jobs can only be submitted from hosts a, b"),
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
        ({}, {"account": "guests"}, "you are not in account guests"),
        ({"name": "gpu"}, {"account": "guests"}, ""),
    ],
)
def test_access_to_partitions(limits: dict[str, Any], chosen: dict[str, str], why: str) -> None:
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


def test_without_accounting_partitions_are_open() -> None:
    nobody = access(account=None)
    assert nobody.refusal(partition(allow_accounts=["x"], allow_qos=["y"])) == ""
    assert (nobody.accounts([partition()]), nobody.qos([partition()])) == ([], [])


def test_circular_accounts_terminate() -> None:
    circle = [
        Association(account="a", parent_account="b"),
        Association(account="b", parent_account="a"),
    ]
    assert lineage(circle, ["a"]) == ["a", "b"]


_GPU = {
    "name": "gpu1",
    "state": ["IDLE"],
    "partitions": ["gpu"],
    "cpus": 8,
    "real_memory": 8000,
    "gres": "gpu:a100:4",
    "sockets": 1,
    "cores": 8,
    "threads": 1,
}
NOW = 1000.0


def machine(**fields: Any) -> Node:
    return node(NodeRow(**{**_GPU, **fields}))


def free(found: Node) -> tuple[int, int, int]:
    return found.cpus_free, found.memory_free, found.gpus_free


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, (8, 8000, 4)),
        ({"alloc_cpus": 3, "alloc_memory": 1000, "gres_used": "gpu:a100:1"}, (5, 7000, 3)),
        # All of the CPUs, or all of the memory, are taken: nobody gets at the rest.
        ({"alloc_cpus": 8, "alloc_memory": 1000}, (0, 0, 0)),
        ({"alloc_cpus": 1, "alloc_memory": 8000}, (0, 0, 0)),
        # CoreSpecCount and MemSpecLimit, as newer and as older versions tell it.
        ({"effective_cpus": 6, "specialized_memory": 500}, (6, 7500, 4)),
        ({"tres": "cpu=6,mem=8000M"}, (6, 8000, 4)),
        ({"effective_cpus": 6, "alloc_cpus": 6}, (0, 0, 0)),
        ({"state": ["IDLE", "DRAIN"]}, (0, 0, 0)),
        ({"state": ["DOWN"]}, (0, 0, 0)),
    ],
)
def test_of_a_node(fields: dict[str, Any], expected: tuple[int, int, int]) -> None:
    assert free(machine(**fields)) == expected


@pytest.mark.parametrize(
    ("fields", "mine"),
    [
        ({"users": ["alice", "bob"]}, True),
        ({"users": ["bob"]}, False),
        ({"users": ["-bob"]}, True),
        ({"users": ["-alice"]}, False),
        ({"accounts": ["physics"]}, True),
        ({"accounts": ["chemistry"]}, False),
        ({"accounts": ["-physics"]}, False),
        ({"users": ["alice"], "accounts": ["chemistry"]}, False),
        ({"groups": ["alice"]}, False),
    ],
)
def test_owners_of_reservations(fields: dict[str, Any], mine: bool) -> None:
    assert admits(Reservation(name="r", **fields), "alice", ["astro", "physics"]) is mine


def reservation(**fields: Any) -> Reservation:
    told = {"name": "r", "nodes": "gpu[1-2]", "start_time": 900, "end_time": 2000}
    return Reservation(**{**told, "node_count": 2, "users": ["bob"], **fields})


def seen(user: str, *reservations: Reservation, **fields: Any) -> Node:
    held = reserved(reservations, user, [], NOW)
    return for_user([machine(**fields)], user, held)[0]


def test_nodes_that_others_reserved_are_not_free() -> None:
    theirs = seen("alice", reservation())
    assert (theirs.usable, free(theirs)) == (False, (0, 0, 0))
    mine = seen("bob", reservation())
    assert (mine.usable, free(mine), mine.your_reservation) == (True, (8, 8000, 4), "r")
    assert seen("bob", reservation(flags=["MAGNETIC"])).your_reservation == ""
    # Over, or not begun.
    assert seen("alice", reservation(end_time=950)).usable
    assert seen("alice", reservation(start_time=1500)).usable
    # PrivateData hides the reservation itself, the node tells that there is one.
    assert not seen("alice", state=["IDLE", "RESERVED"]).usable


@pytest.mark.parametrize(
    "fields",
    [{"cores": {"gpu1": 3}}, {"core_count": 6, "says_cores": False}],
)
def test_cores_that_others_reserved_are_not_free(fields: dict[str, Any]) -> None:
    found = seen("alice", reservation(**fields, gpus=2))
    assert (found.usable, free(found)) == (True, (5, 8000, 3))
    assert seen("bob", reservation(**fields)).your_reservation == ""
    busy = seen("alice", reservation(**fields), alloc_cpus=6)
    assert free(busy) == (0, 0, 0)


def test_a_node_that_one_user_has_for_themselves() -> None:
    assert not seen("alice", owner="bob").usable
    assert seen("bob", owner="bob").usable


def test_a_partition_has_what_its_nodes_have() -> None:
    nodes = [
        machine(),
        machine(name="gpu2", state=["ALLOCATED"], alloc_cpus=8),
        machine(name="x", partitions=["y"]),
    ]
    gpu = Partition(name="gpu", state="UP")
    found = with_free(gpu, nodes)
    assert (found.cpus_free, found.gpus_free, found.gpus_total) == (8, 4, 8)
    assert (found.nodes_usable, found.nodes_idle) == (2, 1)


@pytest.mark.parametrize("state", ["DOWN", "DRAIN", "INACTIVE"])
def test_nothing_is_free_in_a_closed_partition(state: str) -> None:
    found = with_free(Partition(name="gpu", state=state), [machine()])
    assert (found.cpus_free, found.memory_free, found.gpus_free) == (0, 0, 0)
    assert (found.gpus_total, found.nodes_usable) == (4, 0)


def test_a_partition_limits_what_its_jobs_get() -> None:
    gpu = Partition(name="gpu", state="UP", max_cpus_per_node=2)
    assert with_free(gpu, [machine()]).cpus_free == 2
    greedy = Partition(name="gpu", state="UP", default_memory_per_cpu=9000)
    assert with_free(greedy, [machine()]).cpus_free == 0


def test_a_reservation_that_begins_before_a_job_would_end() -> None:
    held = reserved([reservation(start_time=1300)], "alice", [], NOW)
    nodes = for_user([machine()], "alice", held)
    short = Partition(name="gpu", state="UP", default_time=5)
    long = Partition(name="gpu", state="UP", default_time=6)
    assert with_free(short, nodes, held.later, NOW).cpus_free == 8
    assert with_free(long, nodes, held.later, NOW).cpus_free == 0


def test_what_is_free_in_a_reservation_of_the_user_is_told_apart() -> None:
    nodes = [seen("bob", reservation()), machine(name="gpu3")]
    found = with_free(Partition(name="gpu", state="UP"), nodes)
    assert (found.cpus_free, found.reserved_cpus_free, found.reserved_gpus_free) == (16, 8, 4)
    assert found.your_reservations == ["r"]
