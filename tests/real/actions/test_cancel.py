"""Canceling by job id."""

from __future__ import annotations

from functools import partial

from devcluster import Cluster
from tests.real.comparison import client_of, gone, states, submit, until, until_state, versions_of


async def test_cancel_a_task_a_range_a_component_an_array_and_a_whole(cluster: Cluster) -> None:
    for version in await versions_of(cluster):
        waiting = submit(cluster, "--hold", "--array=1-9")
        running = submit(cluster, "--array=1-3")
        parts = submit(cluster, "--ntasks=1", ":", "--ntasks=1")
        plain = submit(cluster)
        until_state(cluster, running, "RUNNING")
        until_state(cluster, parts, "RUNNING")
        ids: list[str | int] = [
            f"{waiting}_3",
            f"{waiting}_[5-6]",
            f"{running}_1",
            f"{parts}+1",
            plain,
        ]
        async with client_of(cluster, version=version) as client:
            results = await client.cancel(ids)
            assert [(one.id, one.ok) for one in results] == [(str(one), True) for one in ids]
            until(partial(gone, cluster, plain), f"job {plain} gone")
            # What was not named lives on: not one task more was hit.
            assert states(cluster, waiting) == {f"{waiting}_[1-2,4,7-9]": "PENDING"}
            left = states(cluster, running)
            assert {left[f"{running}_2"], left[f"{running}_3"]} == {"RUNNING"}
            assert states(cluster, parts)[f"{parts}+0"] == "RUNNING"

            rest = await client.cancel([waiting, f"{running}_*", parts])
            assert all(one.ok for one in rest), rest
            for job in (waiting, running, parts):
                until(partial(gone, cluster, job), f"job {job} gone")


async def test_canceling_finished_jobs_reports_that(cluster: Cluster) -> None:
    done = submit(cluster, script="true")
    array = submit(cluster, "--array=1-2", script="true")
    until_state(cluster, done, "COMPLETED")
    until_state(cluster, array, "COMPLETED")
    for version in await versions_of(cluster):
        async with client_of(cluster, version=version) as client:
            results = await client.cancel([done, f"{array}_1", 9_999_999])
            assert [(one.ok, one.message) for one in results[:2]] == [
                (True, "had already finished")
            ] * 2
            assert (results[2].ok, results[2].error_number) == (False, 2017)


async def test_canceling_a_task_that_was_canceled_before_it_started(cluster: Cluster) -> None:
    for version in await versions_of(cluster):
        array = submit(cluster, "--hold", "--array=1-4")
        async with client_of(cluster, version=version) as client:
            assert (await client.cancel([f"{array}_2"]))[0].ok
            # slurmctld has forgotten it; accounting knows what became of it, soon.
            again = (await client.cancel([f"{array}_2"]))[0]
            assert (again.ok, again.message) == (True, "had already finished") or (
                not again.ok and again.error_number == 2017
            )
            never = (await client.cancel([f"{array}_77"]))[0]
            assert (never.ok, never.error_number) == (False, 2017)
            assert states(cluster, array) == {f"{array}_[1,3-4]": "PENDING"}
            await client.cancel([array])
