"""The HTTP API on a real Slurm: view, submit, follow, read output, cancel, and errors."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devcluster import Cluster
from jupyter_slurm_rest.server.app import NAMESPACE

from .api import HOME, Api, server_config


@pytest.fixture
def token(cluster: Cluster) -> str:
    return cluster.token("alice")


@pytest.fixture
def jp_server_config(cluster: Cluster, token: str, tmp_path: Path) -> dict[str, Any]:
    clusters = {"tcp": cluster.url, "socket": cluster.socket_url}
    return server_config(tmp_path, token, clusters, refresh=0.2)


@pytest.fixture
def api(jp_fetch: Any) -> Api:
    return Api(jp_fetch, "tcp")


@pytest.fixture(autouse=True)
def nothing_left(cluster: Cluster) -> Iterator[None]:
    yield
    cluster.run(["scancel", "--user", "alice"])


async def test_submit_follow_and_cancel(
    api: Api, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    nodes = await api.get("nodes")
    assert [node["name"] for node in nodes["nodes"]] == ["cpu1", "cpu2", "gpu1", "gpu2"]
    partitions = {one["name"]: one for one in (await api.get("partitions"))["partitions"]}
    assert partitions["debug"]["max_time"] == 30
    assert partitions["gpu"]["gpus_total"] == 8

    job_id = await api.submit(
        "#!/bin/bash\n#SBATCH --job-name=story --time=2\necho begin; sleep 2; echo end\n"
    )
    listed = (await api.get("jobs"))["jobs"]
    assert job_id in [job["id"] for job in listed]
    job = await api.until(job_id, "COMPLETED")
    assert (job["name"], job["user"], job["exit_code"]["code"]) == ("story", "alice", 0)
    assert job["stdout"] == f"{HOME}/slurm-{job_id}.out"
    output = await api.get(f"jobs/{job_id}/output")
    assert (output["text"], output["finished"]) == ("begin\nend\n", True)
    # As no token is in an environment that a kernel or job could see, none is in a response.
    assert token.encode() not in b"".join(api.bodies)
    assert token not in caplog.text


async def test_cancel_a_running_job(api: Api) -> None:
    job_id = await api.submit("#!/bin/sh\nsleep 600\n", time="10")
    await api.until(job_id, "RUNNING")
    cancel = {"action": "cancel", "job_ids": [job_id, "999999"]}
    status, response = await api.call("POST", "jobs/actions", cancel)
    assert status == 200
    assert [one["ok"] for one in response["results"]] == [True, False]
    job = await api.until(job_id, "CANCELLED")
    assert job["why"] is None or job["why"]["text"]


async def test_hold_change_release(api: Api) -> None:
    job_id = await api.submit("#!/bin/sh\ntrue\n", hold=True, time="5")
    held = await api.until(job_id, "PENDING")
    assert held["held_by"] == "user"
    status, changed = await api.call("PATCH", f"jobs/{job_id}", {"time_limit": "0-0:07"})
    assert (status, changed["time_limit"]) == (200, 7)
    release = {"action": "release", "job_ids": [job_id]}
    _, response = await api.call("POST", "jobs/actions", release)
    assert response["results"][0]["ok"]
    await api.until(job_id, "COMPLETED")


async def test_finished_jobs_are_in_the_history(api: Api) -> None:
    job_id = await api.submit("#!/bin/sh\nexit 3\n", job_name="history")
    await api.until(job_id, "FAILED")
    for _ in range(20):
        found = (await api.get("history", name="history", state="FAILED"))["jobs"]
        if job_id in [job["id"] for job in found]:
            break
        await asyncio.sleep(1)
    (job,) = [job for job in found if job["id"] == job_id]
    # What slurmrestd 22.05 says there is wrong, and so not passed on.
    assert job["exit_code"] is None or job["exit_code"]["code"] == 3


async def test_what_alice_may_use(api: Api) -> None:
    account = await api.get("account")
    assert account["default_account"] == "astro"
    assert {one["account"] for one in account["associations"]} == {"astro", "particles"}
    form = await api.get("form")
    fields = form["schema"]["properties"]
    assert [one["const"] for one in fields["partition"]["oneOf"]] == ["debug", "long", "gpu"]
    assert {one["const"] for one in fields["account"]["oneOf"]} == {"astro", "particles"}
    assert {one["const"] for one in fields["qos"]["oneOf"]} == {"normal", "high"}
    assert "a100:1" in fields["gpus"]["examples"]
    names = {one["name"] for one in (await api.get("reservations"))["reservations"]}
    assert "maintenance" in names
    assert {one["name"] for one in (await api.get("licenses"))["licenses"]} == {"matlab", "ansys"}


@pytest.mark.parametrize(
    ("body", "status", "field", "words"),
    [
        ({"options": {"partition": "nope"}}, 422, "partition", "Partitions: debug, long, gpu."),
        ({"options": {"account": "nope"}}, 422, "account", "Your accounts: "),
        ({"options": {"qos": "nope"}}, 422, "qos", "Your QOS: "),
        ({"options": {"time": "abc"}}, 422, "time", "hours:minutes:seconds"),
        ({"options": {"time": "2-0"}}, 422, "time", ""),
        ({"options": {"chdir": "/xx" * 1400}}, 422, "chdir", "at most 4,095 bytes"),
        ({"script": ""}, 422, "script", "#!/bin/bash"),
        ({"script": "echo\n"}, 422, "script", "#!/bin/bash"),
        ({"script": "#!/bin/sh\n" + "#" * 60_000_000}, 413, "script", "4.2 MB"),
    ],
)
async def test_bad_input(
    api: Api, cluster: Cluster, body: dict[str, Any], status: int, field: str, words: str
) -> None:
    asked = {"script": "#!/bin/sh\ntrue\n", "directory": HOME, **body}
    got, said = await api.call("POST", "jobs", asked)
    assert (got, said["field"]) == (status, field)
    assert words in f"{said['message']} {said['advice']}"
    assert cluster.run(["squeue", "--noheader", "--user", "alice"]).stdout == ""


async def test_unknown_jobs_and_paths(api: Api, jp_fetch: Any) -> None:
    status, said = await api.call("GET", "jobs/999999")
    assert (status, said["reason"]) == (404, "not_found")
    status, said = await api.call("GET", "nodes/nope")
    assert (status, said["reason"]) == (404, "not_found")
    status, said = await Api(jp_fetch, "nope").call("GET", "jobs")
    assert (status, said["message"]) == (
        404,
        "No cluster named 'nope' is configured here. Configured: tcp, socket.",
    )


async def test_over_the_socket_and_through_the_proxy(jp_fetch: Any) -> None:
    api = Api(jp_fetch, "socket")
    (info,) = [
        one
        for one in json.loads((await jp_fetch(NAMESPACE, "clusters")).body)["clusters"]
        if one["name"] == "socket"
    ]
    assert (info["reachable"], info["user"], info["accounting"]) == (True, "alice", True)
    status, response = await api.call("GET", f"rest/slurm/{info['api_version']}/ping")
    assert (status, response["errors"]) == (200, [])
    status, response = await api.call("GET", f"rest/slurmdb/{info['api_version']}/qos")
    assert status == 200
    assert response.get("qos") or response["QOS"]


async def test_filters_match_squeue_and_unknown_names_are_refused(
    cluster: Cluster, api: Api
) -> None:
    job_id = await api.submit("#!/bin/bash\n#SBATCH --hold --partition=long\ntrue\n")
    await api.until(job_id, "PENDING")
    for state in ("PD", "pending", "pd,r", "all"):
        page = await api.get("jobs", state=state, scope="all")
        assert job_id in [job["id"] for job in page["jobs"]], state
    assert (await api.get("jobs", state="R", partition="long"))["jobs"] == []
    assert (await api.get("history", state="CD,ca"))["total"] >= 0
    wrong = [
        ("jobs", {"state": "runing"}, "RUNNING"),
        ("jobs", {"partition": "lnog"}, "long"),
        ("jobs", {"partition": "long,debgu"}, "debug"),
        ("jobs", {"scope": "all", "user": "alise"}, "alice"),
        ("jobs", {"account": "physiks"}, "physics"),
        ("jobs", {"qos": "norml"}, "normal"),
        ("jobs", {"sort": "elapsd"}, "elapsed"),
        ("history", {"state": "COMPLETD"}, "COMPLETED"),
        ("history", {"scope": "all", "user": "alise"}, "alice"),
        ("history", {"partition": "lnog"}, "long"),
    ]
    for path, query, nearest in wrong:
        status, response = await api.call("GET", path, **query)
        assert (status, response["reason"]) == (422, "invalid"), (path, query, response)
        assert nearest in response["advice"], (path, query, response)
    filters: list[tuple[dict[str, Any], str]] = [
        ({"partition": "lnog"}, "long"),
        ({"account": "physiks"}, "physics"),
        ({"qos": "norml"}, "normal"),
        ({"reservation": "cuorse"}, "course"),
        ({"nodes": "cpu[1,9]"}, "cpu1"),
        ({"state": ["runing"]}, "RUNNING"),
    ]
    body: dict[str, Any]
    for chosen, nearest in filters:
        body = {"action": "cancel", "filter": chosen}
        status, response = await api.call("POST", "jobs/actions", body)
        assert (status, response["reason"]) == (422, "invalid"), (chosen, response)
        assert nearest in response["advice"], (chosen, response)
    body = {"action": "cancel", "filter": {"state": ["pd"], "partition": "long"}}
    status, response = await api.call("POST", "jobs/actions", body)
    assert (status, [one["id"] for one in response["results"]]) == (200, [job_id]), response
