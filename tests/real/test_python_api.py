"""The Python API through a real server, compared with squeue and sacct."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import pytest

from devcluster import Cluster
from jupyter_slurm_rest import JobFailed, Slurm, SlurmError
from jupyter_slurm_rest.notebook.api import SlurmApi
from jupyter_slurm_rest.notebook.find_server import ServerAddress
from jupyter_slurm_rest.slurm.errors import InvalidRequest, NotFound, Unsupported

from .api import HOME, server_config

T = TypeVar("T")
#: Task 0 succeeds, task 1 fails, task 2 waits to be canceled.
SCRIPT = """#!/bin/bash
case $SLURM_ARRAY_TASK_ID in
  0) seq 1 20000 ;;
  1) echo broken >&2; exit 3 ;;
  2) sleep 300 ;;
esac
"""


@pytest.fixture
def jp_server_config(cluster: Cluster, tmp_path: Path) -> dict[str, Any]:
    return server_config(tmp_path, cluster.token("alice"), {"real": cluster.url})


@pytest.fixture
def slurm(jp_serverapp: Any, jp_fetch: Any) -> Iterator[Slurm]:
    token = jp_serverapp.identity_provider.token
    api = SlurmApi(lambda: ServerAddress(jp_serverapp.connection_url, token))
    yield Slurm.over(api)
    api.close()


async def elsewhere(call: Callable[..., T], *args: Any, **options: Any) -> T:
    """In a thread, as a kernel is another process: the server responds meanwhile."""
    return await asyncio.to_thread(call, *args, **options)


async def test_an_array_with_a_failed_and_a_canceled_task(slurm: Slurm, cluster: Cluster) -> None:
    job = await elsewhere(
        slurm.submit, SCRIPT, directory=HOME, array=range(3), mem=10, job_name="api", time=5
    )

    def the_second_runs() -> None:
        while not any(task.ended for task in job.tasks if task.id == f"{job}_1"):
            job.refresh()

    await elsewhere(the_second_runs)
    await elsewhere(slurm.cancel, f"{job}_2")
    ended = await elsewhere(job.wait, 120)
    assert ended is job
    words = ["sacct", "-n", "-P", "-X", "-j", job.id, "-o", "JobID,State"]
    accounted = cluster.run(words).stdout
    states = dict(line.split("|") for line in accounted.splitlines())
    tasks = await elsewhere(lambda: {task.id: task.last_state for task in job.tasks})
    assert tasks == {name: state.partition(" ")[0] for name, state in states.items()}
    assert tasks == {f"{job}_0": "COMPLETED", f"{job}_1": "FAILED", f"{job}_2": "CANCELLED"}
    assert job.last_state == "FAILED"
    assert [job.last_tasks[at].exit_code for at in (0, 1)] == [0, 3]
    with pytest.raises(JobFailed, match="2 of 3 tasks did not complete"):
        await elsewhere(job.check)
    whole = await elsewhere(job.output, task=0)
    assert whole.split() == [str(number) for number in range(1, 20001)]
    assert await elsewhere(job.output, task=0, tail=2) == "19999\n20000\n"
    assert f"==> {job}_0 <==\n1\n" in await elsewhere(job.output)


async def test_a_job_that_waits(slurm: Slurm, cluster: Cluster) -> None:
    with pytest.raises(InvalidRequest, match="Did you mean partition"):
        await elsewhere(slurm.submit, wrap="true", partitions="debug")
    job = await elsewhere(
        slurm.submit, wrap="sleep 300", directory=HOME, hold=True, time="20:00", mem=10
    )
    queued = ["squeue", "-h", "-j", job.id, "-o", "%T|%r|%l|%j"]
    assert cluster.run(queued).stdout == "PENDING|JobHeldUser|20:00|wrap\n"
    found = await elsewhere(lambda: (job.state, job.reason, job.name, job.ended))
    assert found == ("PENDING", "JobHeldUser", "wrap", False)
    await elsewhere(job.update, time="10:00")
    assert cluster.run(queued).stdout == "PENDING|JobHeldUser|10:00|wrap\n"
    if cluster.generation == "host":
        # v0.0.38 has no field for a new name.
        with pytest.raises(Unsupported, match=r"needs v0\.0\.39"):
            await elsewhere(job.update, job_name="renamed")
    else:
        await elsewhere(job.update, job_name="renamed")
        assert cluster.run(queued).stdout == "PENDING|JobHeldUser|10:00|renamed\n"
    listed = await elsewhere(slurm.jobs, search=job.id)
    assert list(listed) == [job]
    assert listed.to_pandas().loc[0, "time_limit"] == pd.Timedelta(minutes=10)
    with pytest.raises(TimeoutError):
        await elsewhere(job.wait, 0)
    with pytest.raises(NotFound, match="has not started"):
        await elsewhere(job.output)
    again = pickle.loads(pickle.dumps(job))  # noqa: S301 - made the moment before
    assert (again, f"{again}", hash(again)) == (job, job.id, hash(job))
    await elsewhere(job.cancel)
    assert (await elsewhere(job.wait, 60)).last_state == "CANCELLED"
    with pytest.raises(SlurmError):
        await elsewhere(job.hold)
