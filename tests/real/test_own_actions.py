"""A user's own actions show in every list at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devcluster import Cluster

from .api import Api, server_config
from .comparison import states, submit, until


@pytest.fixture
def jp_server_config(cluster: Cluster, tmp_path: Path) -> dict[str, Any]:
    # No reading falls due while the test runs.
    return server_config(tmp_path, cluster.token("alice"), {"real": cluster.url}, refresh=600)


@pytest.fixture(autouse=True)
def nothing_left(cluster: Cluster) -> Iterator[None]:
    yield
    cluster.run(["scancel", "--user", "alice"])


async def rows(api: Api) -> dict[str, dict[str, Any]]:
    """By scope and id."""
    return {
        f"{scope} {row['id']}": row
        for scope in ("mine", "all")
        for row in (await api.get("jobs", scope=scope))["jobs"]
    }


async def act(api: Api, action: str, *ids: str) -> None:
    status, response = await api.call(
        "POST", "jobs/actions", {"action": action, "job_ids": list(ids)}
    )
    told = [one["ok"] for one in response["results"]]
    assert (status, told) == (200, [True] * len(ids)), response


async def test_own_actions_show_at_once(cluster: Cluster, jp_fetch: Any) -> None:
    api = Api(jp_fetch, "real")
    array = await api.submit("#!/bin/sh\nsleep 600\n", array="1-9%2", hold=True)
    for scope in ("mine", "all"):
        assert f"{scope} {array}_[1-9%2]" in await rows(api)
    await act(api, "cancel", f"{array}_3", f"{array}_4")
    for scope in ("mine", "all"):
        found = await rows(api)
        assert f"{scope} {array}_[1-2,5-9%2]" in found, list(found)
    # Its state does not change by being changed or released; the rest of the row does.
    left = f"{array}_[1-2,5-9%2]"
    status, said = await api.call("PATCH", f"jobs/{left}", {"time_limit": 7})
    assert (status, said["id"], said["time_limit"]) == (200, left, 7)
    for scope in ("mine", "all"):
        assert (await rows(api))[f"{scope} {left}"]["time_limit"] == 7
    assert (await api.get(f"jobs/{left}/output"))["text"] == ""
    await act(api, "release", left)
    for scope in ("mine", "all"):
        found = await rows(api)
        ours = [row for name, row in found.items() if name.startswith(f"{scope} {array}")]
        assert ours
        assert "JobHeldUser" not in {row["reason"] for row in ours}


async def test_details_update_the_lists(cluster: Cluster, jp_fetch: Any) -> None:
    api = Api(jp_fetch, "real")
    job = await api.submit("#!/bin/sh\nsleep 600\n", time="5")
    await api.until(job, "RUNNING")
    assert (await rows(api))[f"mine {job}"]["state"] == "RUNNING"
    cluster.run(["scancel", job], user="alice")
    await api.until(job, "CANCELLED")
    for scope in ("mine", "all"):
        assert (await rows(api))[f"{scope} {job}"]["state"] == "CANCELLED"


async def test_waiting_tasks_split_off_are_mine(cluster: Cluster, jp_fetch: Any) -> None:
    api = Api(jp_fetch, "real")
    first = submit(cluster, "--hold", "--array=1-3")
    job = await api.submit("#!/bin/sh\ntrue\n", array="1-3", dependency=f"aftercorr:{first}")
    # slurmctld splits them when it looks at their dependencies first.
    tasks = [f"{job}_{task}" for task in (1, 2, 3)]
    until(lambda: sorted(states(cluster, int(job))) == tasks, "tasks of their own")
    found = await rows(api)
    for task in tasks:
        assert f"mine {task}" in found, list(found)
        assert (await api.get(f"jobs/{task}"))["state"] == "PENDING"
