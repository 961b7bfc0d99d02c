"""GPUs of jobs and nodes match scontrol's details."""

from __future__ import annotations

import re

from devcluster import Cluster
from jupyter_slurm_rest.slurm import JobListing
from tests.real.comparison import client_of, lines, submit, until_state, versions_of


def given(cluster: Cluster, job: int) -> dict[str, int]:
    """GPUs by type (empty: none) in the lines of ``scontrol show job --details``."""
    found: dict[str, int] = {}
    for line in lines(cluster, ["scontrol", "--details", "show", "job", str(job)]):
        for kind, count in re.findall(r"\bgpu(?::([^:,()]+))?:(\d+)\(IDX", line):
            found[kind] = found.get(kind, 0) + int(count)
    return {kind: count for kind, count in found.items() if count}


async def test_gpus_of_a_job(site: Cluster) -> None:
    requests = (
        ("--gpus=3", "--nodes=2", "--ntasks=2"),
        ("--gpus=7", "--nodes=2", "--ntasks=2"),
        ("--gpus=a100:1,h100:1",),
        ("--gres=gpu:h100:2",),
        ("--gres=gpu:2", "--nodelist=gpu2"),
    )
    for options in requests:
        job = submit(site, "--partition=gpu", *options)
        until_state(site, job, "RUNNING")
        theirs = given(site, job)
        for version in await versions_of(site):
            async with client_of(site, version=version) as client:
                whole = await client.whole_job(str(job))
                queue = await client.jobs()
                nodes = await client.nodes()
            assert whole.allocated is not None
            named = {kind: count for kind, count in theirs.items() if kind}
            assert whole.allocated.gpu_types == named, (version, options)
            assert whole.allocated.gpus == whole.gpus == sum(theirs.values())
            assert isinstance(queue, JobListing)
            assert [one.gpus for one in queue.jobs if one.job_id == job] == [whole.gpus]
            assert sum(node.gpus_used for node in nodes) == whole.gpus
        lines(site, ["scancel", str(job)])
        until_state(site, job, "CANCELLED")


async def test_gpus_that_a_pending_job_requests(site: Cluster) -> None:
    requests = {
        "--gres=gpu:h100:2": {"h100": 2},
        "--gpus=a100:1,h100:2": {"a100": 1, "h100": 2},
        "--gpus-per-node=a100:2 --nodes=1": {"a100": 2},
        "--gpus-per-task=h100:1 --ntasks=2": {"h100": 2},
        "--gpus=2": {},
    }
    for options, types in requests.items():
        job = submit(site, "--partition=gpu", "--hold", *options.split())
        for version in await versions_of(site):
            async with client_of(site, version=version) as client:
                whole = await client.whole_job(str(job))
            assert whole.requested is not None
            assert whole.requested.gpu_types == types, (version, options)
        lines(site, ["scancel", str(job)])


async def test_gpus_that_jobs_share_are_not_free(site: Cluster) -> None:
    jobs = [submit(site, "--partition=gpu", "--gres=shard:3", "--nodelist=gpu2") for _ in range(2)]
    for job in jobs:
        until_state(site, job, "RUNNING")
    for version in await versions_of(site):
        async with client_of(site, version=version) as client:
            node = await client.node("gpu2")
        shards = next(one for one in node.gres if one.name == "shard")
        # 22.05 counts the GPUs instead.
        assert shards.used == (2 if site.release.startswith("22.05") else 6)
        assert (node.gpus_used, node.gpus_free) == (0, 2)
