"""A pasted token is used, never shown, and forgotten on demand."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from tests.tokens.tokens import make_token

from .conftest import Call
from .replay import ReplaySlurmrestd

TOKEN = "clusters/maxwell/token"


class TestNothingConfigured:
    @pytest.fixture
    def clusters(self, slurmrestd: ReplaySlurmrestd) -> dict[str, Any]:
        return {"maxwell": {"url": slurmrestd.url, "tokens": "paste"}}

    async def test_paste_use_forget(
        self, call: Call, slurmrestd: ReplaySlurmrestd, caplog: pytest.LogCaptureFixture
    ) -> None:
        assert (await call("GET", "clusters/maxwell/nodes")).json()["reason"] == "token_missing"
        secret = make_token("alice")
        with caplog.at_level(logging.DEBUG):
            response = await call("PUT", TOKEN, {"token": secret})
        assert response.status == 200
        info = response.json()
        assert (info["user"], info["token_source"], info["reachable"]) == ("alice", "pasted", True)
        assert info["token_expires_at"] > 0
        assert secret not in response.body.decode()
        assert secret not in caplog.text
        assert (await call("GET", "clusters/maxwell/nodes")).status == 200
        assert slurmrestd.sent("slurm/nodes")[0].headers["x-slurm-user-token"] == secret
        assert (await call("DELETE", TOKEN)).status == 204
        assert (await call("GET", "clusters/maxwell/nodes")).json()["reason"] == "token_missing"

    @pytest.mark.parametrize(
        ("token", "reason"),
        [
            ("no token at all", "token_malformed"),
            (make_token("root"), "token_refused"),
            (make_token("alice", -60), "token_expired"),
        ],
    )
    async def test_invalid_pasted_tokens_are_refused(
        self, call: Call, token: str, reason: str
    ) -> None:
        response = await call("PUT", TOKEN, {"token": token})
        told = response.json()
        assert reason in (told.get("reason"), (told.get("error") or {}).get("reason"))
        assert token not in response.body.decode()
        assert (await call("GET", "clusters/maxwell/nodes")).status == 401


async def test_a_pasted_token_stands_in_for_the_configured_source(
    call: Call, slurmrestd: ReplaySlurmrestd, slurm_token: str
) -> None:
    pasted = make_token("bob")
    await call("PUT", TOKEN, {"token": pasted})
    await call("GET", "clusters/maxwell/nodes")
    await call("DELETE", TOKEN)
    await call("GET", "clusters/maxwell/nodes")
    used = [one.headers["x-slurm-user-token"] for one in slurmrestd.sent("slurm/nodes")]
    assert used == [pasted, slurm_token]


class TestSwitchedOff:
    @pytest.fixture
    def slurm_config(self) -> dict[str, Any]:
        return {"paste_tokens": False}

    async def test_provider_without_paste_is_refused(self, call: Call) -> None:
        response = await call("PUT", TOKEN, {"token": make_token("alice")})
        assert response.status == 403
        assert "paste_tokens" in response.json()["message"]


async def test_the_users_name_outlives_the_token(call: Call, tmp_path: Path) -> None:
    async def info() -> tuple[str, str]:
        (first, *_) = (await call("GET", "clusters")).json()["clusters"]
        return first["user"], (first["error"] or {}).get("reason", "")

    assert await info() == ("alice", "")
    (tmp_path / "token").write_text(make_token("alice", -60))
    assert await info() == ("alice", "token_expired")
