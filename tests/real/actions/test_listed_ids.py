"""Ids in lists can be opened, changed and canceled."""

from __future__ import annotations

import pytest

from devcluster import Cluster
from jupyter_slurm_rest.slurm import SlurmClient
from jupyter_slurm_rest.slurm.errors import InvalidRequest
from jupyter_slurm_rest.slurm.models import Job
from jupyter_slurm_rest.slurm.models.job import JobUpdate
from jupyter_slurm_rest.slurm.models.job_filter import JobFilter
from jupyter_slurm_rest.slurm.models.job_id import parse_job_id
from tests.real.comparison import client_of, lines, states, submit, until_state, versions_of

#: Slurm cuts such a list in the middle of a number.
_LONG = "--array=1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31,33,35,40,45,50,55,60-70%1"


async def listed(client: SlurmClient, job: int) -> list[Job]:
    return await client.records_of(parse_job_id(job))


def tasks(cluster: Cluster, job: int, what: str = "%K") -> list[str]:
    """For each task that squeue shows."""
    argv = ["squeue", "--noheader", "--array", f"--jobs={job}", f"--format={what}"]
    return sorted(lines(cluster, argv))


@pytest.mark.parametrize("array", ["--array=1-9%2", "--array=0-60:5%2", _LONG])
async def test_the_waiting_tasks_of_an_array(cluster: Cluster, array: str) -> None:
    for version in await versions_of(cluster):
        job = submit(cluster, array, "--hold")
        async with client_of(cluster, version=version) as client:
            (row,) = await listed(client, job)
            assert row.array_tasks
            assert row.id == f"{job}_[{row.array_tasks}]"
            for name in (row.id, str(job)):
                opened = await client.whole_job(name)
                assert (opened.id, opened.job_id, opened.state) == (row.id, job, "PENDING")
            (changed,) = await client.update([row.id], JobUpdate(time_limit=3))
            assert changed.ok, changed
            assert set(tasks(cluster, job, "%l")) == {"3:00"}
            bad, good = await client.cancel(["5_[", row.id])
            assert (bad.ok, good.ok) == (False, True), (bad, good)
            assert "is not a job ID" in bad.message
            assert tasks(cluster, job) == []


async def test_canceling_pending_tasks_spares_running_ones(cluster: Cluster) -> None:
    for version in await versions_of(cluster):
        job = submit(cluster, _LONG)
        until_running(cluster, job)
        async with client_of(cluster, version=version) as client:
            rows = {row.state: row for row in await listed(client, job)}
            running, waiting = rows["RUNNING"], rows["PENDING"]
            assert "..." in waiting.id
            assert (await client.job(running.id)).job_id == running.job_id
            # Behind the dots.
            assert (await client.job(f"{job}_65")).job_id == waiting.job_id
            (held,) = await client.hold([waiting.id])
            # scontrol cannot name them either where it takes no numbers of records.
            assert held.ok is (version not in ("v0.0.37", "v0.0.38")), held
            (done,) = await client.cancel([waiting.id])
            assert done.ok, done
            assert tasks(cluster, job, "%i") == [running.id]
            await client.cancel([job])


def until_running(cluster: Cluster, job: int) -> None:
    from tests.real.comparison import until

    until(lambda: "RUNNING" in states(cluster, job).values(), f"a task of {job} runs")


async def test_tasks_with_records_of_their_own(cluster: Cluster) -> None:
    for version in await versions_of(cluster):
        first = submit(cluster, "--hold", "--array=1-3")
        job = submit(cluster, "--array=1-3", f"--dependency=aftercorr:{first}")
        async with client_of(cluster, version=version) as client:
            rows = await listed(client, job)
            for row in rows:
                (changed,) = await client.update([row.id], JobUpdate(time_limit=4))
                assert changed.ok, (row.id, changed)
            assert set(tasks(cluster, job, "%l")) == {"4:00"}
            # The array by its number is all of it, wherever its tasks are recorded.
            (held,) = await client.hold([job])
            assert held.ok, held
            assert set(tasks(cluster, job, "%r")) == {"JobHeldUser"}
            (gone,) = await client.cancel([f"{job}_2"])
            assert gone.ok, gone
            assert tasks(cluster, job) == ["1", "3"]
            assert all(one.ok for one in await client.cancel([first, job]))


async def test_a_component_of_a_pending_job_is_refused(cluster: Cluster) -> None:
    parts = ["--ntasks=1", ":", "--ntasks=1", "--partition=gpu", ":", "--ntasks=1"]
    for version in await versions_of(cluster):
        job = submit(cluster, "--hold", "--job-name=parts", *parts)
        whole = dict.fromkeys((f"{job}+0", f"{job}+1", f"{job}+2"), "PENDING")
        async with client_of(cluster, version=version) as client:
            for one in (f"{job}+1", str(job + 2)):
                (refused,) = await client.cancel([one])
                assert (refused.ok, refused.error_number) == (False, 2108), refused
                assert "as a whole" in refused.message
                (refused,) = await client.signal([one], "KILL")
                assert not refused.ok, refused
            for chosen in (JobFilter(partition="gpu", name="parts"), JobFilter(partition="gpu")):
                found = await client.cancel_matching(chosen)
                assert [(one.id, one.ok) for one in found] == [(f"{job}+1", False)], found
            assert states(cluster, job) == whole
            # With the first, which is the whole, or all of them as a list shows them.
            results = await client.cancel([f"{job}+2", f"{job}+0", f"{job}+1"])
            assert all(one.ok for one in results), results
            until_state(cluster, job, "CANCELLED")


async def test_components_of_a_running_job_are_canceled_one_by_one(cluster: Cluster) -> None:
    for version in (await versions_of(cluster))[-1:]:
        job = submit(cluster, "--ntasks=1", ":", "--ntasks=1")
        until_state(cluster, job, "RUNNING")
        async with client_of(cluster, version=version) as client:
            assert (await client.cancel([f"{job}+1"]))[0].ok
            assert states(cluster, job)[f"{job}+0"] == "RUNNING"
            with pytest.raises(InvalidRequest):
                await client.signal([job], "no such")
