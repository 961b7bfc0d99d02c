"""Signals, hold and release, requeue."""

from __future__ import annotations

import asyncio
import time

import pytest

from devcluster import Cluster
from jupyter_slurm_rest.slurm.errors import Unsupported
from jupyter_slurm_rest.slurm.models.job import JobUpdate
from tests.real.comparison import (
    client_of,
    gone,
    lines,
    shown,
    states,
    submit,
    until_state,
    versions_of,
)


def field(cluster: Cluster, job: int, name: str) -> str:
    return shown(cluster, "job", str(job))[0].get(name, "")


async def test_another_users_job_is_left_alone(cluster: Cluster) -> None:
    theirs = submit(cluster, "--begin=now+1hour", user="bob")
    for version in await versions_of(cluster):
        async with client_of(cluster, version=version) as client:
            for results in (
                await client.cancel([theirs]),
                await client.hold([theirs]),
                await client.update([theirs], JobUpdate(comment="mine now")),
            ):
                assert [(one.ok, one.error_number in (2002, 2010)) for one in results] == [
                    (False, True)
                ]
    assert states(cluster, theirs) == {str(theirs): "PENDING"}
    assert field(cluster, theirs, "Comment") == ""
    lines(cluster, ["scancel", str(theirs)], user="root")


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


async def test_suspend_and_resume_are_unsupported(cluster: Cluster) -> None:
    async with client_of(cluster) as client:
        for call in (client.suspend, client.resume):
            with pytest.raises(Unsupported) as caught:
                await call([1])
            assert "hold it" in caught.value.advice
