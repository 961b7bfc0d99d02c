"""Failures reach the user with the right status and a helpful message."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from tests.recorded import Recorded, recorded_by

from .conftest import Call
from .replay import ReplaySlurmrestd

JOBS = "clusters/maxwell/jobs"
VERSIONS = ["v0.0.38", "v0.0.42", "v0.0.45"]


@pytest.fixture(params=VERSIONS)
def api_version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize(
    ("name", "status", "reason"),
    [
        ("token_expired", 401, "token_rejected"),
        ("token_bad_signature", 401, "token_rejected"),
        ("token_garbage", 401, "token_rejected"),
    ],
)
async def test_tokens_that_slurm_does_not_take(
    call: Call, slurmrestd: ReplaySlurmrestd, name: str, status: int, reason: str
) -> None:
    slurmrestd.play(name, path="slurm/jobs")
    response = await call("GET", JOBS)
    assert (response.status, response.json()["reason"]) == (status, reason)
    assert response.json()["message"].endswith(".")


class TestControllerDown:
    @pytest.fixture(params=["v0.0.42", "v0.0.45"])
    def api_version(self, request: pytest.FixtureRequest) -> str:
        # Up to 22.05 it looks the same as a token that is not taken.
        return str(request.param)

    async def test_slurmctld_is_down(self, call: Call, slurmrestd: ReplaySlurmrestd) -> None:
        slurmrestd.play("no_slurmctld_jobs")
        response = await call("GET", JOBS)
        assert (response.status, response.json()["reason"]) == (502, "controller_down")


async def test_an_unknown_job_is_a_404(call: Call, slurmrestd: ReplaySlurmrestd) -> None:
    slurmrestd.play("unknown_job")
    response = await call("GET", f"{JOBS}/999999")
    assert (response.status, response.json()["reason"]) == (404, "not_found")
    assert "999999" in response.json()["message"]


async def test_slurmrestd_is_down(call: Call) -> None:
    response = await call("GET", "clusters/solaris/jobs")
    assert (response.status, response.json()["reason"]) == (502, "unreachable")


async def test_a_cluster_that_is_not_configured(call: Call) -> None:
    response = await call("GET", "clusters/maxvell/jobs")
    assert response.status == 404
    assert response.json()["message"] == (
        "No cluster named 'maxvell' is configured here. Configured: maxwell, solaris."
    )


@pytest.mark.parametrize(
    "path", ["", "jobs", "clusters/a b/jobs", "clusters/maxwell/jobs/x/output", "clusters/../x"]
)
async def test_unknown_addresses_get_json(call: Call, path: str) -> None:
    response = await call("GET", path)
    assert (response.status, response.json()["reason"]) == (404, "not_found")


async def test_unknown_methods(call: Call) -> None:
    response = await call("DELETE", JOBS)
    assert (response.status, response.json()["reason"]) == (405, "http")


async def test_responses_not_from_slurmrestd(call: Call, slurmrestd: ReplaySlurmrestd) -> None:
    page = Recorded("", "", "", "GET", "", None, 200, "text/html", b"<h1>Log in</h1>")
    slurmrestd.give(page, "slurm/jobs")
    response = await call("GET", JOBS)
    assert (response.status, response.json()["reason"]) == (502, "unreadable_response")
    assert "slurmrestd" in response.json()["message"]


async def test_a_failing_cluster_does_not_hide_others(
    call: Call, slurmrestd: ReplaySlurmrestd
) -> None:
    deep = b'{"meta": ' + b"[" * 200_000
    slurmrestd.give(
        Recorded("", "", "", "GET", "", None, 200, "application/json", deep), "slurm/ping"
    )
    response = await call("GET", "clusters")
    assert response.status == 200
    found = {cluster["name"]: cluster for cluster in response.json()["clusters"]}
    assert found.keys() == {"maxwell", "solaris"}
    assert found["maxwell"]["error"]["reason"] in ("unreadable_response", "unreachable")


async def test_a_body_nested_too_deeply(call: Call) -> None:
    for path in ("clusters/maxwell/jobs", "clusters/maxwell/jobs/actions"):
        response = await call("POST", path, b'{"options": ' + b"[" * 200_000)
        assert response.status in (400, 422)


class TestNoToken:
    @pytest.fixture
    def clusters(self, slurmrestd: ReplaySlurmrestd, tmp_path: Path) -> dict[str, Any]:
        tokens = {"provider": "file", "path": str(tmp_path / "none")}
        return {"maxwell": {"url": slurmrestd.url, "tokens": tokens}}

    async def test_errors_have_advice(self, call: Call, slurmrestd: ReplaySlurmrestd) -> None:
        response = await call("GET", JOBS)
        said = response.json()
        assert (response.status, said["reason"], said["action"]) == (401, "token_missing", "paste")
        (cluster,) = (await call("GET", "clusters")).json()["clusters"]
        assert not cluster["reachable"]
        assert cluster["error"]["reason"] == "token_missing"
        assert slurmrestd.seen == []


async def test_internal_errors_show_no_details(
    call: Call, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, slurm_token: str
) -> None:
    async def broken(*_: Any) -> None:
        raise RuntimeError(f"header {slurm_token} is not valid")

    monkeypatch.setattr("jupyter_slurm_rest.slurm.session.Connection.get", broken)
    with caplog.at_level(logging.DEBUG):
        response = await call("GET", "clusters/maxwell/nodes")
    assert (response.status, response.json()["reason"]) == (500, "internal")
    assert slurm_token not in response.body.decode()
    assert slurm_token not in caplog.text
    assert "RuntimeError" in caplog.text


@pytest.mark.parametrize("name", ["jobs", "token_expired", "no_slurmctld_jobs", "unknown_endpoint"])
async def test_the_token_is_in_no_response_and_no_log(
    call: Call,
    slurmrestd: ReplaySlurmrestd,
    slurm_token: str,
    caplog: pytest.LogCaptureFixture,
    name: str,
) -> None:
    slurmrestd.give(recorded_by(slurmrestd.api_version, name), "slurm/jobs")
    bodies = b""
    with caplog.at_level(logging.DEBUG):
        for path in ("clusters", JOBS, "clusters/solaris/jobs", f"{JOBS}/1"):
            response = await call("GET", path)
            bodies += response.body + str(response.headers).encode()
    assert slurmrestd.sent("slurm/jobs")[0].headers["x-slurm-user-token"] == slurm_token
    # Its middle part, which is the same however it is quoted or cut.
    secret = slurm_token.split(".")[1]
    assert secret not in bodies.decode()
    assert secret not in caplog.text
