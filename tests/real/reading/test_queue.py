"""The job list matches squeue."""

from __future__ import annotations

from typing import Any

from msgspec.structs import asdict

from devcluster import Cluster
from jupyter_slurm_rest.slurm import JobListing
from tests.real.comparison import (
    Table,
    client_of,
    differing,
    lines,
    minutes,
    moment,
    seconds,
    settle,
    versions_of,
    word,
)
from tests.real.versions import seen

SQUEUE = "%i|%A|%j|%u|%a|%P|%q|%T|%V|%S|%e|%M|%l|%N|%D|%C|%Q|%r"


def squeue(cluster: Cluster) -> Table:
    argv = ["squeue", "--noheader", "--all", "--states=all", f"--format={SQUEUE}"]
    found: Table = {}
    for line in lines(cluster, argv, user="root"):
        f = dict(zip(SQUEUE.replace("%", "").split("|"), line.split("|"), strict=True))
        waits = f["T"] == "PENDING"
        found[f["i"]] = {
            "job_id": int(f["A"]),
            "name": f["j"],
            "user": f["u"],
            "account": f["a"],
            "partition": f["P"],
            "qos": f["q"],
            "state": f["T"],
            "submit_time": moment(f["V"]),
            "start_time": None if waits else moment(f["S"]),
            "estimated_start": moment(f["S"]) if waits else None,
            "end_time": None if waits else moment(f["e"]),
            "elapsed": None if waits else seconds(f["M"]),
            "time_limit": minutes(f["l"]),
            "nodes": f["N"],
            "node_count": int(f["D"]),
            "cpus": int(f["C"]),
            "priority": int(f["Q"]),
            "reason": word(f["r"]),
        }
    return found


async def test_jobs_match_squeue(busy: Cluster) -> None:
    for version in await versions_of(busy):
        with seen(busy, version, "all jobs"):
            async with client_of(busy, version=version) as client:

                async def compare(client: Any = client) -> dict[str, Any]:
                    theirs, found = squeue(busy), await client.jobs()
                    assert isinstance(found, JobListing)
                    ours = {job.id: asdict(job) for job in found.jobs}
                    return differing(theirs, ours, close=("elapsed",))

                await settle(compare)


async def test_states_match_squeue(busy: Cluster) -> None:
    for version in await versions_of(busy):
        if version < "v0.0.40":
            continue
        async with client_of(busy, version=version) as client:
            argv = ["squeue", "--noheader", "--all", "--states=all", "--array", "--format=%T"]
            theirs = sorted(lines(busy, argv, user="root"))
            assert sorted(one.state for one in await client.job_states()) == theirs
