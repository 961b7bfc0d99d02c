"""Shared mode: access, refusals, and one reading for all users."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jupyter_slurm_rest.hub.errors import ConfigurationError
from tests.recorded import recorded_by

from .rig import FakeHub, running, server_model
from .shared_rig import VERSION, Slurmrestd, get, owner, shared
from .test_app import configure


async def test_everybody_gets_the_same_lists_from_one_reading(
    hub: FakeHub, key_file: Path, slurmrestd: Slurmrestd
) -> None:
    async with running(hub, **shared(key_file, slurmrestd)) as service:
        responses = await asyncio.gather(
            *(get(service, "jobs", f"{who}-server") for who in ("alice", "bob") for _ in range(10))
        )
        nodes = (await get(service, "nodes")).json()
        partitions = (await get(service, "partitions")).json()
        state = (await get(service)).json()
    bodies = [response.json() for response in responses]
    assert {"alice", "bob"} <= {row["user"] for row in bodies[0]["jobs"]}
    assert len({(body["version"], body["total"]) for body in bodies}) == 1
    assert len(slurmrestd.sent("slurm/jobs")) == 1
    assert {node["name"] for node in nodes["nodes"]} >= {"cpu1", "gpu1"}
    assert partitions["total"] == len(partitions["partitions"])
    assert state["strategy"].startswith("dump: ")
    assert {owner(seen) for seen in slurmrestd.seen} == {"reader"}


async def test_what_did_not_change_is_not_sent_again(
    hub: FakeHub, key_file: Path, slurmrestd: Slurmrestd
) -> None:
    async with running(hub, **shared(key_file, slurmrestd)) as service:
        for what in ("", "jobs", "nodes", "partitions"):
            first = await get(service, what)
            again = await get(service, what, tag=first.headers["ETag"])
            assert (again.status_code, again.content) == (304, b""), what
            assert float(again.headers["Slurm-As-Of"]) >= first.json()["as_of"] - 0.001
        page = (await get(service, "jobs")).json()
        delta = (await get(service, "jobs", since=page["version"])).json()
        assert (delta["delta"]["since"], delta["jobs"]) == (page["version"], [])
        assert hub.asked == 1, "a caller is remembered for a moment"


async def test_who_gets_no_token_sees_nothing_shared(
    hub: FakeHub, key_file: Path, slurmrestd: Slurmrestd
) -> None:
    model = server_model("carol")
    hub.models |= {
        "root-server": server_model("root"),
        "no-scope": {**model, "scopes": ["access:servers!server=carol/"]},
        "personal": {**model, "scopes": [*model["scopes"], "tokens!user=carol"]},
        "carol-server": {**model, "groups": ["chemistry"]},
    }
    refused = {"root-server": 403, "no-scope": 403, "personal": 403, "nobody": 401}
    async with running(hub, **shared(key_file, slurmrestd, allowed_groups=["chemistry"])) as s:
        for token, status in {**refused, "alice-server": 403}.items():
            for what in ("", "jobs", "nodes"):
                response = await get(s, what, token)
                assert response.status_code == status, token
                assert not {"jobs", "nodes", "version"} & set(response.json())
        assert slurmrestd.seen == []
        assert (await get(s, "jobs", "carol-server")).status_code == 200


async def test_a_cluster_that_is_not_shared_says_so(hub: FakeHub, key_file: Path) -> None:
    async with running(hub, clusters={"maxwell": {"key_file": str(key_file)}}) as service:
        response = await get(service, "jobs")
    assert (response.status_code, response.json()["code"]) == (404, "not_shared")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("db_users", "Administrator"),
        ("anybody", "may act as any user"),
        ("nodes", "nodes are hidden"),
        ("partitions", "partitions are hidden"),
    ],
)
async def test_a_reader_who_sees_more_or_less_than_everybody_is_refused(
    hub: FakeHub, key_file: Path, slurmrestd: Slurmrestd, change: str, words: str
) -> None:
    if change == "db_users":
        users = recorded_by(VERSION, "db_users")
        body = users.body.replace(b'"name": "root"', b'"name": "reader"')
        slurmrestd.give(replace(users, body=body), "slurmdb/user/reader")
    elif change == "anybody":
        slurmrestd.anybody = True
    else:
        # What 24.11 and 26.05 answer an ordinary user under PrivateData.
        denied = recorded_by(VERSION, "others_job_update")
        slurmrestd.give(replace(denied, method="GET"), f"slurm/{change}")
    async with running(hub, **shared(key_file, slurmrestd)) as service:
        for what in ("", "jobs", "nodes", "partitions"):
            response = await get(service, what)
            assert (response.status_code, response.json()["code"]) == (409, "not_public")
            assert words in response.json()["message"]
    assert slurmrestd.sent("slurm/jobs") == []


async def test_hidden_jobs_end_shared_mode_for_the_whole_cluster(
    hub: FakeHub, key_file: Path, slurmrestd: Slurmrestd
) -> None:
    # PrivateData=jobs: no job in the queue, and none behind job/{id}; jobs/state names them.
    empty = b'{"jobs": [], "last_update": {"number": 1, "set": true}, "errors": []}'
    slurmrestd.give(replace(recorded_by(VERSION, "jobs"), body=empty))
    states = recorded_by(VERSION, "jobs_state").body
    for job_id in {word for word in states.decode().split('"') if word[:1].isdigit()}:
        slurmrestd.play("unknown_job", path=f"slurm/job/{job_id.split('_')[0].split('+')[0]}")
    async with running(hub, **shared(key_file, slurmrestd)) as service:
        response = await get(service, "jobs")
        assert (response.status_code, response.json()["code"]) == (409, "not_public")
        assert "PrivateData=jobs" in response.json()["message"]
        assert (await get(service, "nodes")).status_code == 409


async def test_no_response_and_no_log_line_holds_a_token(
    hub: FakeHub, key_file: Path, slurmrestd: Slurmrestd, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        async with running(hub, **shared(key_file, slurmrestd)) as service:
            responses = [await get(service, what) for what in ("", "jobs", "nodes", "partitions")]
            responses.append(await get(service, "jobs", "no-such-token"))
    sent = {seen.headers.get("x-slurm-user-token", "") for seen in slurmrestd.seen} - {""}
    secrets = {*sent, *(token.split(".")[2] for token in sent), "no-such-token", "alice-server"}
    assert sent
    for text in (caplog.text, *(f"{response.headers}{response.text}" for response in responses)):
        assert not [secret for secret in secrets if secret in text]


async def test_what_is_wrong_with_a_query_is_told_as_the_server_would(
    hub: FakeHub, key_file: Path, slurmrestd: Slurmrestd
) -> None:
    async with running(hub, **shared(key_file, slurmrestd)) as service:
        wrong = await get(service, "jobs", sort="colour")
        unknown = await get(service, "jobs", colour="red")
    assert (wrong.status_code, wrong.json()["field"]) == (422, "sort")
    assert (unknown.status_code, unknown.json()["code"]) == (400, "invalid_query")


async def test_slurm_that_does_not_respond_is_no_refusal(hub: FakeHub, key_file: Path) -> None:
    reader = {"url": "http://127.0.0.1:9", "user": "reader"}
    clusters = {"maxwell": {"key_file": str(key_file), "shared": reader}}
    async with running(hub, clusters=clusters) as service:
        response = await get(service, "jobs")
    assert (response.status_code, response.json()["code"]) == (502, "slurm_failed")


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"shared": {"url": "http://x:1", "user": "root"}}, "may see everything"),
        ({"shared": {"url": "http://x:1", "user": "slurm"}}, "may see everything"),
        ({"shared": {"url": "http://x:1", "user": "boss"}}, "may see everything"),
        ({"shared": {"url": "http://x:1", "user": "1000"}}, "not a name"),
        ({"shared": {"url": "ftp://x", "user": "reader"}}, "not a valid slurmrestd address"),
        ({"shared": {"url": "ftp://x", "user": "reader"}}, "'shared'..'url'.: 'ftp://x' is no"),
        (
            {"shared": {"url": "https://x", "user": "reader", "ca": "/no/ca"}},
            "The file",
        ),
        ({"shared": {"url": "http://x:1", "user": "reader", "timeout": 0}}, "timeout"),
        ({"shared": {"url": "http://x:1", "user": "reader", "refresh": 0}}, "refresh"),
        ({"shared": {"url": "http://x:1", "user": "reader", "slurmrestd_share": 2}}, "share"),
        ({"shared": {"url": "http://x:1", "user": "reader", "max_jobs_dump": -1}}, "max_jobs_dump"),
        ({"shared": {"user": "reader"}}, "url"),
        ({"shared": {"url": "http://x:1"}}, "user"),
        ({"shared": {"url": "http://x:1", "user": "reader", "colour": 1}}, "colour"),
        ({"shared": {"url": "http://x:1", "user": "reader"}, "mode": "oidc"}, "mode sign"),
        (
            {"shared": {"url": "http://x:1", "user": "no-such-user"}, "identity_claims": True},
            "No Slurm account",
        ),
    ],
)
def test_what_cannot_be_shared_is_refused_at_start(
    key_file: Path, entry: dict[str, Any], words: str
) -> None:
    with pytest.raises(ConfigurationError, match=words):
        configure(clusters={"x": {"key_file": str(key_file), **entry}}, deny=["boss"])
