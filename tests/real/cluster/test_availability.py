"""Resources shown as free are those that ``sbatch --test-only`` would start on now."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

from devcluster import Cluster
from jupyter_slurm_rest.slurm.models import Node, Partition
from jupyter_slurm_rest.slurm.wire.version import capabilities_of
from tests.real.comparison import lines, submit, until, until_state, versions_of

from .conftest import resources_of


def starts_now(cluster: Cluster, *options: str, user: str = "alice") -> bool:
    """Whether a job of one CPU, and what ``options`` say, would start within the minute."""
    argv = ["sbatch", "--test-only", *options, "--wrap=true"]
    done = cluster.run(argv, user=user, check=False, env={"SLURM_TIME_FORMAT": "%s"})
    found = re.search(r"to start at (\d+)", done.stderr)
    return done.returncode == 0 and found is not None and int(found[1]) < time.time() + 60


async def look(
    cluster: Cluster, user: str = "alice", version: str | None = None
) -> tuple[dict[str, Node], dict[str, Partition]]:
    async with resources_of(cluster, user, version) as resources:
        nodes = (await resources.nodes()).value
        partitions = (await resources.partitions()).value
    return {one.name: one for one in nodes}, {one.name: one for one in partitions}


@contextmanager
def reservation(cluster: Cluster, name: str, *settings: str) -> Iterator[None]:
    command = ["create", "reservation", f"ReservationName={name}", "StartTime=now", "Duration=60"]
    lines(cluster, ["scontrol", *command, *settings], user="root")
    try:
        yield
    finally:
        lines(cluster, ["scontrol", "delete", f"ReservationName={name}"], user="root")


async def test_system_cores_are_not_free(site: Cluster) -> None:
    for version in await versions_of(site):
        nodes, partitions = await look(site, version=version)
        assert {name: node.cpus_free for name, node in nodes.items()} == {
            "cpu1": 8,
            "cpu2": 6,
            "gpu1": 8,
            "gpu2": 8,
            "cloud1": 4,
            "cloud2": 4,
        }
        # Before v0.0.39 MemSpecLimit is not told.
        told = capabilities_of(version).api >= 39
        assert nodes["cpu2"].memory_free == (3500 if told else 4000)
        assert [partitions[name].cpus_free for name in ("debug", "gpu")] == [14, 16]
        closed = ("inactive", "pdrain", "pdown")
        assert [partitions[name].cpus_free for name in closed] == [0, 0, 0]


async def test_nodes_that_are_all_taken(site: Cluster) -> None:
    taken = [
        submit(site, "--nodelist=cpu2", "--ntasks=6", "--mem=1000"),
        submit(site, "--partition=gpu", "--nodelist=gpu1", "--mem=0"),
        submit(site, "--partition=gpu", "--nodelist=gpu2", "--ntasks=8", "--mem=1000"),
    ]
    for job in taken:
        until_state(site, job, "RUNNING")
    for version in await versions_of(site):
        nodes, partitions = await look(site, version=version)
        assert (nodes["cpu2"].cpus_free, nodes["cpu2"].sinfo_state) == (0, "allocated")
        # All of the memory, and all of the CPUs, of a node whose GPUs nobody has.
        for name in ("gpu1", "gpu2"):
            assert (nodes[name].gpus_used, nodes[name].gpus_free) == (0, 0)
            assert not starts_now(site, "--partition=gpu", f"--nodelist={name}", "--gres=gpu:1")
        assert (partitions["gpu"].gpus_free, partitions["gpu"].gpus_total) == (0, 8)
        assert partitions["gpu"].cpus_free == 0
    assert not starts_now(site, "--nodelist=cpu2")
    assert starts_now(site, "--nodelist=cpu1")


async def test_reserved_nodes_are_free_for_those_who_reserved_them(site: Cluster) -> None:
    with reservation(site, "lesson", "Users=bob", "Nodes=cpu1"):
        for version in await versions_of(site):
            nodes, partitions = await look(site, version=version)
            assert not nodes["cpu1"].usable
            assert partitions["debug"].cpus_free == 6
            nodes, partitions = await look(site, "bob", version)
            assert (nodes["cpu1"].usable, nodes["cpu1"].your_reservation) == (True, "lesson")
            debug = partitions["debug"]
            assert (debug.cpus_free, debug.reserved_cpus_free) == (14, 8)
            assert debug.your_reservations == ["lesson"]
        assert not starts_now(site, "--nodelist=cpu1")
        assert not starts_now(site, "--nodelist=cpu1", user="bob")
        assert starts_now(site, "--nodelist=cpu1", "--reservation=lesson", user="bob")
    with reservation(site, "project", "Accounts=particles", "Nodes=cpu1"):
        assert (await look(site))[0]["cpu1"].your_reservation == "project"
        assert starts_now(site, "--nodelist=cpu1", "--reservation=project", "--account=particles")
        carols = (await look(site, "carol"))[0]
        assert not carols["cpu1"].usable


async def test_some_cores_of_a_node_reserved(site: Cluster) -> None:
    cores = ("Users=bob", "Nodes=cpu1", "CoreCnt=5", "PartitionName=debug")
    with reservation(site, "cores", *cores):
        for version in await versions_of(site):
            nodes, _ = await look(site, version=version)
            assert (nodes["cpu1"].usable, nodes["cpu1"].cpus_free) == (True, 3)
        assert starts_now(site, "--nodelist=cpu1", "--ntasks=3")
        assert not starts_now(site, "--nodelist=cpu1", "--ntasks=4")


async def test_a_node_that_a_user_has_for_themselves(site: Cluster) -> None:
    job = submit(site, "--nodelist=cpu1", "--exclusive=user", user="bob")
    until_state(site, job, "RUNNING")
    assert (await look(site, "bob"))[0]["cpu1"].cpus_free == 7
    for version in await versions_of(site):
        cpu1 = (await look(site, version=version))[0]["cpu1"]
        assert (cpu1.owner, cpu1.usable) == ("bob", False)
    # sbatch --test-only does not look at owners; the scheduler does.
    waits = submit(site, "--nodelist=cpu1")
    reason = ["squeue", "--noheader", f"--jobs={waits}", "--format=%T %r"]
    until(lambda: lines(site, reason)[0] not in ("PENDING None", "PENDING Priority"), "a reason")
    assert lines(site, reason)[0].startswith("PENDING")


async def test_drained_nodes_have_nothing_free(site: Cluster) -> None:
    change = ["scontrol", "update", "NodeName=cpu1"]
    lines(site, [*change, "State=DRAIN", "Reason=test"], user="root")
    try:
        for version in await versions_of(site):
            nodes, partitions = await look(site, version=version)
            cpu1 = nodes["cpu1"]
            assert (cpu1.cpus_free, cpu1.memory_free) == (0, 0)
            # Slurm may still be busy with the job of another test.
            assert cpu1.sinfo_state in ("drained", "draining")
            assert partitions["debug"].cpus_free == 6
    finally:
        lines(site, [*change, "State=RESUME"], user="root")
    until(lambda: starts_now(site, "--nodelist=cpu1"), "cpu1 takes jobs")
