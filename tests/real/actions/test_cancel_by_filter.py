"""Canceling by filter affects the matching jobs only."""

from __future__ import annotations

from functools import partial

import pytest

from devcluster import Cluster
from jupyter_slurm_rest.slurm.errors import InvalidRequest
from jupyter_slurm_rest.slurm.models.job_filter import JobFilter
from tests.real.comparison import client_of, gone, states, submit, until, until_state, versions_of


async def test_only_matching_jobs_are_canceled(cluster: Cluster) -> None:
    waits = "--begin=now+1hour"
    for version in await versions_of(cluster):
        kinds = {
            JobFilter(name="my job"): ["--job-name=my job", "--job-name=my job 2"],
            JobFilter(partition="gpu"): ["--partition=long,gpu", "--partition=long"],
            JobFilter(account="particles"): ["--account=particles", "--account=astro"],
            JobFilter(qos="high"): ["--qos=high", "--qos=normal"],
            JobFilter(reservation="course"): ["--reservation=course", "--job-name=x"],
        }
        jobs = {wanted: [submit(cluster, waits, one) for one in kinds[wanted]] for wanted in kinds}
        async with client_of(cluster, version=version) as client:
            assert await client.cancel_matching(JobFilter(name="my")) == []
            for wanted, (hit, spared) in jobs.items():
                results = await client.cancel_matching(wanted)
                assert [(one.id, one.ok, one.message) for one in results] == [
                    (str(hit), True, "canceled")
                ]
                assert gone(cluster, hit)
                assert states(cluster, spared) == {str(spared): "PENDING"}
            both = JobFilter(account="astro", partition="debug", state=["PENDING"])
            left = {str(jobs[wanted][1]) for wanted in jobs if wanted.partition is None}
            assert {one.id for one in await client.cancel_matching(both)} == left
            assert states(cluster, jobs[JobFilter(partition="gpu")][1])

            with pytest.raises(InvalidRequest):
                await client.cancel_matching(JobFilter())
            rest = await client.cancel_matching(JobFilter(all=True))
            assert [one.id for one in rest] == [str(jobs[JobFilter(partition="gpu")][1])]


async def test_waiting_jobs_are_canceled_and_running_ones_are_not(cluster: Cluster) -> None:
    for version in await versions_of(cluster):
        running = submit(cluster, "--nodelist=cpu1")
        array = submit(cluster, "--array=1-5%2", "--nodelist=cpu2")
        waiting = submit(cluster, "--hold")
        parts = submit(cluster, "--hold", ":", "--ntasks=1")
        until_state(cluster, running, "RUNNING")
        tasks = {f"{array}_1", f"{array}_2"}

        def two_started(array: int = array, tasks: set[str] = tasks) -> bool:
            found = states(cluster, array)
            return {one for one in found if found[one] == "RUNNING"} == tasks

        until(two_started, f"two tasks of {array}")
        async with client_of(cluster, version=version) as client:
            results = await client.cancel_matching(JobFilter(state=["SUSPENDED", "PENDING"]))
            assert all(one.ok for one in results), results
            assert {one.id.partition("_")[0] for one in results} == {
                str(one) for one in (array, waiting, parts)
            }
            assert gone(cluster, waiting)
            assert gone(cluster, parts)
            assert two_started()
            assert gone(cluster, array, f"{array}_[3-5%2]", f"{array}_[3-5]")
            assert states(cluster, running) == {str(running): "RUNNING"}

            assert await client.cancel_matching(JobFilter(nodes="gpu[1-2]")) == []
            (result,) = await client.cancel_matching(JobFilter(nodes="cpu1,gpu1"))
            assert (result.id, result.ok) == (str(running), True)
            results = await client.cancel_matching(JobFilter(state=["running", "pending"]))
            # Where the queue is read, an array that is met as a whole is canceled as one.
            assert {one.id for one in results if one.ok} in (tasks, {str(array)})
            until(partial(gone, cluster, array), f"array {array} gone")


async def test_matching_jobs_of_other_users_are_left_alone(cluster: Cluster) -> None:
    # Alice sees Bob's jobs; Carol, as the account's coordinator, might even cancel them.
    waits, name = "--begin=now+1hour", "--job-name=same"
    theirs = [
        submit(cluster, waits, name, f"--account={account}", user="bob")
        for account in ("particles", "chemistry")
    ]
    for version in await versions_of(cluster):
        for user in ("alice", "carol"):
            async with client_of(cluster, user, version) as client:
                assert (await client.job(theirs[1])).user == "bob"
                for wanted in (
                    JobFilter(name="same"),
                    JobFilter(state=["PENDING"]),
                    JobFilter(all=True),
                ):
                    mine = submit(cluster, waits, name, user=user)
                    results = await client.cancel_matching(wanted)
                    assert [(one.id, one.ok) for one in results] == [(str(mine), True)]
                    assert gone(cluster, mine)
                assert await client.cancel_matching(JobFilter(all=True)) == []
                assert await client.cancel_matching(JobFilter(account="chemistry")) == []
    for job in theirs:
        assert states(cluster, job) == {str(job): "PENDING"}


async def test_a_running_heterogeneous_job_matches(cluster: Cluster) -> None:
    for version in await versions_of(cluster):
        parts = submit(cluster, "--job-name=two", ":", "--job-name=two")
        until_state(cluster, parts, "RUNNING")
        async with client_of(cluster, version=version) as client:
            results = await client.cancel_matching(JobFilter(name="two"))
            assert [(one.id, one.ok) for one in results] == [(str(parts), True)]
            until(partial(gone, cluster, parts), f"job {parts} gone")
