"""All queue strategies agree with each other and with squeue."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager

import pytest

from devcluster import Cluster
from jupyter_slurm_rest.queue.filters import Filters
from jupyter_slurm_rest.queue.index import QueueIndex
from jupyter_slurm_rest.queue.long_queue import QueueDump, Search
from jupyter_slurm_rest.queue.my_jobs import MyJobs
from jupyter_slurm_rest.queue.records import Records
from jupyter_slurm_rest.queue.source import RestSource, is_live
from jupyter_slurm_rest.slurm import Credentials, SlurmClient, Transport
from jupyter_slurm_rest.slurm.models import JobSummary


@asynccontextmanager
async def source(cluster: Cluster, user: str) -> AsyncIterator[RestSource]:
    token = cluster.token(user)

    async def credentials(renew: bool = False) -> Credentials:
        return Credentials(user, token)

    async def username() -> str:
        return user

    transport = Transport(cluster.url)
    try:
        yield RestSource(SlurmClient(transport, credentials), username)
    finally:
        await transport.close()


@pytest.fixture
def queue(cluster: Cluster) -> Iterator[Cluster]:
    """Jobs of every kind: waiting, held, begin time, arrays, heterogeneous, running."""
    for user in ("alice", "bob"):
        for options in (
            ["-H"],
            ["--begin=now+1hour"],
            ["--array=1-6%2"],
            ["-H", "--array=3,5-9"],
            ["--partition=long,debug", "-H"],
            ["-J", "caf\u00e9 \u2603"],
        ):
            batch = ["sbatch", "-t5", "--mem=20", *options, "--wrap", "sleep 240"]
            cluster.run(batch, user=user)
        cluster.run(
            ["sbatch", "-H", "-n1", "--mem=20", ":", "-n1", "--mem=20", "--wrap", "sleep 1"],
            user=user,
        )
    # Accounting hears of jobs a moment after slurmctld.
    time.sleep(4)
    yield cluster
    # Those that run would keep the jobs of later tests waiting.
    cluster.run(["scancel", "--user=alice"])
    cluster.run(["scancel", "--user=bob"])


def squeue(cluster: Cluster, *options: str) -> dict[str, str]:
    lines = cluster.run(["squeue", "-h", "-o", "%i|%T", *options]).stdout.splitlines()
    return dict(line.split("|") for line in lines)


async def until_mine_are_squeues(slurm: RestSource, cluster: Cluster) -> None:
    """Tasks start meanwhile, and accounting hears of that a moment late."""
    strategy, table = MyJobs(slurm, "alice"), None
    give_up = time.monotonic() + 60
    while True:
        table = await strategy(table)
        mine, theirs = set(states(table.rows.values())), set(squeue(cluster, "-u", "alice"))
        if mine == theirs:
            return
        assert time.monotonic() < give_up, mine ^ theirs
        await asyncio.sleep(0.5)


def states(rows: Iterable[JobSummary]) -> dict[str, str]:
    return {row.id: row.state for row in rows if is_live(row)}


async def test_every_strategy_matches_squeue(queue: Cluster) -> None:
    async with source(queue, "alice") as slurm:
        can = await slurm.capabilities()
        dump = QueueDump(slurm, tells_last_update=can.last_update)
        dumped = await dump(None)
        again = await dump(dumped)
        assert set(states(dumped.rows.values())) == set(squeue(queue))
        assert len(again.rows) == len(dumped.rows)
        if not can.job_states:
            return

        await until_mine_are_squeues(slurm, queue)
        clock = itertools.count(time.time(), 10)
        strategy = QueueIndex(slurm, Records(slurm), clock=lambda: next(clock))
        index = await strategy(None)
        followed = await strategy(index)
        rows: list[JobSummary] = []
        for _ in range(10):
            rows = await strategy.rows(index, index.newest)
        search = Search(slurm, Filters(users=frozenset({"bob"})))
        found = await search.find(index, index.newest, enough=10_000)

        assert set(states(rows)) == set(squeue(queue))
        assert set(followed.states) == set(index.states)
        assert found.complete
        # Accounting writes "5-9" for "5-9%2": records are compared, not their names.
        bobs = {row.job_id for row in dumped.rows.values() if row.user == "bob" and is_live(row)}
        assert {row.job_id for row in found.rows if is_live(row)} == bobs


async def test_jobs_are_found_by_number(queue: Cluster) -> None:
    """As in a queue too long to be listed; nothing is asked for without numbers."""
    async with source(queue, "alice") as slurm:
        can = await slurm.capabilities()
        if not can.job_states:
            return
        dumped = await QueueDump(slurm, tells_last_update=can.last_update)(None)
        strategy = QueueIndex(slurm, Records(slurm), whole_up_to=0)
        strategy.hint([min(row.job_id for row in dumped.rows.values())])
        index = await strategy(None)
        waiting: set[int] = set()
        for _ in range(20):
            index = await strategy(index)
            still = squeue(queue)
            waiting = {row.job_id for row in dumped.rows.values() if row.id in still}
            if waiting <= set(index.states):
                break
        assert waiting
        assert waiting <= set(index.states)
        assert index.newest[0] >= max(waiting)


async def test_all_strategies_give_the_same_rows(queue: Cluster) -> None:
    async with source(queue, "alice") as slurm:
        if not (await slurm.capabilities()).job_states:
            return
        dumped = await QueueDump(slurm, tells_last_update=True)(None)
        mine = await MyJobs(slurm, "alice")(None)
        # What only the clock changes, or the scheduler between two questions.
        moving = {"elapsed", "priority", "estimated_start", "reason"}
        for row in mine.rows.values():
            if row.state != "PENDING":
                continue
            other = dumped.rows[row.id]
            differing = {
                name
                for name in JobSummary.__struct_fields__
                if getattr(row, name) != getattr(other, name)
            }
            assert differing <= moving, row.id


async def test_an_unchanged_queue_is_not_an_empty_one(cluster: Cluster) -> None:
    async with source(cluster, "alice") as slurm:
        tells = (await slurm.capabilities()).last_update
        cluster.run(["sbatch", "-H", "--mem=20", "--wrap", "true"], user="alice")
        await asyncio.sleep(2)
        dump = QueueDump(slurm, tells_last_update=tells)
        first = await dump(None)
        second = await dump(first)
        assert second.rows
        assert second.version == first.version


async def test_state_changes_are_seen(cluster: Cluster) -> None:
    async with source(cluster, "carol") as slurm:
        if not (await slurm.capabilities()).job_states:
            return
        strategy = MyJobs(slurm, "carol")
        batch = ["sbatch", "--parsable", "--mem=20", "--wrap"]
        failing = int(cluster.run([*batch, "sleep 2; exit 7"], user="carol").stdout)
        held = int(cluster.run([*batch[:2], "-H", *batch[2:], "true"], user="carol").stdout)
        strategy.expect([failing, held])
        table = await strategy(None)
        assert {table.rows[str(failing)].state, table.rows[str(held)].state} <= {
            "PENDING",
            "RUNNING",
        }
        cluster.run(["scancel", str(held)], user="carol")
        until = time.monotonic() + 60
        while time.monotonic() < until:
            table = await strategy(table)
            if not any(is_live(table.rows[str(i)]) for i in (failing, held)):
                break
            await asyncio.sleep(1)
        ended = table.rows[str(failing)]
        assert (ended.state, ended.exit_code and ended.exit_code.code) == ("FAILED", 7)
        assert table.rows[str(held)].state == "CANCELLED"
