"""What a person does to jobs, on every generation and through every API version."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from functools import partial

import pytest

from devcluster import Cluster
from jupyter_slurm_rest.slurm.changes import JobChange
from jupyter_slurm_rest.slurm.errors import (
    InvalidRequest,
    TokenRejected,
    Unreachable,
    Unsupported,
)
from jupyter_slurm_rest.slurm.matching import JobFilter

from .talking import (
    client_of,
    lines,
    shown,
    states,
    submit,
    until,
    until_state,
    versions_of,
)


@pytest.fixture(autouse=True)
def _nothing_left(cluster: Cluster) -> Iterator[None]:
    yield
    for user in ("alice", "bob", "carol"):
        lines(cluster, ["scancel", f"--user={user}"], user="root")


def gone(cluster: Cluster, job: int, *ids: str) -> bool:
    """Whether none of the records ``ids`` (or none at all) is live."""
    found = states(cluster, job)
    live = {name for name, state in found.items() if state in ("PENDING", "RUNNING", "SUSPENDED")}
    return not (live & set(ids) if ids else live)


def field(cluster: Cluster, job: int, name: str) -> str:
    return shown(cluster, "job", str(job))[0].get(name, "")


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


async def test_cancelling_what_has_finished_says_so(cluster: Cluster) -> None:
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


async def test_cancelling_a_task_that_was_cancelled_before_it_started(cluster: Cluster) -> None:
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


async def test_another_persons_job_is_not_touched(cluster: Cluster) -> None:
    theirs = submit(cluster, "--begin=now+1hour", user="bob")
    for version in await versions_of(cluster):
        async with client_of(cluster, version=version) as client:
            for results in (
                await client.cancel([theirs]),
                await client.hold([theirs]),
                await client.update([theirs], JobChange(comment="mine now")),
            ):
                assert [(one.ok, one.error_number in (2002, 2010)) for one in results] == [
                    (False, True)
                ]
    assert states(cluster, theirs) == {str(theirs): "PENDING"}
    assert field(cluster, theirs, "Comment") == ""
    lines(cluster, ["scancel", str(theirs)], user="root")


async def test_what_matches_is_cancelled_and_nothing_else(cluster: Cluster) -> None:
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
                    (str(hit), True, "cancelled")
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


async def test_waiting_jobs_are_cancelled_and_running_ones_are_not(cluster: Cluster) -> None:
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
            assert {one.id for one in results if one.ok} == tasks
            until(partial(gone, cluster, array), f"array {array} gone")


async def test_what_matches_of_others_lives_on(cluster: Cluster) -> None:
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


async def test_a_running_whole_of_components_matches(cluster: Cluster) -> None:
    for version in await versions_of(cluster):
        parts = submit(cluster, "--job-name=two", ":", "--job-name=two")
        until_state(cluster, parts, "RUNNING")
        async with client_of(cluster, version=version) as client:
            results = await client.cancel_matching(JobFilter(name="two"))
            assert [(one.id, one.ok) for one in results] == [(str(parts), True)]
            until(partial(gone, cluster, parts), f"job {parts} gone")


async def test_signals(cluster: Cluster) -> None:
    for version in await versions_of(cluster):
        running = submit(cluster)
        waiting = submit(cluster, "--hold")
        until_state(cluster, running, "RUNNING")
        async with client_of(cluster, version=version) as client:
            ok, refused = await client.signal([running, waiting], "usr1")
            assert ok.ok, ok
            assert (refused.ok, refused.error_number) == (False, 2020)
            assert "running" in refused.message
            # sleep does not survive it; a signal that comes before it begins is lost.
            deadline = time.monotonic() + 60
            while not gone(cluster, running):
                assert time.monotonic() < deadline, f"job {running} runs on"
                await client.signal([running], "usr1")
                await asyncio.sleep(1)
            await client.cancel([waiting])


async def test_hold_and_release(cluster: Cluster) -> None:
    for version in await versions_of(cluster):
        job = submit(cluster, "--begin=now+1hour")
        array = submit(cluster, "--begin=now+1hour", "--array=1-4")
        async with client_of(cluster, version=version) as client:
            assert all(one.ok for one in await client.hold([job, array]))
            assert (await client.job(job)).held_by == "user"
            assert (await client.job(array)).held_by == "user"
            assert [one.message for one in await client.release([job, array])] == ["released"] * 2
            assert (await client.job(job)).held_by is None

            # What an administrator holds, only they release.
            lines(cluster, ["scontrol", "hold", str(job)], user="root")
            assert (await client.job(job)).held_by == "admin"
            refused = (await client.release([job]))[0]
            assert (refused.ok, refused.error_number) == (False, 2002)
            assert (await client.job(job)).held_by == "admin"
            lines(cluster, ["scontrol", "release", str(job)], user="root")
            assert (await client.job(job)).held_by is None
            await client.cancel([job, array])


async def test_updates_arrive_and_can_be_taken_back(cluster: Cluster) -> None:
    begin = int(time.time()) + 7200
    for version in await versions_of(cluster):
        first = submit(cluster, "--begin=now+1hour")
        job = submit(cluster, "--begin=now+1hour", "--exclude=cpu2")
        change = JobChange(
            time_limit=90,
            time_minimum=None if version == "v0.0.37" else 3,
            partition="long",
            qos="high",
            account="particles",
            nice=7,
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
            assert record["Nice"] == "7"
            assert record["Dependency"].startswith(f"afterok:{first}")
            assert record["EligibleTime"] in (str(begin), "Unknown")
            assert record["Comment"] == "changed, with = signs"
            assert record["Features"] == "intel"
            assert record["NumNodes"] == "1-2"
            assert record["ExcNodeList"] == "cpu1"
            assert record["Licenses"] == "matlab:1"
            assert record["Requeue"] == "0"

            back = JobChange(
                dependency="", comment="", constraints="", excluded_nodes="", requeue=True
            )
            assert (await client.update([job], back))[0].ok
            read = await client.job(job)
            assert (read.dependency, read.comment, read.constraints) == ("", "", "")
            assert (read.excluded_nodes, read.requeue) == ("", True)

            if version >= "v0.0.39":
                assert (await client.update([job], JobChange(name="renamed")))[0].ok
                assert (await client.job(job)).name == "renamed"
            else:
                with pytest.raises(Unsupported, match="name"):
                    await client.update([job], JobChange(name="renamed"))

            for wrong, number in (
                (JobChange(partition="nosuch"), 2000),
                (JobChange(qos="nosuch"), 2066),
                (JobChange(account="chemistry"), 2045),
            ):
                refused = (await client.update([job], wrong))[0]
                assert (refused.ok, refused.error_number) == (False, number), wrong
                assert refused.message.startswith("Slurm refused: ")
            await client.cancel([job, first])


async def test_begin_now(cluster: Cluster) -> None:
    for version in await versions_of(cluster):
        job = submit(cluster, "--begin=now+1hour")
        async with client_of(cluster, version=version) as client:
            assert (await client.update([job], JobChange(begin=0)))[0].ok
            until_state(cluster, job, "RUNNING")
            await client.cancel([job])


async def test_requeue(cluster: Cluster) -> None:
    for version in await versions_of(cluster):
        async with client_of(cluster, version=version) as client:
            if version < "v0.0.45":
                with pytest.raises(Unsupported, match=r"v0\.0\.45"):
                    await client.requeue([1])
                continue
            job, held, waiting = submit(cluster), submit(cluster), submit(cluster, "--hold")
            until_state(cluster, job, "RUNNING")
            until_state(cluster, held, "RUNNING")
            done, refused = await client.requeue([job, waiting])
            assert done.ok, done
            assert (refused.ok, refused.error_number) == (False, 2024)
            assert (await client.requeue([held], hold=True))[0].ok
            until_state(cluster, job, "PENDING")
            until_state(cluster, held, "PENDING")
            assert (await client.job(held)).held_by == "user"
            assert (await client.job(held)).restarts == 1
            assert (await client.job(job)).held_by is None

            stopped = submit(cluster)
            until_state(cluster, stopped, "RUNNING")
            lines(cluster, ["scontrol", "suspend", str(stopped)], user="root")
            assert (await client.requeue([stopped]))[0].ok
            until_state(cluster, stopped, "PENDING")


async def test_suspend_and_resume_are_not_there(cluster: Cluster) -> None:
    async with client_of(cluster) as client:
        for call in (client.suspend, client.resume):
            with pytest.raises(Unsupported) as caught:
                await call([1])
            assert "hold it" in caught.value.advice


async def test_another_persons_name_is_not_accepted(cluster: Cluster) -> None:
    for version in await versions_of(cluster):
        async with client_of(cluster, version=version) as client:
            source = client.connection._credentials
            mine = await source()
            forged = type(mine)("bob", mine.token)

            async def pretend(renew: bool = False, forged: object = forged) -> object:
                return forged

            client.connection._credentials = pretend  # type: ignore[assignment]
            for call in (client.ping(), client.jobs(), client.diag(), client.cancel([1])):
                with pytest.raises(TokenRejected):
                    await call


async def test_nobody_listens(cluster: Cluster) -> None:
    async with client_of(cluster) as client:
        await client.ping()
        cluster.stop("slurmrestd")
        try:
            with pytest.raises(Unreachable):
                await client.ping()
        finally:
            cluster.start("slurmrestd")
        assert (await client.ping())[0].up
