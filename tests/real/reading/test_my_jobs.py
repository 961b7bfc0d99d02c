"""My jobs match squeue with each strategy, and follow changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from devcluster import Cluster
from jupyter_slurm_rest.queue.long_queue import QueueDump
from jupyter_slurm_rest.queue.my_jobs import MyJobs
from jupyter_slurm_rest.queue.source import RestSource, is_live
from jupyter_slurm_rest.queue.strategy import Conditions, for_mine
from tests.real.comparison import (
    Table,
    client_of,
    differing,
    lines,
    settle,
    submit,
    until,
    versions_of,
    word,
)
from tests.real.versions import seen

SQUEUE = "%i|%A|%T|%N|%r"


def squeue(cluster: Cluster) -> Table:
    argv = ["squeue", "--noheader", "--user=alice", f"--format={SQUEUE}"]
    found: Table = {}
    for line in lines(cluster, argv):
        job, number, state, nodes, reason = line.split("|")
        found[job] = {
            "job_id": int(number),
            "state": state,
            "nodes": nodes,
            "reason": word(reason),
        }
    return {job: f for job, f in found.items() if f["state"] != "COMPLETING"}


@asynccontextmanager
async def source_of(cluster: Cluster, version: str) -> AsyncIterator[RestSource]:
    async def alice() -> str:
        await asyncio.sleep(0)
        return "alice"

    async with client_of(cluster, version=version) as client:
        yield RestSource(client, alice)


def until_accounted(cluster: Cluster, job: int, record: str) -> None:
    argv = ["sacct", "--noheader", "--allocations", "--parsable2", "--format=jobid,state"]
    until(lambda: record in lines(cluster, [*argv, f"--jobs={job}"]), record)


async def strategy_of(source: RestSource) -> MyJobs | QueueDump:
    can = await source.capabilities()
    here = Conditions(capabilities=can, accounting=await source.has_accounting(), queue=50)
    if for_mine(here).strategy == "mine":
        return MyJobs(source, "alice")
    return QueueDump(source, tells_last_update=can.last_update)


async def test_my_jobs_match_squeue_and_follow_it(busy: Cluster) -> None:
    for version in await versions_of(busy):
        async with source_of(busy, version) as source:
            strategy = await strategy_of(source)
            tables: list[Any] = []

            async def compare(
                strategy: Any = strategy, tables: list[Any] = tables
            ) -> dict[str, Any]:
                theirs = squeue(busy)
                tables.append(await strategy(tables[-1] if tables else None))
                rows = tables[-1].rows.values()
                mine = [row for row in rows if row.user == "alice" and is_live(row)]
                ours: Table = {
                    row.id: {name: getattr(row, name) for name in ("job_id", "state", "nodes")}
                    # Reasons are read again once a minute.
                    | {"reason": theirs.get(row.id, {}).get("reason")}
                    for row in mine
                    if "COMPLETING" not in row.flags
                }
                return differing(theirs, ours)

            with seen(busy, version, "my jobs"):
                await settle(compare)
                # One task runs and has a record of its own, the others wait in the array's.
                job = submit(busy, "--array=1-3%1", "--partition=gpu", "--mem=20")
                try:
                    until_accounted(busy, job, f"{job}_1|RUNNING")
                    await settle(compare)
                finally:
                    lines(busy, ["scancel", str(job)])
                await settle(compare)
