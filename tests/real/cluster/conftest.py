"""A cluster with closed partitions, system cores, cloud nodes and mixed GPUs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from devcluster import Cluster
from jupyter_slurm_rest.queue.responses import Snapshot, Snapshots
from jupyter_slurm_rest.server.cluster import ClusterResources
from jupyter_slurm_rest.slurm.models import Account
from tests.real.comparison import client_of, lines, until
from tests.real.instances import own_cluster

#: Partitions over cpu[1-2], each closed to somebody in a way of its own.
PARTITIONS = {
    "parent": "AllowAccounts=physics",
    "allowqos": "AllowQos=high",
    "denyqos": "DenyQos=normal",
    "denyparent": "DenyAccounts=physics",
    "denyastro": "DenyAccounts=astro",
    "particles": "AllowAccounts=particles",
    "grpbob": "AllowGroups=bob",
    "grpalice": "AllowGroups=alice",
    "inactive": "State=INACTIVE",
    "pdrain": "State=DRAIN",
    "pdown": "State=DOWN",
    "hidden": "Hidden=YES",
    "rootonly": "RootOnly=YES",
    "reqresv": "ReqResv=YES",
    "elsewhere": "AllocNodes=elsewhere",
    "minnodes": "MinNodes=3",
    "nonodes": "MaxNodes=0",
    "nocpus": "MaxCPUsPerNode=0",
    "notimelimit": "MaxTime=0",
}

CONF = [
    "GresTypes=gpu,shard",
    "AccountingStorageTRES=gres/gpu,gres/gpu:a100",
    "NodeName=cpu2 CoreSpecCount=2 MemSpecLimit=500",
    "NodeName=gpu1 Gres=gpu:a100:2,gpu:h100:2",
    "NodeName=gpu2 Gres=gpu:4,shard:16",
    *(
        f"NodeName=cloud{number} NodeHostname=devcluster NodeAddr=127.0.0.1 Port={number}"
        " CPUs=4 RealMemory=1000 State=CLOUD"
        for number in (1, 2)
    ),
    "ResumeProgram=/bin/true",
    "SuspendProgram=/bin/true",
    "RebootProgram=/bin/true",
    "SuspendTime=100000",
    "SuspendTimeout=1",
    "ResumeTimeout=3600",
    "SuspendExcNodes=cpu[1-2],gpu[1-2]",
    "PartitionName=cloud Nodes=cloud[1-2]",
    *(f"PartitionName={name} Nodes=cpu[1-2] {how}" for name, how in PARTITIONS.items()),
]

_ACCOUNTING = (
    "add user carol Account=astro Partition=gpu",
    "modify account physics set GrpTRES=cpu=40,gres/gpu=8 GrpJobs=30 MaxJobs=7 MaxWall=3-00:00:00",
    "modify account astro set GrpTRES=cpu=24 MaxTRES=cpu=12 MaxSubmitJobs=50",
)


@pytest.fixture(scope="package")
def site(cluster: Cluster) -> Iterator[Cluster]:
    # 22.05 does not list cloud nodes without power otherwise; later releases always do.
    old = ["PrivateData=cloud"] if cluster.release.startswith("22.05") else []
    own = own_cluster(cluster.generation, "machine", [*CONF, *old])
    own.up()
    try:
        for command in _ACCOUNTING:
            own.run(["sacctmgr", "--immediate", *command.split()])
        yield own
    finally:
        own.down()


@pytest.fixture(autouse=True)
def nothing_left(site: Cluster) -> Iterator[None]:
    yield
    for user in ("alice", "bob", "carol"):
        site.run(["scancel", "--user", user])
    until(lambda: not lines(site, ["squeue", "--noheader"], user="root"), "no job is left", 120)


@asynccontextmanager
async def resources_of(
    cluster: Cluster, user: str = "alice", version: str | None = None
) -> AsyncIterator[ClusterResources]:
    """The cluster's state as ``user`` sees it, without caching."""
    async with client_of(cluster, user, version) as client:

        async def username() -> str:
            return user

        async def account() -> Snapshot[Account]:
            return Snapshot(await client.account(user), 0)

        snapshots = Snapshots(ttl=0)
        try:
            yield ClusterResources(
                cluster.url, client, snapshots, None, username=username, account=account
            )
        finally:
            await snapshots.close()
