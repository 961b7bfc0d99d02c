"""Pending array tasks are written as sacct writes them.

The last one of this folder: squeue itself loses one of the tasks ``0-30:2`` and cuts long ids,
as long as it knows these jobs.
"""

from __future__ import annotations

import time
from typing import Any

from devcluster import Cluster
from jupyter_slurm_rest.slurm.accounting import HistoryQuery
from tests.real.comparison import (
    Table,
    client_of,
    differing,
    lines,
    settle,
    submit,
    until,
    versions_of,
)


async def test_pending_tasks_match_sacct(busy: Cluster) -> None:
    # Those that wait for a license are in accounting before they start.
    array = ["--licenses=ansys:2", "--time=1"]
    tasks = ["0-5", "0-5%2", "0-30:2", "0-30:2%3", "0,2,4,6,8", "3,6,9", "1-4,7"]
    tasks.append(",".join(str(3 * n + n % 2) for n in range(40)))
    jobs = [submit(busy, f"--array={one}", *array) for one in tasks]
    try:
        argv = ["sacct", "--noheader", "--allocations", "--parsable2", "--format=jobid"]
        argv += ["--state=PENDING", f"--jobs={','.join(map(str, jobs))}"]
        until(lambda: len(lines(busy, argv)) == len(jobs), "accounting knows them")
        theirs: Table = {job: {} for job in lines(busy, argv)}
        for version in await versions_of(busy):
            async with client_of(busy, version=version) as client:

                async def compare(client: Any = client) -> dict[str, Any]:
                    page = await client.history(HistoryQuery(start=int(time.time()) - 3600))
                    mine = [job.id for job in page.jobs if job.array_job_id in jobs]
                    ours: Table = {job: {} for job in mine}
                    return differing(theirs, ours)

                await settle(compare)
    finally:
        lines(busy, ["scancel", *map(str, jobs)], user="root")
