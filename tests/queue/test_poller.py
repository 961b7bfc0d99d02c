"""Polling: intervals, one reading at a time, failure and recovery."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import msgspec
import pytest

from jupyter_slurm_rest.queue.poller import PollInterval, View
from jupyter_slurm_rest.slurm.errors import Unreachable


class Reading(msgspec.Struct, frozen=True):
    version: int
    seconds: float = 0.0
    growing: bool = False


class Slurm:
    """A reading that takes as long as given; fails while ``broken``."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.reads = 0
        self.at_once = 0
        self.most_at_once = 0
        self.seconds = seconds
        self.broken = False

    async def __call__(self, before: Reading | None) -> Reading:
        self.reads += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(self.seconds)
        self.at_once -= 1
        if self.broken:
            raise Unreachable("slurmrestd cannot be reached.")
        return Reading(self.reads)


Make = Callable[..., View[Reading]]
Read = Callable[[Reading | None], Awaitable[Reading]]


@pytest.fixture
def make(jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[Make]:
    views: list[View[Reading]] = []

    def made(slurm: Read, floor: float = 0.05, **options: object) -> View[Reading]:
        pace = PollInterval(floor=floor, ceiling=max(1.0, floor), jitter=lambda: 0.5)
        view: View[Reading] = View(slurm, pace, **options)  # type: ignore[arg-type]
        views.append(view)
        return view

    yield made
    for view in views:
        jp_asyncio_loop.run_until_complete(view.close())


async def test_many_who_look_at_once_cost_one_reading(make: Make) -> None:
    slurm = Slurm(0.02)
    view = make(slurm, floor=5.0)
    seen = await asyncio.gather(*(view.look() for _ in range(20)))
    assert slurm.reads == 1
    assert {one.value.version for one in seen} == {1}
    assert not any(one.stale for one in seen)


async def test_it_reads_on_while_somebody_looked_and_then_stops(make: Make) -> None:
    slurm = Slurm()
    view = make(slurm, lease=0.3)
    await view.look()
    await asyncio.sleep(0.25)
    assert slurm.reads >= 3
    await asyncio.sleep(0.3)
    reads = slurm.reads
    await asyncio.sleep(0.2)
    assert slurm.reads == reads


async def test_after_a_pause_the_first_look_gets_something_new(make: Make) -> None:
    slurm = Slurm()
    view = make(slurm, lease=0.01)
    await view.look()
    await asyncio.sleep(0.2)
    seen = await view.look()
    assert seen.value.version == slurm.reads > 1
    assert not seen.stale


async def test_a_slow_slurm_makes_nobody_wait_for_long(make: Make) -> None:
    slurm = Slurm()
    view = make(slurm, lease=0.01, patience=0.05)
    await view.look()
    await asyncio.sleep(0.2)
    slurm.seconds = 10.0
    seen = await asyncio.wait_for(view.look(), 2)
    assert seen.stale
    assert seen.value.version == 1


async def test_what_is_known_stays_when_slurm_fails_and_recovers_by_itself(make: Make) -> None:
    slurm = Slurm()
    told: list[Exception | None] = []
    view = make(slurm, lease=30.0, trouble=told.append)
    await view.look()
    slurm.broken = True
    await asyncio.sleep(0.2)
    seen = await view.look()
    assert seen.stale
    assert isinstance(seen.error, Unreachable)

    slurm.broken = False
    await asyncio.sleep(0.6)
    seen = await view.look()
    assert not seen.stale
    assert seen.error is None
    assert [type(one) for one in told] == [Unreachable, type(None)]


async def test_reloading_does_not_hammer_a_broken_slurmrestd(make: Make) -> None:
    slurm = Slurm()
    slurm.broken = True
    view = make(slurm, floor=5.0)
    for _ in range(10):
        with pytest.raises(Unreachable):
            await view.look()
    assert slurm.reads == 1


async def test_what_the_user_did_is_read_at_once(make: Make) -> None:
    slurm = Slurm()
    view = make(slurm, floor=60.0)
    await view.look()
    view.hurry()
    await asyncio.sleep(0.05)
    assert slurm.reads == 2


async def test_changes_are_told_once(make: Make) -> None:
    slurm = Slurm()
    changes: list[tuple[Reading | None, Reading]] = []
    view = make(slurm, floor=60.0, changed=lambda old, new: changes.append((old, new)))
    await view.look()
    await view.look()
    assert changes == [(None, Reading(1))]


def test_a_reading_takes_at_most_its_share() -> None:
    pace = PollInterval(share=0.05, floor=5.0, ceiling=600.0, jitter=lambda: 0.5)
    assert pace.succeeded(5.0) == pytest.approx(95.0)
    assert pace.succeeded(0.01) == 5.0
    assert pace.succeeded(5.0) == pytest.approx(95.0)
    assert pace.succeeded(5.0, readers=3) == pytest.approx(295.0)
    assert PollInterval(jitter=lambda: 0.5).succeeded(1_000.0) == 600.0


def test_one_response_that_waited_for_slurmctld_is_no_reason_to_rest_for_minutes() -> None:
    now = 0.0
    pace = PollInterval(share=0.05, floor=5.0, jitter=lambda: 0.5, clock=lambda: now)
    pace.succeeded(0.1)
    assert pace.succeeded(10.0) == 10.0
    assert pace.succeeded(0.1) == 5.0
    rests = [pace.succeeded(10.0) for _ in range(6)]
    assert rests == pytest.approx([10, 20, 40, 80, 160, 190]), "always slow is slow"
    now += 1_800
    assert pace.succeeded(10.0) == pytest.approx(190.0), "as slow as half an hour ago"


def test_a_calm_queue_is_read_less_often() -> None:
    pace = PollInterval(floor=5.0, jitter=lambda: 0.5)
    rests = [pace.succeeded(0.01, changed=False) for _ in range(6)]
    assert rests == sorted(rests)
    assert rests[-1] == 20.0
    assert pace.succeeded(0.01, changed=True) == 5.0


def test_failures_back_off_with_jitter_and_are_forgotten() -> None:
    most = PollInterval(floor=5.0, ceiling=600.0, jitter=lambda: 1.0)
    assert [most.failed() for _ in range(8)] == [10, 20, 40, 80, 160, 320, 600, 600]
    least = PollInterval(floor=5.0, jitter=lambda: 0.0)
    assert least.failed() == 2.5
    most.succeeded(0.0)
    assert most.failed() == 10


async def test_what_grows_is_shown_at_once_and_read_on_without_a_lease(make: Make) -> None:
    slurm = Slurm(0.02)

    async def growing(before: Reading | None) -> Reading:
        reading = await slurm(before)
        return Reading(reading.version, growing=reading.version < 3)

    view = make(growing, lease=0.0)
    assert (await view.look()).value.version == 1
    for _ in range(100):
        seen = await view.look()
        if not seen.value.growing:
            break
        await asyncio.sleep(0.05)
    assert seen.value.version == 3


async def test_a_user_who_refreshes_sees_at_once_that_slurm_is_gone(make: Make) -> None:
    slurm = Slurm()
    view = make(slurm, floor=60.0)
    await view.look()
    slurm.broken = True
    assert (await view.look()).error is None
    seen = await view.look(fresh=True)
    assert (seen.stale, type(seen.error), seen.value) == (True, Unreachable, Reading(1))
    # Whoever goes on pressing the button costs nothing more.
    await view.look(fresh=True)
    assert slurm.reads == 2


async def test_what_is_dear_is_not_read_again_for_a_button(make: Make) -> None:
    slurm = Slurm()
    now = 1000.0

    async def dear(before: Reading | None) -> Reading:
        return msgspec.structs.replace(await slurm(before), seconds=5.0)

    view = make(dear, floor=60.0, clock=lambda: now)
    await view.look(fresh=True)
    now += 50
    await view.look(fresh=True)
    assert slurm.reads == 1
