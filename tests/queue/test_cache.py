"""One cached response for all callers, marked when it is stale."""

from __future__ import annotations

import asyncio

import pytest

from jupyter_slurm_rest.queue.responses import Snapshots
from jupyter_slurm_rest.slurm.errors import TokenRejected, Unreachable


class Upstream:
    """Counts its calls."""

    def __init__(self) -> None:
        self.calls = 0
        self.error: Exception | None = None
        self.go = asyncio.Event()
        self.go.set()

    async def __call__(self) -> int:
        self.calls += 1
        await self.go.wait()
        if self.error:
            raise self.error
        return self.calls


async def test_fifty_readers_are_one_call() -> None:
    shared, upstream = Snapshots(ttl=60), Upstream()
    responses = await asyncio.gather(*(shared.get("jobs", upstream) for _ in range(50)))
    assert {response.value for response in responses} == {1}
    assert (await shared.get("jobs", upstream)).value == 1


async def test_a_reader_who_leaves_takes_nothing_from_the_others() -> None:
    shared, upstream = Snapshots(ttl=60), Upstream()
    upstream.go.clear()
    first = asyncio.create_task(shared.get("jobs", upstream))
    second = asyncio.create_task(shared.get("jobs", upstream))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    upstream.go.set()
    assert (await second).value == 1
    assert upstream.calls == 1


async def test_an_old_response_is_called_stale_when_slurm_does_not_respond() -> None:
    shared, upstream = Snapshots(ttl=0), Upstream()
    fresh = await shared.get("jobs", upstream)
    upstream.error = Unreachable("slurmrestd is down.")
    stale = await shared.get("jobs", upstream)
    assert (stale.value, stale.as_of) == (fresh.value, fresh.as_of)
    assert stale.stale
    assert stale.note == "slurmrestd is down."
    upstream.error = None
    assert not (await shared.get("jobs", upstream)).stale


async def test_a_refusal_is_not_hidden_by_an_old_response() -> None:
    shared, upstream = Snapshots(ttl=0), Upstream()
    await shared.get("jobs", upstream)
    upstream.error = TokenRejected("no")
    with pytest.raises(TokenRejected):
        await shared.get("jobs", upstream)


async def test_after_a_change_nothing_older_is_shown() -> None:
    shared, upstream = Snapshots(ttl=60), Upstream()
    upstream.go.clear()
    before = asyncio.create_task(shared.get("jobs", upstream))
    await asyncio.sleep(0)
    shared.forget()
    upstream.go.set()
    await before
    assert (await shared.get("jobs", upstream)).value == 2


async def test_close_leaves_nothing_running() -> None:
    shared, upstream = Snapshots(ttl=60), Upstream()
    upstream.go.clear()
    reading = asyncio.create_task(shared.get("jobs", upstream))
    await asyncio.sleep(0)
    await shared.close()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("slurm-")]


async def test_a_response_that_cannot_say_its_age_is_not_given_out_stale() -> None:
    shared, upstream = Snapshots(ttl=0), Upstream()
    await shared.get("job", upstream)
    upstream.error = Unreachable("slurmrestd is down.")
    with pytest.raises(Unreachable):
        await shared.get("job", upstream, allow_stale=False)
    assert (await shared.get("job", upstream)).stale
