"""Which callers get which user's token."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import pwd
import threading
import time
from pathlib import Path
from typing import Any

import jwt
import pytest

from .rig import KEY, SCOPE, FakeHub, running, server_model, write_key


def without(model: dict[str, Any], scope: str) -> dict[str, Any]:
    return {**model, "scopes": [word for word in model["scopes"] if word != scope]}


async def test_a_server_gets_a_short_token_of_its_owner(hub: FakeHub, key_file: Path) -> None:
    async with running(hub, key_file=str(key_file)) as service:
        response = await service.post(hub_token="alice-server")
    assert response.status_code == 200
    body = response.json()
    assert body["username"] == "alice"
    assert body["cluster"] == "default"
    assert body["expires_in"] == 600
    claims = jwt.decode(body["token"], KEY, algorithms=["HS256"])
    assert claims["sun"] == "alice"
    assert claims["exp"] - claims["iat"] == 600
    assert abs(claims["iat"] - time.time()) < 5
    assert claims["jti"]


async def test_no_response_may_be_kept_or_read_by_a_page(hub: FakeHub, key_file: Path) -> None:
    async with running(hub, key_file=str(key_file)) as service:
        response = await service.post(hub_token="alice-server", headers={"Origin": "https://x.org"})
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers
    assert "Set-Cookie" not in response.headers
    assert not [name for name in response.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "request_parts",
    [
        {"json": {"username": "alice", "sun": "alice", "name": "alice"}},
        {"data": {"user": "alice"}},
        {"params": {"user": "alice", "username": "alice"}},
        {"headers": {"X-SLURM-USER-NAME": "alice", "X-Forwarded-User": "alice"}},
        {"content": b"\xff" * 1000},
    ],
)
async def test_no_part_of_the_request_names_the_user(
    hub: FakeHub, key_file: Path, request_parts: dict[str, Any]
) -> None:
    async with running(hub, key_file=str(key_file)) as service:
        response = await service.post(hub_token="bob-server", **request_parts)
    assert response.json()["username"] == "bob"
    claims = jwt.decode(response.json()["token"], options={"verify_signature": False})
    assert claims["sun"] == "bob"


@pytest.mark.parametrize(
    ("model", "status", "code"),
    [
        (None, 401, "login_expired"),
        (without(server_model("alice"), SCOPE), 403, "scope_missing"),
        (
            {**server_model("alice"), "scopes": ["access:services!service=other"]},
            403,
            "scope_missing",
        ),
        (server_model("alice", kind="service"), 403, "token_refused"),
        # What the hub says of a server's token when its owner was renamed.
        (
            without(server_model("alice"), "access:servers!server=alice/"),
            403,
            "scope_missing",
        ),
        (
            {
                **server_model("alice"),
                "scopes": [*server_model("alice")["scopes"], "tokens!user=alice"],
            },
            403,
            "token_refused",
        ),
        (
            {
                **server_model("alice"),
                "scopes": [SCOPE, "access:servers!server=alice/", "access:servers!server=bob/"],
            },
            403,
            "token_refused",
        ),
        ({**server_model("alice"), "scopes": server_model("bob")["scopes"]}, 403, "token_refused"),
        ({**server_model("alice"), "scopes": [SCOPE]}, 403, "token_refused"),
    ],
)
async def test_who_is_no_server_with_the_scope_gets_nothing(
    key_file: Path, model: dict[str, Any] | None, status: int, code: str
) -> None:
    hub = FakeHub({"caller": model} if model else {})
    async with running(hub, key_file=str(key_file)) as service:
        response = await service.post(hub_token="caller")
    assert response.status_code == status
    assert response.json()["code"] == code
    assert "token" not in response.json()


async def test_a_holder_of_the_broader_scope_is_let_in(key_file: Path) -> None:
    model = server_model("alice", scopes=["access:services", "access:servers!server=alice/"])
    async with running(FakeHub({"caller": model}), key_file=str(key_file)) as service:
        assert (await service.post(hub_token="caller")).status_code == 200


async def test_the_token_is_taken_from_the_header_only(hub: FakeHub, key_file: Path) -> None:
    async with running(hub, key_file=str(key_file)) as service:
        tries = [
            await service.post(params={"token": "alice-server"}),
            await service.post(data={"token": "alice-server"}),
            await service.post(headers={"Cookie": "jupyterhub-services=alice-server"}),
            await service.post(headers={"Authorization": "Basic alice-server"}),
        ]
    assert [response.status_code for response in tries] == [401] * 4
    assert hub.asked == 0


async def test_get_hands_out_nothing(hub: FakeHub, key_file: Path) -> None:
    async with running(hub, key_file=str(key_file)) as service:
        assert (await service.get("token", "alice-server")).status_code == 405


async def test_named_servers_get_their_owners_token_and_are_named_in_the_log(
    key_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hub = FakeHub({"gpu-server": server_model("alice", "gpu")})
    with caplog.at_level(logging.INFO):
        async with running(hub, key_file=str(key_file)) as service:
            body = (await service.post(hub_token="gpu-server")).json()
    assert body["username"] == "alice"
    line = next(text for text in caplog.messages if text.startswith("token issued"))
    jti = jwt.decode(body["token"], options={"verify_signature": False})["jti"]
    for words in ("hub_user=alice", "slurm_user=alice", "server=gpu", f"jti={jti}", "127.0.0.1"):
        assert words in line


async def test_no_log_line_holds_a_token(
    hub: FakeHub, key_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        async with running(hub, key_file=str(key_file)) as service:
            body = (await service.post(hub_token="alice-server")).json()
            await service.post(hub_token="no-such-token")
            await service.post(params={"token": "alice-server"})
    for secret in (body["token"], body["token"].split(".")[2], "no-such-token", "service-token"):
        assert secret not in caplog.text


async def test_the_hub_is_asked_every_time(hub: FakeHub, key_file: Path) -> None:
    async with running(hub, key_file=str(key_file)) as service:
        assert (await service.post(hub_token="alice-server")).status_code == 200
        del hub.models["alice-server"]
        assert (await service.post(hub_token="alice-server")).status_code == 401


async def test_a_hub_that_fails_is_not_a_refusal(hub: FakeHub, key_file: Path) -> None:
    hub.status = 502
    async with running(hub, key_file=str(key_file)) as service:
        response = await service.post(hub_token="alice-server")
    assert response.status_code == 503
    assert response.json()["code"] == "token_source_unreachable"


async def test_a_user_gets_thirty_tokens_a_minute_and_others_are_not_held_up(
    hub: FakeHub, key_file: Path
) -> None:
    hub.models["alice-second-server"] = server_model("alice", "second")
    async with running(hub, key_file=str(key_file), rate_limit=5) as service:
        codes = [(await service.post(hub_token="alice-server")).status_code for _ in range(8)]
        assert codes == [200] * 5 + [429] * 3
        limited = await service.post(hub_token="alice-second-server")
        assert limited.json()["code"] == "token_rate_limited"
        assert limited.headers["Retry-After"] == "60"
        assert (await service.post(hub_token="bob-server")).status_code == 200


async def test_each_cluster_has_its_own_key_and_its_own_groups(
    hub: FakeHub, key_file: Path, tmp_path: Path
) -> None:
    other = write_key(tmp_path / "other.key", b"0" * 32)
    hub.models["alice-server"]["groups"] = ["physics"]
    clusters = {
        "maxwell": {"key_file": str(key_file)},
        "solaris": {"key_file": str(other), "lifetime": 120, "allowed_groups": ["physics"]},
    }
    async with running(hub, clusters=clusters) as service:
        first = (await service.post(hub_token="alice-server")).json()
        second = (await service.post("clusters/solaris/token", "alice-server")).json()
        refused = await service.post("clusters/solaris/token", "bob-server")
        unknown = await service.post("clusters/nowhere/token", "alice-server")
    assert (first["cluster"], second["cluster"]) == ("maxwell", "solaris")
    jwt.decode(first["token"], KEY, algorithms=["HS256"])
    jwt.decode(second["token"], b"0" * 32, algorithms=["HS256"])
    assert second["expires_in"] == 120
    assert refused.json()["code"] == "account_not_linked"
    assert unknown.status_code == 404


async def test_a_signature_is_an_hmac_over_the_files_raw_bytes(
    hub: FakeHub, key_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pem_and_newline = b"-----BEGIN RSA PRIVATE KEY-----\nnot one\n-----END RSA PRIVATE KEY-----\n"
    write_key(key_file, pem_and_newline)
    async with running(hub, key_file=str(key_file)) as service:
        token = (await service.post(hub_token="alice-server")).json()["token"]
    head, _, signature = token.rpartition(".")
    expected = hmac.new(pem_and_newline, head.encode(), hashlib.sha256).digest()
    assert jwt.utils.base64url_decode(signature) == expected
    assert "PEM text used as a shared secret" in caplog.text


async def test_metrics_count_without_names(hub: FakeHub, key_file: Path) -> None:
    hub.models["prometheus"] = {"name": "prometheus", "kind": "service", "scopes": ["read:metrics"]}
    async with running(hub, key_file=str(key_file)) as service:
        await service.post(hub_token="alice-server")
        await service.post(hub_token="stranger")
        assert (await service.get("metrics")).status_code == 401
        assert (await service.get("metrics", "alice-server")).status_code == 403
        text = (await service.get("metrics", "prometheus")).text
    assert 'slurm_token_requests_total{cluster="default",outcome="issued"} 1.0' in text
    assert 'slurm_token_requests_total{cluster="default",outcome="login_expired"} 1.0' in text
    assert "alice" not in text


async def test_health_tells_nothing(hub: FakeHub, key_file: Path) -> None:
    async with running(hub, key_file=str(key_file)) as service:
        assert (await service.get("health")).json() == {"status": "ok"}
        assert (await service.get("../../hub/api")).status_code == 404


async def test_a_name_forges_no_line_of_the_log(
    hub: FakeHub, key_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    forged = "mallory\nINFO token issued: hub_user=alice slurm_user=alice"
    hub.models["forged"] = server_model(forged)
    hub.models["spaced"] = server_model("alice", "x jti=0 source=127.0.0.1")
    with caplog.at_level(logging.INFO):
        async with running(hub, key_file=str(key_file)) as service:
            assert (await service.post(hub_token="forged")).status_code == 403
            assert (await service.post(hub_token="spaced")).status_code == 200
    lines = [line for record in caplog.records for line in record.getMessage().splitlines()]
    refused, issued = (line for line in lines if line.startswith("token "))
    assert f"hub_user={forged!r} cluster=" in refused
    assert "server='x jti=0 source=127.0.0.1' cluster=" in issued


async def test_a_name_is_one_segment_of_the_hubs_address(hub: FakeHub, tmp_path: Path) -> None:
    hub.models["alice-server"] = server_model("alice?x=#")
    cluster = {"mode": "oidc"}
    async with running(
        hub, clusters={"maxwell": cluster}, username_map={"alice?x=#": "alice"}
    ) as service:
        await service.post(hub_token="alice-server")
    assert hub.paths[-1] == "users/alice%3Fx%3D%23"


async def test_a_user_directory_that_hangs(
    hub: FakeHub, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def getpwnam(name: str) -> Any:
        if name == "alice":
            go_on.wait(60)
        raise KeyError(name)

    monkeypatch.setattr(pwd, "getpwnam", getpwnam)
    monkeypatch.setattr("jupyter_slurm_rest.file_threads.PATIENCE", 0.3)
    async with running(hub, key_file=str(key_file)) as service:
        try:
            asked = [service.post(hub_token="alice-server") for _ in range(10)]
            for response in await asyncio.gather(*asked):
                said = (response.status_code, response.json()["code"])
                assert said == (503, "token_source_unreachable")
            assert (await service.post(hub_token="bob-server")).status_code == 200
        finally:
            go_on.set()
