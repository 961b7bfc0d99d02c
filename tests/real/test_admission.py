"""What a check finds is what ``sbatch --test-only`` refuses, and nothing else."""

from __future__ import annotations

import shlex

from devcluster import Cluster
from jupyter_slurm_rest.queue.responses import Snapshot, Snapshots
from jupyter_slurm_rest.server.cluster import ClusterResources
from jupyter_slurm_rest.slurm.admission import compare
from jupyter_slurm_rest.slurm.models import Account
from jupyter_slurm_rest.slurm.sbatch import Submitter, merge, parse_script
from jupyter_slurm_rest.slurm.sbatch.resolve import resolve
from tests.real.comparison import client_of, lines

#: Options, and the one that is at fault; ``None`` where sbatch takes the job.
_JOBS: list[tuple[str, str | None]] = [
    ("--time=30", None),
    ("--time=31", "time"),
    ("--time=UNLIMITED", "time"),
    ("--partition=gpu --time=1-00:00:00", None),
    ("--partition=gpu --time=99:00:00", "time"),
    ("--partition=gpu --gpus=8", None),
    ("--partition=gpu --gpus=9", "gpus"),
    ("--partition=gpu --gpus=8 --nodes=1", "gpus"),
    ("--partition=gpu --gpus=a100:8", None),
    ("--partition=gpu --gpus=h100:1", "gpus"),
    ("--partition=gpu --gres=gpu:4", None),
    ("--partition=gpu --gres=gpu:5", "gres"),
    ("--partition=gpu --gpus-per-node=5", "gpus_per_node"),
    ("--partition=gpu --gpus-per-task=2 --ntasks=4", None),
    ("--partition=gpu --gpus-per-task=2 --ntasks=5", "gpus_per_task"),
    ("--gpus=1", "gpus"),
    ("--ntasks=16", None),
    ("--ntasks=17", "ntasks"),
    ("--nodes=1 --ntasks=9", "ntasks"),
    ("--cpus-per-task=8", None),
    ("--cpus-per-task=9", "cpus_per_task"),
    ("--ntasks-per-node=4 --cpus-per-task=4", "ntasks_per_node"),
    ("--nodes=2", None),
    ("--nodes=3", "nodes"),
    ("--mem=4000", None),
    ("--mem=4001", "mem"),
    ("--mem-per-cpu=1G --cpus-per-task=8", "mem_per_cpu"),
    ("--constraint=intel&avx512", None),
    ("--constraint=intel|amd", None),
    ("--constraint=nosuch", "constraint"),
    ("--constraint=avx512 --nodes=2", "constraint"),
    ("--partition=nosuch", "partition"),
    ("--qos=nosuch", "qos"),
    ("--qos=high", None),
    ("--account=chemistry", "account"),
    ("--account=particles", None),
]


async def test_what_sbatch_refuses_is_found(cluster: Cluster) -> None:
    user = "alice"
    script = "\n".join(
        f"sbatch --test-only {shlex.join(options.split())} --wrap=true >/dev/null 2>&1; echo $?"
        for options, _ in _JOBS
    )
    refused = [line != "0" for line in lines(cluster, ["sh", "-c", script], user=user)]
    assert refused == [fault is not None for _, fault in _JOBS]
    async with client_of(cluster, user) as client:

        async def username() -> str:
            return user

        async def account() -> Snapshot[Account]:
            return Snapshot(await client.account(user), 0)

        snapshots = Snapshots(ttl=60)
        resources = ClusterResources(
            cluster.url, client, snapshots, None, username=username, account=account
        )
        rules = (await client.capabilities()).submission
        submitter = Submitter(user=user, home="/home", directory="/home")
        partitions = (await resources.partitions()).value
        nodes = (await resources.nodes()).value
        access = await resources.access()
        await snapshots.close()
    # v0.0.39 to v0.0.44 do not tell which partition is the default.
    told = any(one.default for one in partitions)
    found = []
    for options, _ in _JOBS:
        named = "" if told or "--partition" in options else " --partition=debug"
        (spec,) = merge(parse_script(f"#!/bin/sh\n#SBATCH {options}{named}\n"), rules=rules)
        job = resolve(spec, submitter, rules)
        comparison = compare(job, partitions=partitions, nodes=nodes, access=access)
        assert comparison.unknown == [], options
        found.append((options, next((one.field for one in comparison.misfits), None)))
    assert found == _JOBS
