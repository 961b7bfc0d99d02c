"""Every change and action through every API version, checked with Slurm's commands."""

from __future__ import annotations

import time

import pytest

from devcluster import Cluster
from jupyter_slurm_rest.slurm import SlurmClient
from jupyter_slurm_rest.slurm.errors import Unsupported
from jupyter_slurm_rest.slurm.models.job import JobUpdate
from jupyter_slurm_rest.slurm.models.job_filter import JobFilter
from tests.real.comparison import (
    client_of,
    gone,
    shown,
    states,
    submit,
    until,
    until_state,
    versions_of,
)
from tests.real.versions import seen

_SMALL = ("--mem=20", "--time=5")


def _record(cluster: Cluster, job: int) -> dict[str, str]:
    return shown(cluster, "job", str(job))[0]


async def _change(client: SlurmClient, job: int | str, change: JobUpdate) -> None:
    (result,) = await client.update([job], change)
    assert result.ok, result
    assert result.message == "changed"


async def test_changes(cluster: Cluster) -> None:
    later = int(time.time()) + 7200
    for version in await versions_of(cluster):
        job = submit(cluster, "--begin=now+1hour", "--exclude=cpu2", *_SMALL)
        async with client_of(cluster, version=version) as client:
            with seen(cluster, version, "change: time limit"):
                await _change(client, job, JobUpdate(time_limit=4, time_minimum=2))
                record = _record(cluster, job)
                assert (record["TimeLimit"], record["TimeMin"]) == ("00:04:00", "00:02:00")
            with seen(cluster, version, "change: name and comment"):
                name = "renamed" if _renames(version) else None
                await _change(client, job, JobUpdate(name=name, comment="changed"))
                record = _record(cluster, job)
                assert (record["JobName"], record["Comment"]) == (name or "sbatch", "changed")
                if name is None:
                    with pytest.raises(Unsupported, match="name"):
                        await client.update([job], JobUpdate(name="renamed"))
            with seen(cluster, version, "change: partition"):
                await _change(client, job, JobUpdate(partition="long"))
                (wrong,) = await client.update([job], JobUpdate(partition="no", comment="x"))
                assert (wrong.ok, wrong.error_number) == (False, 2000)
                assert _record(cluster, job)["Partition"] == "long"
            with seen(cluster, version, "change: QOS and account"):
                await _change(client, job, JobUpdate(qos="high", account="particles"))
                record = _record(cluster, job)
                assert (record["QOS"], record["Account"]) == ("high", "particles")
            with seen(cluster, version, "change: nodes"):
                await _change(client, job, JobUpdate(nodes="1-2", excluded_nodes="cpu1"))
                record = _record(cluster, job)
                assert (record["NumNodes"], record["ExcNodeList"]) == ("1-2", "cpu1")
                await _change(client, job, JobUpdate(excluded_nodes=""))
                assert _record(cluster, job)["ExcNodeList"] == "(null)"
            with seen(cluster, version, "change: begin time"):
                await _change(client, job, JobUpdate(begin=later, comment="begins later"))
                record = _record(cluster, job)
                assert record["EligibleTime"] in (str(later), "Unknown")
                assert record["Comment"] == "begins later"
            await _priority(cluster, client, version, job)


def _renames(version: str) -> bool:
    return version >= "v0.0.39"


async def _priority(cluster: Cluster, client: SlurmClient, version: str, job: int) -> None:
    if version == "v0.0.39":
        with seen(cluster, version, "change: priority", refused=True):
            with pytest.raises(Unsupported, match="nice"):
                await client.update([job], JobUpdate(nice=7, comment="not made"))
            assert _record(cluster, job)["Comment"] == "begins later"
        return
    with seen(cluster, version, "change: priority"):
        await _change(client, job, JobUpdate(nice=7))
        assert _record(cluster, job)["Nice"] == "7"


async def test_hold_and_release(cluster: Cluster) -> None:
    for version in await versions_of(cluster):
        job = submit(cluster, "--begin=now+1hour", *_SMALL)
        async with client_of(cluster, version=version) as client:
            with seen(cluster, version, "hold and release"):
                assert [one.message for one in await client.hold([job])] == ["held"]
                assert _record(cluster, job)["Priority"] == "0"
                assert [one.message for one in await client.release([job])] == ["released"]
                assert _record(cluster, job)["Priority"] != "0"


_TOO_LATE = "The job has already finished; no signal was sent."


async def test_cancel_and_signal(cluster: Cluster) -> None:
    for version in await versions_of(cluster):
        job = submit(cluster, *_SMALL, script="trap 'exit 3' USR1\nsleep 600 & wait")
        waiting = submit(cluster, "--hold", *_SMALL)
        until_state(cluster, job, "RUNNING")
        async with client_of(cluster, version=version) as client:
            with seen(cluster, version, "cancel"):
                assert [one.message for one in await client.cancel([waiting])] == ["canceled"]
                assert gone(cluster, waiting)
                again = await client.cancel([waiting])
                assert [one.message for one in again] == ["had already finished"]
            with seen(cluster, version, "signal"):
                assert [one.message for one in await client.signal([job], "USR1")] == [
                    "signal USR1 sent"
                ]
                _until_gone(cluster, job)
                _until_ended(cluster, job)
                (result,) = await client.signal([job], "USR1")
                assert (result.ok, result.message) == (False, _TOO_LATE)


def _until_gone(cluster: Cluster, job: int, *ids: str) -> None:
    until(lambda: gone(cluster, job, *ids), f"{ids or job} gone")


def _until_ended(cluster: Cluster, job: int) -> None:
    until(lambda: "COMPLETING" not in states(cluster, job).values(), f"{job} ended")


async def test_tasks_of_an_array(cluster: Cluster) -> None:
    for version in await versions_of(cluster):
        job = submit(cluster, "--array=0-3%2", *_SMALL)
        _until_two_run(cluster, job)
        async with client_of(cluster, version=version) as client:
            apart = await _takes_tasks(client)
            with seen(cluster, version, "change: one array task", refused=not apart):
                await _change(client, f"{job}_0", JobUpdate(comment="one"))
                (result,) = await client.update([f"{job}_3"], JobUpdate(comment="one"))
                assert result.ok is apart, result
                changed = [row for row in shown(cluster, "job", str(job)) if "Comment" in row]
                assert sum(row["Comment"] == "one" for row in changed) == 1 + apart
            with seen(cluster, version, "cancel one array task"):
                assert [one.message for one in await client.cancel([f"{job}_0"])] == ["canceled"]
                _until_gone(cluster, job, f"{job}_0")
                assert not gone(cluster, job, f"{job}_1")
                await client.cancel([job])
                _until_gone(cluster, job)
            with seen(cluster, version, "signal"):
                _until_ended(cluster, job)
                # All of it, by its number, once its tasks have records of their own.
                (result,) = await client.signal([job], "USR1")
                assert (result.ok, result.message) == (False, _TOO_LATE)


async def _takes_tasks(client: SlurmClient) -> bool:
    return (await client.capabilities()).tasks_changed_by_id


def _until_two_run(cluster: Cluster, job: int) -> None:
    def running() -> int:
        return list(states(cluster, job).values()).count("RUNNING")

    until(lambda: running() == 2, f"two tasks of {job} run")


async def test_a_change_of_one_component(cluster: Cluster) -> None:
    for version in await versions_of(cluster):
        job = submit(cluster, "--begin=now+1hour", *_SMALL, ":", *_SMALL)
        async with client_of(cluster, version=version) as client:
            await _change(client, f"{job}+1", JobUpdate(comment="one"))
            comments = {
                row["HetJobOffset"]: row.get("Comment") for row in shown(cluster, "job", str(job))
            }
            assert comments == {"0": None, "1": "one"}, version
            await client.cancel([job])


async def test_one_component(cluster: Cluster) -> None:
    for version in await versions_of(cluster):
        job = submit(cluster, *_SMALL, ":", *_SMALL)
        until_state(cluster, job, "RUNNING")
        async with client_of(cluster, version=version) as client:
            with seen(cluster, version, "cancel one component of a heterogeneous job"):
                name = f"{job}+1"
                assert [one.message for one in await client.signal([name], "CONT")] == [
                    "signal CONT sent"
                ]
                assert [one.message for one in await client.cancel([name])] == ["canceled"]
                _until_gone(cluster, job, f"{job}+1")
                assert states(cluster, job)[f"{job}+0"] == "RUNNING"
                await client.cancel([job])


async def test_unsupported_actions_are_refused(cluster: Cluster) -> None:
    for version in await versions_of(cluster):
        job = submit(cluster, *_SMALL)
        until_state(cluster, job, "RUNNING")
        async with client_of(cluster, version=version) as client:
            with seen(cluster, version, "suspend and resume", refused=True):
                for call in (client.suspend, client.resume):
                    with pytest.raises(Unsupported):
                        await call([job])
            can = (await client.capabilities()).requeue
            with seen(cluster, version, "requeue", refused=not can):
                if can:
                    (result,) = await client.requeue([job], hold=True)
                    assert result.ok, result
                    until_state(cluster, job, "PENDING")
                else:
                    with pytest.raises(Unsupported, match="Requeue"):
                        await client.requeue([job])
            await client.cancel([job])


async def test_cancel_by_filter_leaves_no_task_of_a_throttled_array(cluster: Cluster) -> None:
    for version in await versions_of(cluster):
        wanted = [submit(cluster, "--job-name=meant", "--array=0-5%2", *_SMALL)]
        wanted += [submit(cluster, "--job-name=meant", "--hold", *_SMALL)]
        kept = submit(cluster, "--job-name=kept", "--hold", *_SMALL)
        _until_two_run(cluster, wanted[0])
        async with client_of(cluster, version=version) as client:
            with seen(cluster, version, "cancel by filter"):
                results = await client.cancel_matching(JobFilter(name="meant"))
                assert all(one.ok for one in results), results
                for job in wanted:
                    _until_gone(cluster, job)
                assert states(cluster, kept) == {str(kept): "PENDING"}
            await client.cancel([kept])
