"""Nodes, partitions, reservations and licenses match scontrol and sinfo."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import asdict

from devcluster import Cluster
from jupyter_slurm_rest.slurm import JobListing
from jupyter_slurm_rest.slurm.errors import Unsupported
from jupyter_slurm_rest.slurm.models import Node
from jupyter_slurm_rest.slurm.wire.version import capabilities_of
from tests.real.comparison import (
    Table,
    client_of,
    differing,
    lines,
    minutes,
    moment,
    settle,
    shown,
    versions_of,
    word,
)
from tests.real.versions import seen


def scontrol_node(f: dict[str, str]) -> dict[str, Any]:
    base, *flags = f["State"].split("+")
    return {
        "state": base,
        "flags": sorted(flags),
        "cpus": int(f["CPUTot"]),
        "cpus_used": int(f["CPUAlloc"]),
        "memory": int(f["RealMemory"]),
        "memory_used": int(f["AllocMem"]),
        "features": word(f["AvailableFeatures"]).split(",") if word(f["AvailableFeatures"]) else [],
        "partitions": sorted(f["Partitions"].split(",")),
        "sockets": int(f["Sockets"]),
        "cores_per_socket": int(f["CoresPerSocket"]),
        "threads_per_core": int(f["ThreadsPerCore"]),
        "tmp_disk": int(f["TmpDisk"]),
        "weight": int(f["Weight"]),
        "version": f["Version"],
        "boot_time": moment(f["BootTime"]),
        "address": f["NodeAddr"],
        "architecture": f["Arch"],
        "reason": f.get("Reason", "").partition(" [")[0],
    }


def our_node(node: Node) -> dict[str, Any]:
    return asdict(node) | {"flags": sorted(node.flags), "partitions": sorted(node.partitions)}


async def test_nodes_match_scontrol(busy: Cluster) -> None:
    change = ["scontrol", "update", "NodeName=gpu2"]
    lines(busy, [*change, "State=DRAIN", "Reason=a fan, broken"], user="root")
    try:
        for version in await versions_of(busy):
            with seen(busy, version, "nodes"):
                async with client_of(busy, version=version) as client:

                    async def compare(client: Any = client) -> dict[str, Any]:
                        theirs = {f["NodeName"]: scontrol_node(f) for f in shown(busy, "node")}
                        ours = {node.name: our_node(node) for node in await client.nodes()}
                        return differing(theirs, ours)

                    await settle(compare)
                    drained = await client.node("gpu2")
                    assert (drained.usable, drained.reason_user) == (False, "root")
    finally:
        lines(busy, [*change, "State=RESUME"], user="root")


async def test_gpus_are_those_that_jobs_have(busy: Cluster) -> None:
    for version in await versions_of(busy):
        async with client_of(busy, version=version) as client:
            nodes = await client.nodes()
            jobs = await client.jobs()
            assert isinstance(jobs, JobListing)
            had = sum(job.gpus for job in jobs.jobs if job.state in ("RUNNING", "SUSPENDED"))
            assert sum(node.gpus_used for node in nodes) == had > 0
            assert sum(node.gpus for node in nodes) == 8


def scontrol_partition(f: dict[str, str], minor: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "nodes": f["Nodes"],
        "node_count": int(f["TotalNodes"]),
        "cpu_count": int(f["TotalCPUs"]),
        "max_time": minutes(f["MaxTime"]),
        "max_nodes": "UNLIMITED" if f["MaxNodes"] == "UNLIMITED" else int(f["MaxNodes"]),
        "min_nodes": int(f["MinNodes"]),
        "priority_tier": int(f["PriorityTier"]),
        "allow_accounts": [] if f["AllowAccounts"] == "ALL" else f["AllowAccounts"].split(","),
        "allow_qos": [] if f["AllowQos"] == "ALL" else f["AllowQos"].split(","),
    }
    if minor != 39:
        found["state"] = f["State"]
    if minor != 37:
        found["default_time"] = minutes(f["DefaultTime"])
    if minor <= 38 or minor >= 45:
        found["default"] = f["Default"] == "YES"
    return found


async def test_partitions_match_scontrol_and_sinfo(busy: Cluster) -> None:
    for version in await versions_of(busy):
        minor = capabilities_of(version).api
        with seen(busy, version, "partitions"):
            async with client_of(busy, version=version) as client:

                async def compare(client: Any = client, minor: int = minor) -> dict[str, Any]:
                    theirs = {
                        f["PartitionName"]: scontrol_partition(f, minor)
                        for f in shown(busy, "partition", user="root")
                    }
                    for line in lines(busy, ["sinfo", "--noheader", "--format=%R %C"]):
                        name, cpus = line.split()
                        theirs[name]["cpus_free"] = int(cpus.split("/")[1])
                    found = await client.partitions(await client.nodes())
                    return differing(theirs, {one.name: asdict(one) for one in found})

                await settle(compare)


async def test_reservations_match_scontrol(busy: Cluster) -> None:
    for version in await versions_of(busy):
        with seen(busy, version, "reservations"):
            async with client_of(busy, version=version) as client:
                theirs: Table = {
                    f["ReservationName"]: {
                        "start_time": moment(f["StartTime"]),
                        "end_time": moment(f["EndTime"]),
                        "nodes": word(f["Nodes"]),
                        "users": word(f["Users"]).split(","),
                        "licenses": word(f["Licenses"]),
                        "flags": sorted(f["Flags"].split(",")),
                    }
                    for f in shown(busy, "reservation")
                }
                ours = {
                    one.name: {name: getattr(one, name) for name in ("start_time", "end_time")}
                    | {"nodes": one.nodes, "users": one.users, "licenses": one.licenses}
                    | {"flags": sorted(one.flags)}
                    for one in await client.reservations()
                }
                assert differing(theirs, ours) == {}


async def test_licenses_match_scontrol(busy: Cluster) -> None:
    for version in await versions_of(busy):
        async with client_of(busy, version=version) as client:
            if version == "v0.0.37":
                with (
                    seen(busy, version, "licenses", refused=True),
                    pytest.raises(Unsupported, match=r"v0\.0\.38"),
                ):
                    await client.licenses()
                continue
            with seen(busy, version, "licenses"):
                counts = {
                    f["LicenseName"]: [int(f[k]) for k in ("Total", "Used", "Free")]
                    for f in shown(busy, "license")
                }
                found = await client.licenses()
                assert {one.name: [one.total, one.used, one.free] for one in found} == counts
