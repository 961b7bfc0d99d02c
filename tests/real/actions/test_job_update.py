"""Changing pending jobs."""

from __future__ import annotations

import time

import pytest

from devcluster import Cluster
from jupyter_slurm_rest.slurm.errors import Unsupported
from jupyter_slurm_rest.slurm.models.job import JobUpdate
from tests.real.comparison import client_of, shown, submit, until_state, versions_of


async def test_updates_are_applied_and_reverted(cluster: Cluster) -> None:
    begin = int(time.time()) + 7200
    for version in await versions_of(cluster):
        first = submit(cluster, "--begin=now+1hour")
        job = submit(cluster, "--begin=now+1hour", "--exclude=cpu2")
        change = JobUpdate(
            time_limit=90,
            time_minimum=None if version == "v0.0.37" else 3,
            partition="long",
            qos="high",
            account="particles",
            nice=None if version == "v0.0.39" else 7,
            dependency=f"afterok:{first}",
            begin=begin,
            comment="changed, with = signs",
            constraints="intel",
            nodes="1-2",
            excluded_nodes="cpu1",
            licenses="matlab:1",
            requeue=False,
        )
        async with client_of(cluster, version=version) as client:
            result = (await client.update([job], change))[0]
            assert result.ok, result
            record = shown(cluster, "job", str(job))[0]
            assert record["TimeLimit"] == "01:30:00"
            assert record["Partition"] == "long"
            assert (record["QOS"], record["Account"]) == ("high", "particles")
            assert record["Nice"] == ("0" if version == "v0.0.39" else "7")
            assert record["Dependency"].startswith(f"afterok:{first}")
            assert record["EligibleTime"] in (str(begin), "Unknown")
            assert record["Comment"] == "changed, with = signs"
            assert record["Features"] == "intel"
            assert record["NumNodes"] == "1-2"
            assert record["ExcNodeList"] == "cpu1"
            assert record["Licenses"] == "matlab:1"
            assert record["Requeue"] == "0"

            back = JobUpdate(
                dependency="", comment="", constraints="", excluded_nodes="", requeue=True
            )
            assert (await client.update([job], back))[0].ok
            read = await client.job(job)
            assert (read.dependency, read.comment, read.constraints) == ("", "", "")
            assert (read.excluded_nodes, read.requeue) == ("", True)

            if version >= "v0.0.39":
                assert (await client.update([job], JobUpdate(name="renamed")))[0].ok
                assert (await client.job(job)).name == "renamed"
            else:
                with pytest.raises(Unsupported, match="name"):
                    await client.update([job], JobUpdate(name="renamed"))

            for wrong, number in (
                (JobUpdate(partition="nosuch"), 2000),
                (JobUpdate(qos="nosuch"), 2066),
                (JobUpdate(account="chemistry"), 2045),
            ):
                refused = (await client.update([job], wrong))[0]
                assert (refused.ok, refused.error_number) == (False, number), wrong
                assert refused.message.startswith("Slurm refused: ")
            await client.cancel([job, first])


async def test_begin_now(cluster: Cluster) -> None:
    for version in await versions_of(cluster):
        job = submit(cluster, "--begin=now+1hour")
        async with client_of(cluster, version=version) as client:
            assert (await client.update([job], JobUpdate(begin=0)))[0].ok
            until_state(cluster, job, "RUNNING")
            await client.cancel([job])
