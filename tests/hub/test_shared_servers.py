"""Users' servers with a hub that shares, has stopped sharing, or never shared."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tornado.web import Application, RequestHandler

from jupyter_slurm_rest.doctor.checks import examine
from jupyter_slurm_rest.queue.records import NoEvents
from jupyter_slurm_rest.queue.responses import JobsQuery
from jupyter_slurm_rest.queue.watcher import Settings
from jupyter_slurm_rest.server.cluster import ConfiguredCluster
from jupyter_slurm_rest.server.errors import RequestFailed
from jupyter_slurm_rest.server.settings import BadSetting, read_clusters
from jupyter_slurm_rest.server.shared import SharedLists
from tests.recorded import recorded_by

from .rig import FakeHub, running, serving
from .shared_rig import Slurmrestd, owner, shared

ALL = JobsQuery(scope="all")


class Heard(NoEvents):
    def __init__(self) -> None:
        self.changed: list[str] = []
        self.told = asyncio.Event()

    def queue_changed(self, scope: str, as_of: float) -> None:
        self.changed.append(scope)
        self.told.set()


def entry(slurmrestd: Slurmrestd, service: str, **more: Any) -> dict[str, Any]:
    tokens = {"provider": "hub", "url": service, "cluster": "maxwell", "timeout": 5}
    return {"url": slurmrestd.url, "tokens": tokens, "shared": True, **more}


@asynccontextmanager
async def server(
    slurmrestd: Slurmrestd, service: str, heard: Heard | None = None
) -> AsyncIterator[ConfiguredCluster]:
    settings = read_clusters({"c": entry(slurmrestd, service)})["c"]
    watching = Settings(shortest=0.2)
    cluster = ConfiguredCluster(
        "c", settings, ttl=0.2, events=heard or NoEvents(), watching=watching
    )
    try:
        yield cluster
    finally:
        await cluster.close()


def rename_one(slurmrestd: Slurmrestd) -> int:
    """One waiting job gets another name."""
    response = recorded_by(slurmrestd.api_version, "jobs")
    body = json.loads(response.body)
    row = body["jobs"][-1]
    row["name"] = "another name"
    body["last_update"]["number"] += 100
    slurmrestd.give(replace(response, body=json.dumps(body).encode()))
    return int(row["job_id"])


@pytest.fixture(autouse=True)
def alices_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "alice-server")
    monkeypatch.setenv("JUPYTERHUB_API_URL", "http://hub:8081/hub/api")


def responding_get(status: int, body: Any) -> Application:
    class Response(RequestHandler):
        def get(self) -> None:
            self.set_status(status)
            self.write(body)

    return Application([(".*", Response)], log_function=lambda _: None)


def shared_at(url: str) -> SharedLists:
    return SharedLists({"url": url, "cluster": "maxwell"}, NoEvents(), 0.2)


async def test_ten_servers_read_through_one_and_mine_stays_mine(
    hub: FakeHub, key_file: Path, slurmrestd: Slurmrestd
) -> None:
    async with running(hub, **shared(key_file, slurmrestd)) as service, AsyncExitStack() as open_:
        servers = [
            await open_.enter_async_context(server(slurmrestd, service.url)) for _ in range(10)
        ]
        lists = await asyncio.gather(*(one.jobs(ALL) for one in servers))
        nodes = await asyncio.gather(*(one.resources.nodes() for one in servers))
        assert {one.strategy for one in lists} == {"shared"}
        assert {one.note for one in lists} == {""}
        assert {row.user for row in lists[0].jobs} >= {"alice", "bob"}
        assert len({one.version for one in lists}) == 1
        assert len({found.as_of for found in nodes}) == 1
        assert len(slurmrestd.sent("slurm/jobs")) == 1
        assert {owner(seen) for seen in slurmrestd.sent("slurm/jobs")} == {"reader"}

        slurmrestd.seen.clear()
        assert "by the hub, once for all users; dump: " in await servers[0].strategy()
        with contextlib.suppress(Exception):
            await servers[0].jobs(JobsQuery(scope="mine"))
        own = [seen for seen in slurmrestd.seen if seen.path.startswith("/slurmdb")]
        assert own
        assert {owner(seen) for seen in own} == {"alice"}


async def test_a_page_is_followed_by_differences(
    hub: FakeHub, key_file: Path, slurmrestd: Slurmrestd
) -> None:
    heard = Heard()
    async with (
        running(hub, **shared(key_file, slurmrestd)) as service,
        server(slurmrestd, service.url, heard) as one,
    ):
        first = await one.jobs(ALL)
        changed = rename_one(slurmrestd)
        # Nobody asks meanwhile: the server's one task follows the hub.
        heard.told.clear()
        await asyncio.wait_for(heard.told.wait(), 10)
        assert set(heard.changed) == {"all"}
        second = await one.jobs(JobsQuery(scope="all", since=first.version))
    assert second.delta is not None
    assert [row.job_id for row in second.jobs] == [changed]


async def test_what_cannot_be_asked_is_refused_with_the_same_words(
    hub: FakeHub, key_file: Path, slurmrestd: Slurmrestd
) -> None:
    async with (
        running(hub, **shared(key_file, slurmrestd)) as service,
        server(slurmrestd, service.url) as one,
    ):
        with pytest.raises(RequestFailed) as caught:
            await one.jobs(JobsQuery(scope="all", sort="colour"))
        assert (caught.value.status, caught.value.body.field) == (422, "sort")
        assert one.shared is not None
        assert one.shared.why == ""


async def test_a_hub_that_refuses_is_replaced_at_once_and_tried_again(
    hub: FakeHub, key_file: Path, slurmrestd: Slurmrestd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_slurm_rest.server.shared._SOONEST", 0.2)
    monkeypatch.setattr("jupyter_slurm_rest.hub.visibility._VALID_FOR", 0.5)
    slurmrestd.anybody = True
    heard = Heard()
    async with (
        running(hub, **shared(key_file, slurmrestd)) as service,
        server(slurmrestd, service.url, heard) as one,
    ):
        found = await one.jobs(ALL)
        assert found.strategy == "dump"
        assert found.jobs
        assert found.note == (
            "All jobs are read by this server, not by the hub: "
            "the reader reader has privileges (may act as any user)."
        )
        assert {owner(seen) for seen in slurmrestd.sent("slurm/jobs")} == {"alice"}
        assert "not by the hub" in await one.strategy()
        findings = [finding async for finding in examine(one)]
        assert [f.verdict for f in findings if f.subject == "shared"] == ["warning"]

        slurmrestd.anybody = False
        heard.changed.clear()
        deadline = asyncio.get_running_loop().time() + 15
        while found.strategy != "shared" and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.2)
            found = await one.jobs(ALL)
        assert (found.strategy, found.note) == ("shared", "")
        assert [(await one.jobs(ALL)).strategy for _ in range(3)] == ["shared"] * 3
        assert "all" in heard.changed
        assert "by the hub, once for all users; dump: " in await one.strategy()


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (404, {"code": "error", "message": "Not Found"}, "does not know shared mode"),
        (404, "<html>", "does not know shared mode"),
        (404, {"code": "not_shared", "message": "the hub does not share this cluster"}, "share"),
        (503, {}, "HTTP status 503"),
        (429, {"code": "token_rate_limited", "message": "Too many lists were asked for."}, "many"),
        (200, "<html>", "malformed"),
    ],
)
async def test_whatever_else_responds_costs_nobody_their_list(
    hub: FakeHub,
    key_file: Path,
    slurmrestd: Slurmrestd,
    status: int,
    body: Any,
    words: str,
) -> None:
    async with (
        running(hub, clusters={"maxwell": {"key_file": str(key_file)}}) as service,
        serving(responding_get(status, body)) as broken,
        server(slurmrestd, service.url) as one,
    ):
        assert one.shared is not None
        await one.shared.close()
        one.shared = one.resources.shared = shared_at(broken)
        found = await one.jobs(ALL)
        assert found.strategy == "dump"
        assert found.jobs
        assert words in found.note
        assert (await one.resources.nodes()).value


async def test_a_service_that_is_away_is_not_waited_for_twice(
    hub: FakeHub, key_file: Path, slurmrestd: Slurmrestd
) -> None:
    async with (
        running(hub, clusters={"maxwell": {"key_file": str(key_file)}}) as service,
        server(slurmrestd, service.url) as one,
    ):
        await one.credentials()
        one.shared = one.resources.shared = shared_at("http://127.0.0.1:9")
        for _ in range(2):
            found = await one.jobs(ALL)
            assert "cannot be reached" in found.note
            assert found.note.count("not by the hub") == 1
        await one.shared.close()


@pytest.mark.parametrize("tokens", ["paste", "oidc", {"provider": "file", "path": "/x"}])
def test_sharing_needs_the_hub(slurmrestd: Slurmrestd, tokens: Any) -> None:
    settings = read_clusters({"c": entry(slurmrestd, "http://hub/", tokens=tokens)})["c"]
    with pytest.raises(BadSetting, match="needs tokens from the provider 'hub'"):
        ConfiguredCluster("c", settings, ttl=5, events=NoEvents(), watching=Settings())


async def test_saying_how_lists_are_read_makes_the_hub_read_nothing(
    hub: FakeHub, key_file: Path, slurmrestd: Slurmrestd
) -> None:
    async with (
        running(hub, **shared(key_file, slurmrestd)) as service,
        server(slurmrestd, service.url) as one,
    ):
        assert "All jobs: by the hub, once for all users." in await one.strategy()
        await asyncio.sleep(0.5)
    assert slurmrestd.sent("slurm/jobs") == []
