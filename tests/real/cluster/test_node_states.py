"""Node states match sinfo's words."""

from __future__ import annotations

import pytest

from devcluster import Cluster
from jupyter_slurm_rest.slurm import SlurmClient
from tests.real.comparison import client_of, lines, settle, submit, until, until_state, versions_of


def sinfo(cluster: Cluster) -> dict[str, str]:
    argv = ["sinfo", "--Node", "--noheader", "--all", "--format=%N %T"]
    return dict(line.split() for line in lines(cluster, argv))


def update(cluster: Cluster, node: str, *states: str) -> None:
    for state in states:
        if state.startswith("reboot"):
            cluster.run(["scontrol", *state.split(), node], check=False)
        else:
            change = ["update", f"NodeName={node}", f"State={state}", "Reason=test"]
            cluster.run(["scontrol", *change], check=False)


async def assert_same(cluster: Cluster) -> None:
    for version in await versions_of(cluster):
        async with client_of(cluster, version=version) as client:

            async def compare(client: SlurmClient = client) -> dict[str, tuple[str, str]]:
                before = sinfo(cluster)
                ours = {one.name: one.sinfo_state for one in await client.nodes()}
                # A node on its way from one state to the next is looked at again.
                return {
                    name: (word, ours[name])
                    for name, word in sinfo(cluster).items()
                    if word != ours[name] or word != before[name]
                }

            await settle(compare)


def restore(cluster: Cluster, node: str, idle: str) -> None:
    def back() -> bool:
        if sinfo(cluster)[node] == idle:
            return True
        cluster.run(["scontrol", "cancel_reboot", node], check=False)
        states = ("UNDRAIN", "RESUME") if idle == "idle" else ("POWER_DOWN_FORCE", "RESUME")
        update(cluster, node, *states)
        return False

    until(back, f"{node} {idle}", seconds=90)


@pytest.mark.parametrize("states", [["DRAIN"], ["FAIL"], ["DRAIN", "reboot ASAP"], ["reboot"]])
async def test_of_a_node_with_a_job(site: Cluster, states: list[str]) -> None:
    job = submit(site, "--nodelist=cpu1", "--ntasks=3", "--mem=100")
    until_state(site, job, "RUNNING")
    try:
        update(site, "cpu1", *states)
        await assert_same(site)
    finally:
        lines(site, ["scancel", str(job)])
        restore(site, "cpu1", "idle")


@pytest.mark.parametrize("states", [["DRAIN"], ["FAIL"], ["DOWN"], ["DOWN", "DRAIN"]])
async def test_of_a_node_without_jobs(site: Cluster, states: list[str]) -> None:
    try:
        update(site, "cpu1", *states)
        await assert_same(site)
    finally:
        restore(site, "cpu1", "idle")


@pytest.mark.parametrize(
    "states",
    [
        [],
        ["POWER_UP"],
        ["POWER_UP", "DRAIN"],
        ["DRAIN"],
        ["POWER_UP", "FAIL"],
        ["POWER_UP", "DOWN"],
        ["POWER_UP", "POWER_DOWN"],
    ],
)
async def test_of_a_cloud_node(site: Cluster, states: list[str]) -> None:
    try:
        update(site, "cloud1", *states)
        await assert_same(site)
    finally:
        restore(site, "cloud1", "idle~")


async def test_a_node_that_is_powered_up_for_a_job(site: Cluster) -> None:
    job = submit(site, "--partition=cloud", "--nodelist=cloud2", "--ntasks=2")
    try:
        until(lambda: sinfo(site)["cloud2"] == "mixed#", "cloud2 is powered up")
        await assert_same(site)
        async with client_of(site) as client:
            node = await client.node("cloud2")
        assert (node.usable, node.cpus_free) == (True, 2)
        assert "NOT_RESPONDING" in node.flags
        assert node.partitions == ["cloud"]
        update(site, "cloud2", "POWER_DOWN_ASAP")
        await assert_same(site)
    finally:
        lines(site, ["scancel", str(job)])
        restore(site, "cloud2", "idle~")


async def test_of_reserved_nodes(site: Cluster) -> None:
    for flags in ([], ["Flags=MAINT"]):
        command = ["create", "reservation", "ReservationName=upkeep", "StartTime=now", "Duration=9"]
        lines(site, ["scontrol", *command, "Users=root", "Nodes=cpu1", *flags], user="root")
        try:
            until(lambda: sinfo(site)["cpu1"] in ("reserved", "maint"), "cpu1 is reserved")
            await assert_same(site)
        finally:
            lines(site, ["scontrol", "delete", "ReservationName=upkeep"], user="root")
    until(lambda: sinfo(site)["cpu1"] == "idle", "cpu1 is idle")
