"""With PrivateData, our lists show the same jobs as squeue."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devcluster import Cluster

from .api import Api, server_config
from .comparison import client_of, lines, submit, until
from .instances import own_cluster

#: Most jobs of a queue that is read as a whole, of which there are more and less.
LIMITS = (5000, 2)
#: More rows than are read from slurmctld in one look: accounting, which has a PrivateData of
#: its own, tells of the others.
MANY = 30


@pytest.fixture(scope="module")
def private(cluster: Cluster) -> Iterator[Cluster]:
    """Two users' jobs, of which each sees only their own."""
    own = own_cluster(cluster.generation, "private", ["PrivateData=jobs"])
    own.up()
    try:
        for user in ("alice", "bob"):
            submit(own, user=user)
            submit(own, "--hold", user=user)
            submit(own, "--hold", "--array=1-3", user=user)
            submit(own, "--begin=now+1hour", user=user)
        for _ in range(MANY):
            submit(own, "--hold", user="bob")
        running = ["squeue", "--noheader", "--states=RUNNING", "--format=%i"]
        until(lambda: len(lines(own, running, user="root")) == 2, "two jobs run")
        # It counts them every half minute; the strategies depend on how many there are.
        until(lambda: "Jobs running: 2" in counts(own), "two jobs counted")
        yield own
    finally:
        own.down()


def counts(cluster: Cluster) -> list[str]:
    return [" ".join(line.split()) for line in lines(cluster, ["sdiag"], user="root")]


@pytest.fixture(params=LIMITS)
def jp_server_config(
    private: Cluster, request: pytest.FixtureRequest, tmp_path: Path
) -> dict[str, Any]:
    return server_config(
        tmp_path,
        private.token("alice"),
        {"private": private.url},
        refresh=0.2,
        max_jobs_dump=request.param,
    )


def squeue(cluster: Cluster, user: str) -> set[str]:
    return set(lines(cluster, ["squeue", "--noheader", "--format=%i"], user=user))


async def until_it_shows(api: Api, wanted: set[str], **query: Any) -> Any:
    """The list, when it shows these jobs; accounting hears of them a moment late."""
    give_up = time.monotonic() + 60
    while True:
        response = await api.get("jobs", **query)
        shown = {job["id"] for job in response["jobs"]}
        assert {job["user"] for job in response["jobs"]} <= {"alice"}
        if shown == wanted:
            return response
        assert time.monotonic() < give_up, (shown, wanted, response["note"])
        await asyncio.sleep(0.5)


async def test_lists_match_squeue(
    private: Cluster, jp_fetch: Any, jp_server_config: dict[str, Any]
) -> None:
    api = Api(jp_fetch, "private")
    mine, everything = squeue(private, "alice"), squeue(private, "root")
    assert mine < everything
    async with client_of(private) as client:
        states = await client.connection.api_version() >= "v0.0.40"
    long = jp_server_config["SlurmRest"]["max_jobs_dump"] < len(everything)

    response = await until_it_shows(api, mine, scope="mine")
    assert response["strategy"] == ("mine" if states else "dump-rarely" if long else "dump")

    response = await until_it_shows(api, mine, scope="all")
    if long and states:
        assert response["strategy"] == "index"
        assert f"{len(everything - mine)} jobs on this page are hidden" in response["note"]
    else:
        assert response["strategy"] == ("dump-rarely" if long else "dump")

    await until_it_shows(api, set(), scope="all", user="bob")
