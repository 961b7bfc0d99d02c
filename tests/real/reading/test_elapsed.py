"""Elapsed times match squeue, also after a suspension."""

from __future__ import annotations

import time
from typing import Any

from devcluster import Cluster
from jupyter_slurm_rest.queue.pages import with_elapsed
from jupyter_slurm_rest.slurm import JobListing, SlurmClient
from jupyter_slurm_rest.slurm.accounting import HistoryQuery
from jupyter_slurm_rest.slurm.models import JobSummary
from tests.real.comparison import client_of, lines, seconds, settle, submit, until, until_state


async def rows(client: SlurmClient, job: int) -> list[JobSummary]:
    """Of the queue, of the job alone, and of the history."""
    queue = await client.jobs()
    assert isinstance(queue, JobListing)
    start = int(time.time()) - 3600
    past = (await client.history(HistoryQuery(users=["alice"], start=start, limit=5000))).jobs
    one = await client.job(job)
    return [one, *(row for row in (*queue.jobs, *past) if row.job_id == job)]


def squeue(cluster: Cluster, job: int) -> int | None:
    (line,) = lines(cluster, ["squeue", "-h", f"-j{job}", "--format=%M"])
    return seconds(line)


async def test_suspended_seconds_do_not_count(cluster: Cluster) -> None:
    job = submit(cluster)
    until_state(cluster, job, "RUNNING")
    until(lambda: (squeue(cluster, job) or 0) >= 2, f"{job} has run")
    lines(cluster, ["scontrol", "suspend", str(job)], user="root")
    stopped = time.time()
    until(lambda: time.time() - stopped > 6, "six seconds of suspension")
    async with client_of(cluster) as client:

        async def compare() -> dict[str, Any]:
            found = [with_elapsed(row, time.time()).elapsed for row in await rows(client, job)]
            theirs = squeue(cluster, job) or 0
            assert len(found) == 3
            wrong = [mine for mine in found if mine is None or abs(mine - theirs) > 2]
            return {str(job): (theirs, found)} if wrong else {}

        await settle(compare)
        lines(cluster, ["scontrol", "resume", str(job)], user="root")
        until_state(cluster, job, "RUNNING")
        await settle(compare)
        # Read once, and shown later.
        (first, *_) = await rows(client, job)
        until(lambda: (squeue(cluster, job) or 0) >= (first.elapsed or 0) + 3, "three seconds")
        later = with_elapsed(first, time.time()).elapsed
        assert later is not None
        assert abs(later - (squeue(cluster, job) or 0)) <= 2
    lines(cluster, ["scancel", str(job)])
