"""Shared mode on real daemons: public data is shared, private data is not."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.relay import Relay
from devcluster import Cluster
from jupyter_slurm_rest.queue.records import NoEvents
from jupyter_slurm_rest.queue.responses import JobsQuery
from jupyter_slurm_rest.queue.watcher import Settings
from jupyter_slurm_rest.server.cluster import ConfiguredCluster as Configured
from jupyter_slurm_rest.server.settings import read_clusters
from tests.hub.rig import FakeHub, Running, running, server_model
from tests.hub.shared_rig import get
from tests.real.comparison import until
from tests.real.instances import chosen_generations, need_root, own_cluster, set_private

#: A user of every cluster without an association, a privilege or a job.
READER = "slurmrestd"
GENERATIONS = [name for name in chosen_generations() if name in ("trixie", "forky")]
ALL = JobsQuery(scope="all", limit=1000)


@pytest.fixture(scope="module", params=GENERATIONS)
def own(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """A cluster whose slurm.conf may be changed."""
    need_root()
    hidden = "PartitionName=secret Nodes=cpu[1-2] Hidden=YES MaxTime=30:00"
    club = "PartitionName=club Nodes=cpu[1-2] AllowGroups=bob MaxTime=30:00"
    cluster = own_cluster(request.param, "shared", ["PrivateData=none", hidden, club])
    cluster.up()
    for user, partition in (("alice", "debug"), ("bob", "debug"), ("bob", "secret")):
        batch = ["sbatch", "-H", "-t5", "--mem=20", "-p", partition, "--wrap", "true"]
        cluster.run(batch, user=user)
    # slurmctld counts its jobs now and then; accounting hears of them a moment later.
    pending = re.compile(r"Jobs pending:\s+3")
    until(lambda: bool(pending.search(cluster.run(["sdiag"]).stdout)), "three waiting jobs", 90)
    yield cluster
    cluster.down()


Hide = Callable[[str], None]


@pytest.fixture
def private(own: Cluster) -> Iterator[Hide]:
    """Sets PrivateData."""

    yield lambda what: set_private(own, what)
    set_private(own, "none")


@pytest.fixture
def hub() -> FakeHub:
    return FakeHub({f"{name}-server": server_model(name) for name in ("alice", "bob")})


def sharing(cluster: Cluster, url: str = "", user: str = READER, **more: Any) -> dict[str, Any]:
    reader = {"url": url or cluster.url, "user": user, "refresh": 0.5, **more}
    key = str(cluster.layout.jwt_key)
    return {"clusters": {"maxwell": {"key_file": key, "shared": reader}}}


def owners(cluster: Cluster) -> dict[int, str]:
    lines = cluster.run(["squeue", "-h", "--all", "-o", "%A %u"]).stdout.splitlines()
    return {int(job): user for job, user in (line.split() for line in lines)}


def server(cluster: Cluster, service: Running, url: str = "") -> Configured:
    tokens = {"provider": "hub", "url": service.url, "cluster": "maxwell"}
    entry = {"url": url or cluster.url, "tokens": tokens, "shared": True}
    settings = read_clusters({"c": entry})["c"]
    return Configured("c", settings, ttl=0.5, events=NoEvents(), watching=Settings(shortest=0.5))


@pytest.mark.parametrize("most", [5_000, 1], ids=["dump", "index"])
async def test_one_reading_serves_all_users_and_matches_squeue(
    own: Cluster, hub: FakeHub, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    with Relay(own.url) as for_hub, Relay(own.url) as for_servers:
        settings = sharing(own, for_hub.url, max_jobs_dump=most, refresh=60.0)
        async with running(hub, **settings) as service:
            counts = []
            for name in ("alice", "bob"):
                monkeypatch.setenv("JUPYTERHUB_API_TOKEN", f"{name}-server")
                one = server(own, service, for_servers.url)
                found = await one.jobs(ALL)
                nodes = (await one.resources.nodes()).value
                assert (found.strategy, found.note.count("by this server")) == ("shared", 0)
                shown = {row.job_id: row.user for row in found.jobs}
                assert shown == owners(own)
                assert {node.name for node in nodes} == {"cpu1", "cpu2", "gpu1", "gpu2"}
                partitions = (await one.resources.partitions()).value
                assert {"secret", "club"} < {partition.name for partition in partitions}
                counts.append(for_hub.requests)
                await one.close()
            assert counts[0] > 0
            assert counts[1] == counts[0], "bob's looks cost slurmrestd nothing"
            # Reservations are each user's own: what is free depends on who may use them.
            assert for_servers.resources <= {"ping", "reservations"}
            state = (await get(service)).json()
            assert state["strategy"].startswith("dump" if most > 1 else "index")


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("jobs", "PrivateData=jobs"),
        ("nodes", "nodes are hidden"),
        ("partitions", "hidden"),
        ("jobs,nodes,partitions", "hidden"),
    ],
)
@pytest.mark.parametrize("most", [5_000, 1], ids=["dump", "index"])
async def test_what_is_private_is_not_shared(
    own: Cluster, hub: FakeHub, private: Hide, what: str, words: str, most: int
) -> None:
    private(what)
    async with running(hub, **sharing(own, max_jobs_dump=most)) as service:
        for list_ in ("jobs", "", "nodes", "partitions"):
            response = await get(service, list_)
            assert (response.status_code, response.json()["code"]) == (409, "not_public"), list_
            assert words in response.json()["message"]


async def test_alice_then_sees_her_own_view_with_her_own_token(
    own: Cluster, hub: FakeHub, private: Hide, monkeypatch: pytest.MonkeyPatch
) -> None:
    private("jobs")
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "alice-server")
    async with running(hub, **sharing(own)) as service:
        one = server(own, service)
        found = await one.jobs(ALL)
        await one.close()
    assert found.strategy == "dump"
    assert {row.user for row in found.jobs} == {"alice"}
    assert "not by the hub: other users' jobs are hidden" in found.note


async def test_a_cluster_that_becomes_private_ends_shared_mode(
    own: Cluster, hub: FakeHub, private: Hide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_slurm_rest.hub.visibility._CHECK_EVERY", 1.0)
    async with running(hub, **sharing(own)) as service:
        assert (await get(service, "jobs")).status_code == 200
        private("jobs")
        seen: list[int] = []
        deadline = time.monotonic() + 20
        while 409 not in seen and time.monotonic() < deadline:
            response = await get(service, "jobs")
            seen.append(response.status_code)
            # Never a list that lacks the hidden ones.
            if response.status_code == 200:
                assert {row["user"] for row in response.json()["jobs"]} == {"alice", "bob"}
        assert seen[-1] == 409


@pytest.mark.parametrize(
    ("user", "words"),
    [("carol", "coordinator of chemistry"), ("slurm", "may act as any user")],
)
async def test_a_privileged_reader_is_detected(
    own: Cluster, hub: FakeHub, monkeypatch: pytest.MonkeyPatch, user: str, words: str
) -> None:
    # The service refuses this name at start; a site's SlurmUser may have another.
    monkeypatch.setattr("jupyter_slurm_rest.tokens.token.PRIVILEGED_NAMES", frozenset({"root"}))
    async with running(hub, **sharing(own, user=user)) as service:
        response = await get(service, "jobs")
    assert (response.status_code, response.json()["code"]) == (409, "not_public")
    assert words in response.json()["message"]


async def test_an_operator_is_detected(own: Cluster, hub: FakeHub) -> None:
    modify = ["sacctmgr", "-i", "modify", "user", "bob", "set"]
    own.run([*modify, "AdminLevel=Operator"])
    try:
        async with running(hub, **sharing(own, user="bob")) as service:
            response = await get(service, "jobs")
    finally:
        own.run([*modify, "AdminLevel=None"])
    assert (response.status_code, response.json()["code"]) == (409, "not_public")
    assert "Operator" in response.json()["message"]


async def test_nothing_is_shared_where_visibility_is_unknown(
    cluster: Cluster, hub: FakeHub
) -> None:
    async with running(hub, **sharing(cluster)) as service:
        response = await get(service, "nodes")
    if cluster.generation == "host":
        assert (response.status_code, response.json()["code"]) == (409, "not_public")
        assert "Slurm 23.11.5 or newer is needed" in response.json()["message"]
    else:
        assert response.status_code == 200


async def test_no_log_of_slurm_holds_a_token_of_the_reader(own: Cluster) -> None:
    logs: list[Path] = list(own.layout.logs.glob("*.log"))
    assert logs
    for path in logs:
        assert not re.search(rb"eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}", path.read_bytes()), path
