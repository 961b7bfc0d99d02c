"""Random queues: mine, all, history and nodes are what squeue, sacct and sinfo say.

Every row opens, and one is canceled as scancel would. ``DIFFERENTIAL_QUEUES`` says how many
queues each Slurm gets (``make test-differential``: 200 in all).
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
import zlib
from collections.abc import Awaitable, Callable, Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from devcluster import Cluster
from jupyter_slurm_rest.queue.filters import Filters
from jupyter_slurm_rest.queue.records import NoEvents
from jupyter_slurm_rest.queue.source import RestSource, is_live
from jupyter_slurm_rest.queue.watcher import Settings, Watcher
from jupyter_slurm_rest.slurm import Credentials, SlurmClient, Transport
from jupyter_slurm_rest.slurm.accounting import HistoryQuery
from jupyter_slurm_rest.slurm.models import JobSummary
from jupyter_slurm_rest.slurm.models.job_id import parse_job_id
from tests.real.instances import own_cluster

from .commands import differing, ours, sacct, sinfo, squeue, tasks
from .random_actions import QUEUES, Step

_log = logging.getLogger(__name__)
QUEUES_EACH = int(os.environ.get("DIFFERENTIAL_QUEUES", "5"))
_ALL_FIELDS = ("state", "reason", "user", "partition", "name", "time_limit")
_MINE_FIELDS = ("state", "user", "partition", "name")
#: Seconds in which slurmdbd hears of everything and the scheduler comes to rest.
PATIENCE = 40.0
#: Seconds without a change after which the scheduler, that looks every five, has no more to do.
REST = 6.0
_CONF = (
    "PreemptType=preempt/partition_prio",
    "PreemptMode=REQUEUE",
    "MinJobAge=20",
    "PartitionName=urgent Nodes=cpu[1-2] DefaultTime=5:00 PriorityTier=10",
)


@pytest.fixture(scope="module")
def own(cluster: Cluster) -> Iterator[Cluster]:
    """A cluster where nothing happens but what the queue says, and jobs are preempted."""
    found = own_cluster(cluster.generation, "differential", _CONF)
    found.up()
    try:
        yield found
    finally:
        found.down()


class Eyes:
    """alice's lists, as her Jupyter server reads them."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        token = cluster.token("alice")

        async def credentials(renew: bool = False) -> Credentials:
            return Credentials("alice", token)

        async def username() -> str:
            return "alice"

        self.transport = Transport(cluster.url)
        self.client = SlurmClient(self.transport, credentials)
        self.source = RestSource(self.client, username)
        #: Has looked all the time.
        self.watcher = self.watch()

    def watch(self) -> Watcher:
        return Watcher(self.source, NoEvents(), Settings(shortest=0.1, share=1.0))

    async def rows(self, watcher: Watcher, scope: str) -> list[JobSummary]:
        watcher.acted()
        look = await watcher.page("mine" if scope == "mine" else "all", Filters(), limit=5000)
        assert not look.note, look.note
        return [row for row in look.page.rows if is_live(row)]

    async def close(self) -> None:
        await self.watcher.close()
        await self.transport.close()


async def agree(compare: Callable[[], Awaitable[list[str]]], cluster: Cluster, what: str) -> None:
    """No differences while squeue shows the same before and after."""
    give_up = time.monotonic() + PATIENCE
    while True:
        before = squeue(cluster)
        found = await compare()
        if not found:
            return
        if before == squeue(cluster):
            assert time.monotonic() < give_up, (what, found)
        assert time.monotonic() < give_up + PATIENCE, (what, "no rest", found)
        await asyncio.sleep(0.4)


async def rest(cluster: Cluster) -> None:
    """Until the scheduler has looked at everything: only then it splits dependent tasks off."""
    before, changed = squeue(cluster), time.monotonic()
    give_up = changed + PATIENCE
    while time.monotonic() < min(changed + REST, give_up):
        await asyncio.sleep(0.5)
        now = squeue(cluster)
        if now != before:
            before, changed = now, time.monotonic()


async def check(eyes: Eyes, steps: list[Step], chosen: int) -> None:
    cluster = eyes.cluster
    begun = int(time.time())
    for step in steps:
        step.do(cluster)
    await rest(cluster)
    fresh = eyes.watch()
    try:
        await agree(lambda: lists(eyes, fresh), cluster, "lists")
        await agree(lambda: history(eyes, begun), cluster, "history")
        await agree(lambda: nodes(eyes), cluster, "nodes")
        rows = await eyes.rows(fresh, "all")
        await agree(lambda: opened(eyes, fresh), cluster, "opened")
        if rows:
            await cancelled(eyes, rows[chosen % len(rows)])
    finally:
        await fresh.close()


async def lists(eyes: Eyes, fresh: Watcher) -> list[str]:
    found = []
    theirs = squeue(eyes.cluster)
    alices = {name: line for name, line in theirs.items() if line["user"] == "alice"}
    for who, watcher in (("new", fresh), ("old", eyes.watcher)):
        for scope, wanted in (("mine", alices), ("all", theirs)):
            mine, cut = ours(await eyes.rows(watcher, scope))
            # Mine were read when they were new, before the scheduler came to rest: reasons,
            # and limits that were changed without a change of state, may be a minute old.
            compared = _ALL_FIELDS if scope == "all" else _MINE_FIELDS
            found += [f"{who} {scope}: {one}" for one in differing(wanted, mine, cut, compared)]
    return found


async def history(eyes: Eyes, begun: int) -> list[str]:
    theirs = sacct(eyes.cluster, begun)
    page = await eyes.client.history(HistoryQuery(users=["alice"], start=begun, limit=5000))
    mine = {(str(job.job_id), job.submit_time): job.state for job in page.jobs}
    found = []
    for (job, submitted), state in theirs.items():
        same = mine.get((job, int(submitted)))
        if same != state:
            found.append(f"{job} submitted {submitted}: {state} is {same} here")
    return found


async def nodes(eyes: Eyes) -> list[str]:
    theirs = sinfo(eyes.cluster)
    mine = {one.name: (one.sinfo_state, one.cpus_used) for one in await eyes.client.nodes()}
    return [
        f"{name}: {theirs[name]} is {mine.get(name)} here"
        for name in theirs
        if mine.get(name) != theirs[name]
    ]


async def opened(eyes: Eyes, watcher: Watcher) -> list[str]:
    found = []
    for row in await eyes.rows(watcher, "all"):
        job = await eyes.client.whole_job(row.id)
        if (job.id, job.job_id) != (row.id, row.job_id):
            found.append(f"{row.id} opens {job.id}")
    return found


async def cancelled(eyes: Eyes, row: JobSummary) -> None:
    """Cancel one row; what is gone is what scancel would have ended with that id."""
    before = squeue(eyes.cluster)
    (result,) = await eyes.client.cancel([row.id], cron=True)
    whole = row.het_job_id
    component = whole is not None and row.state == "PENDING" and row.het_offset != 0
    assert result.ok is not component, (row, result)
    if component:
        gone: set[str] = set()
    elif whole is not None and row.het_offset == 0:
        gone = {name for name in before if name.startswith(f"{whole}+")}
    elif "..." in (row.array_tasks or ""):
        own = {f"{row.array_job_id}_{n}" for n in range(100)}
        gone = {name for name in own & before.keys() if before[name]["state"] == "PENDING"}
    else:
        gone = set(tasks(row))
    wholes = {parse_job_id(row.id).job}

    async def compare() -> list[str]:
        after = {n for n, line in squeue(eyes.cluster).items() if line["state"] != "COMPLETING"}
        ended = {name for name in before if name not in after}
        # Others may have ended by themselves.
        found = [f"{name} is still there" for name in gone - ended]
        found += [f"{name} was hit" for name in ended - gone if before[name]["state"] == "PENDING"]
        # The list knows at the next look, not when its turn comes.
        eyes.watcher.acted(wholes)
        mine, _ = ours(await eyes.rows(eyes.watcher, "all"))
        return found + [f"{name} is still listed" for name in gone & mine.keys()]

    await agree(compare, eyes.cluster, f"cancelled {row.id}")


def clear(cluster: Cluster) -> None:
    cluster.run(["sh", "-c", "scrontab -r 2>/dev/null; true"], user="alice", check=False)
    cluster.run(["scancel", "--user=alice"], user="root", check=False)
    give_up = time.monotonic() + 30
    while squeue(cluster) and time.monotonic() < give_up:
        time.sleep(0.3)


def test_random_queues(own: Cluster) -> None:
    loop = asyncio.new_event_loop()

    async def look() -> Eyes:
        return Eyes(own)

    eyes = loop.run_until_complete(look())

    @seed(zlib.crc32(own.generation.encode()))
    @settings(
        max_examples=QUEUES_EACH,
        deadline=None,
        database=None,
        # To make a queue smaller would cost more than to read it.
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(QUEUES)
    def differ(queue: tuple[list[Step], int]) -> None:
        clear(own)
        begun = time.monotonic()
        loop.run_until_complete(check(eyes, *queue))
        kinds = ", ".join(step.kind for step in queue[0])
        _log.info("%s: %s: %.1f s", own.generation, kinds, time.monotonic() - begun)

    try:
        differ()
    finally:
        loop.run_until_complete(eyes.close())
        loop.close()
