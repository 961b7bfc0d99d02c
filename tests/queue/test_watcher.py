"""One watcher for all clients of a cluster on this server."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from jupyter_events import EventLogger

from jupyter_slurm_rest.queue.filters import Filters
from jupyter_slurm_rest.queue.watcher import Scope, Settings, Watcher, describe
from jupyter_slurm_rest.server.context import ClusterEvents, register
from jupyter_slurm_rest.slurm.errors import InvalidRequest, Unreachable, Unsupported
from jupyter_slurm_rest.slurm.models import Job
from tests.queue.scripted import Queue, job

EVERYTHING = Filters()
SCOPES: tuple[Scope, ...] = ("mine", "all")


class Heard:
    """The events that were sent, by the last part of their schema's name."""

    def __init__(self) -> None:
        self._stream = io.StringIO()
        self.logger = EventLogger(handlers=[logging.StreamHandler(self._stream)])
        register(self.logger)

    def of(self, kind: str) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self._stream.getvalue().splitlines()]
        return [line for line in lines if f"/{kind}/" in line["__schema__"]]


Watch = Callable[..., tuple[Watcher, Heard]]


@pytest.fixture
def watch(jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[Watch]:
    watchers: list[Watcher] = []

    def made(queue: Queue, **settings: Any) -> tuple[Watcher, Heard]:
        heard = Heard()
        options = {"shortest": 0.05, "share": 1.0, **settings}
        watcher = Watcher(queue, ClusterEvents(heard.logger, "maxwell"), Settings(**options))
        watchers.append(watcher)
        return watcher, heard

    yield made
    for watcher in watchers:
        jp_asyncio_loop.run_until_complete(watcher.close())


async def test_twenty_readers_cost_what_one_costs(watch: Watch) -> None:
    calls = []
    for readers in (1, 20):
        queue = Queue(*(job(i) for i in range(1, 11)))
        watcher, _ = watch(queue, shortest=60.0)
        await asyncio.gather(
            *(watcher.page(scope, EVERYTHING) for scope in ("mine", "all") for _ in range(readers))
        )
        calls.append(sorted(queue.calls))
    assert calls[0] == calls[1]


async def test_mine_are_mine_whatever_the_plan(watch: Watch) -> None:
    for minor, strategy in ((42, "mine"), (38, "dump")):
        queue = Queue(job(1), job(2, user="bob"), minor=minor)
        watcher, _ = watch(queue)
        look = await watcher.page("mine", EVERYTHING)
        assert [row.id for row in look.page.rows] == ["1"]
        assert look.strategy == strategy


async def test_a_long_queue_says_what_it_does_not_show(watch: Watch) -> None:
    queue = Queue(*(job(i) for i in range(1, 101)))
    watcher, _ = watch(queue, max_jobs_dump=50)
    look = await watcher.page("all", EVERYTHING, limit=5)
    again = await watcher.page("all", EVERYTHING, limit=5, since=look.page.version)

    assert look.strategy == "index"
    assert [row.job_id for row in look.page.rows] == [100, 99, 98, 97, 96]
    assert look.page.total == 100
    assert look.page.counts == {"PENDING": 100}
    assert "queue is long" in look.note
    assert again.page.version == look.page.version
    assert "dump" not in queue.calls
    with pytest.raises(InvalidRequest, match="too many to sort"):
        await watcher.page("all", EVERYTHING, sort="priority")


async def test_a_long_queue_is_filtered_by_accounting(watch: Watch) -> None:
    users = ["alice", "bob", "carol", "carol"]
    jobs = [job(i, ["RUNNING", "PENDING"][i % 2], users[i % 4], priority=i) for i in range(1, 101)]
    watcher, _ = watch(Queue(*jobs), max_jobs_dump=50)
    filters = Filters(users=frozenset({"carol"}), states=frozenset({"RUNNING"}))
    look = await watcher.page("all", filters, sort="priority", limit=3, offset=1)
    assert [row.job_id for row in look.page.rows] == [6, 10, 14]
    assert look.page.total == 25

    without, _ = watch(Queue(*jobs, accounting=False), max_jobs_dump=50)
    with pytest.raises(Unsupported, match="accounting"):
        await without.page("all", filters)


async def test_what_happens_to_the_users_jobs_can_be_asked_for(watch: Watch) -> None:
    queue = Queue(job(1, name="train"), job(2, user="bob"))
    watcher, heard = watch(queue)
    await watcher.page("mine", EVERYTHING)
    assert watcher.transitions(0) == []

    queue.put(job(1, "RUNNING", name="train"))
    queue.put(job(2, "RUNNING", user="bob"))
    queue.put(job(3))
    await asyncio.sleep(0.2)

    told = [(one.job.id, one.before, one.job.state) for one in watcher.transitions(0)]
    assert sorted(told, key=str) == [("1", "PENDING", "RUNNING"), ("3", None, "PENDING")]
    changes = heard.of("queue_changed")
    assert {one["cluster"] for one in changes} == {"maxwell"}
    # Each reading that is announced leads to what it found, and to nothing older.
    newest = watcher.transitions(changes[-1]["as_of"])
    assert newest
    assert watcher.transitions(changes[-1]["as_of"] + 1) == []
    await watcher.forget()
    assert watcher.transitions(0) == []


async def test_trouble_and_recovery_are_told_once_each(watch: Watch) -> None:
    queue = Queue(job(1))
    watcher, heard = watch(queue, longest=0.2)
    await watcher.page("mine", EVERYTHING)
    queue.failure = Unreachable("slurmrestd cannot be reached.")
    await asyncio.sleep(0.4)
    look = await watcher.page("mine", EVERYTHING)
    assert look.stale
    assert look.note == "slurmrestd cannot be reached."
    assert [row.id for row in look.page.rows] == ["1"]

    queue.failure = None
    await asyncio.sleep(0.5)
    assert not (await watcher.page("mine", EVERYTHING)).stale
    told = heard.of("cluster_trouble")
    assert [one["ok"] for one in told] == [False, True]
    assert "cannot be reached" not in str(told)


async def test_a_submitted_job_is_there_at_the_next_look(watch: Watch) -> None:
    queue = Queue(job(1))
    watcher, _ = watch(queue, shortest=60.0)
    await watcher.page("mine", EVERYTHING)
    queue.put(job(2))
    queue.late.add(2)
    watcher.submitted([2])
    look = await watcher.page("mine", EVERYTHING)
    assert [row.id for row in look.page.rows] == ["2", "1"]


async def test_what_was_submitted_before_anybody_looked_is_there_at_the_first(watch: Watch) -> None:
    queue = Queue(job(1), job(2))
    queue.late.add(2)
    watcher, _ = watch(queue, shortest=60.0)
    watcher.submitted([2])
    look = await watcher.page("mine", EVERYTHING)
    assert [row.id for row in look.page.rows] == ["2", "1"]


async def test_another_users_token_shows_nothing_of_the_first(watch: Watch) -> None:
    queue = Queue(job(1))
    watcher, _ = watch(queue, shortest=60.0)
    await watcher.page("mine", EVERYTHING)
    await watcher.forget()
    queue.failure = Unreachable("slurmrestd cannot be reached.")
    with pytest.raises(Unreachable):
        await watcher.page("mine", EVERYTHING)


async def test_the_doctor_can_say_why(watch: Watch) -> None:
    watcher, _ = watch(Queue(job(1), minor=38))
    words = describe(await watcher.choice("mine"))
    assert words.startswith("dump: ")
    assert "v0.0.38 has no cheaper request" in words


async def test_what_the_user_did_shows_at_the_next_look(watch: Watch) -> None:
    # No state changes when tasks of a waiting array are canceled, or a job is released.
    for minor in (42, 38):
        array = job(10, id="10_[1-9]", array_job_id=10, array_tasks="1-9", reason="JobHeldUser")
        queue = Queue(array, job(20), minor=minor)
        watcher, heard = watch(queue, shortest=60.0)
        for scope in SCOPES:
            await watcher.page(scope, EVERYTHING)
        left = {"id": "10_[1-7]", "array_tasks": "1-7", "reason": "Priority"}
        queue.put(msgspec.structs.replace(array, **left))
        watcher.acted([10])
        for scope in SCOPES:
            look = await watcher.page(scope, EVERYTHING)
            shown = [(row.id, row.reason) for row in look.page.rows]
            assert shown == [("20", ""), ("10_[1-7]", "Priority")]
        assert "all" in [one["scope"] for one in heard.of("queue_changed")]


async def test_a_reading_that_began_before_an_action_does_not_undo_it(watch: Watch) -> None:
    queue = Queue(job(1), job(2))
    watcher, _ = watch(queue, shortest=60.0)
    await watcher.page("all", EVERYTHING)
    old, waiting = queue.dump, asyncio.Event()

    async def slow(update_time: int | None) -> Any:
        dump = await old(update_time)
        await waiting.wait()
        return dump

    queue.dump = slow  # type: ignore[method-assign]
    assert watcher._dump is not None
    watcher._dump.hurry()
    reading = asyncio.create_task(watcher.page("all", EVERYTHING))
    await asyncio.sleep(0.05)
    queue.end(1)
    watcher.acted([1])
    look = await watcher.page("all", EVERYTHING)
    assert [row.id for row in look.page.rows] == ["2"]
    waiting.set()
    await reading
    assert [row.id for row in (await watcher.page("all", EVERYTHING)).page.rows] == ["2"]


async def test_what_a_look_at_one_job_found_goes_into_the_lists(watch: Watch) -> None:
    queue = Queue(job(1), job(2))
    watcher, _ = watch(queue, shortest=60.0)
    for scope in SCOPES:
        await watcher.page(scope, EVERYTHING)
    found = Job(id="1", job_id=1, state="RUNNING", user="alice", sources=["slurmctld"])
    watcher.learn(found)
    for scope in SCOPES:
        rows = (await watcher.page(scope, EVERYTHING)).page.rows
        assert {row.id: row.state for row in rows} == {"1": "RUNNING", "2": "PENDING"}
    ended = msgspec.structs.replace(found, state="COMPLETED", sources=["slurmdbd"])
    watcher.learn(ended)
    mine = (await watcher.page("mine", EVERYTHING)).page.rows
    assert {row.id: row.state for row in mine} == {"1": "COMPLETED", "2": "PENDING"}
    assert [row.id for row in (await watcher.page("all", EVERYTHING)).page.rows] == ["2"]
