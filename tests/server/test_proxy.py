"""The proxy: slurmrestd unchanged, with the user's token and no browser headers."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

import pytest
from tornado.simple_httpclient import HTTPStreamClosedError

from jupyter_slurm_rest.http.responses import ErrorResponse
from jupyter_slurm_rest.server.proxy import ProxyHandler
from tests.recorded import Recorded, recorded_by

from .conftest import Call
from .replay import ReplaySlurmrestd

REST = "clusters/maxwell/rest"


async def test_responses_pass_as_they_are(call: Call, slurmrestd: ReplaySlurmrestd) -> None:
    for name, path in (("jobs", "jobs"), ("ping", "ping")):
        response = await call("GET", f"{REST}/slurm/v0.0.45/{path}")
        recorded = recorded_by("v0.0.45", name)
        assert (response.status, response.body) == (recorded.status, recorded.body)
        assert response.headers["Content-Type"] == "application/json"
    missing = await call("GET", f"{REST}/slurm/v0.0.45/nothing")
    assert (missing.status, missing.headers["Content-Type"]) == (404, "text/plain")


async def test_only_own_headers_are_sent(
    call: Call, slurmrestd: ReplaySlurmrestd, slurm_token: str
) -> None:
    await call(
        "GET",
        f"{REST}/slurm/v0.0.45/ping",
        headers={
            "X-SLURM-USER-NAME": "root",
            "X-SLURM-USER-TOKEN": "eyJ.forged.token",
            "Cookie": "session=secret",
            "X-Forwarded-For": "10.0.0.1",
            "Accept": "text/html",
        },
        _xsrf="jupyter-secret",
        flags="ALL",
    )
    (seen,) = slurmrestd.sent("slurm/ping")
    assert set(seen.headers) == {"host", "accept", "x-slurm-user-name", "x-slurm-user-token"}
    assert seen.headers["x-slurm-user-name"] == "alice"
    assert seen.headers["x-slurm-user-token"] == slurm_token
    assert seen.headers["accept"] == "application/json"
    assert seen.query == "flags=ALL"


async def test_bodies_pass(call: Call, slurmrestd: ReplaySlurmrestd) -> None:
    slurmrestd.play("submit", "cancel")
    response = await call("POST", f"{REST}/slurm/v0.0.45/job/submit", {"script": "#!/bin/sh"})
    assert response.status == 200
    (seen,) = slurmrestd.sent("slurm/job/submit")
    assert json.loads(seen.body) == {"script": "#!/bin/sh"}
    assert seen.headers["content-type"] == "application/json"
    cancelled = recorded_by("v0.0.45", "cancel").path.removeprefix("/")
    assert (await call("DELETE", f"{REST}/{cancelled}")).status == 200


async def test_yaml_passes_in_both_directions(call: Call, slurmrestd: ReplaySlurmrestd) -> None:
    yaml = Recorded("", "", "", "POST", "", None, 200, "application/yaml", b"job_id: 7\n")
    slurmrestd.give(yaml, "slurm/job/submit")
    response = await call(
        "POST",
        f"{REST}/slurm/v0.0.45/job/submit",
        b"script: '#!/bin/sh'\n",
        headers={"Content-Type": "application/yaml", "Accept": "application/yaml"},
    )
    assert (response.status, response.body) == (200, b"job_id: 7\n")
    assert response.headers["Content-Type"] == "application/yaml"
    (seen,) = slurmrestd.sent("slurm/job/submit")
    assert seen.headers["content-type"] == seen.headers["accept"] == "application/yaml"
    assert seen.body == b"script: '#!/bin/sh'\n"


async def test_a_large_body_is_passed_on_piece_by_piece(
    call: Call, slurmrestd: ReplaySlurmrestd
) -> None:
    slurmrestd.play("submit")
    script = "#!/bin/sh\n" + "# comment\n" * 300_000
    await call("POST", f"{REST}/slurm/v0.0.45/job/submit", {"script": script})
    (seen,) = slurmrestd.sent("slurm/job/submit")
    assert json.loads(seen.body) == {"script": script}
    assert seen.headers["content-length"] == str(len(seen.body))
    assert "transfer-encoding" not in seen.headers


async def test_only_slurmrestds_paths(call: Call, slurmrestd: ReplaySlurmrestd) -> None:
    for path in ("metrics", "slurm/v0.0.45/..%2f..%2fetc", "healthz", "slurm/latest/jobs"):
        response = await call("GET", f"{REST}/{path}")
        assert (response.status, response.json()["field"]) == (422, "path")
    assert slurmrestd.seen == []


async def test_pages_are_not_shown_as_pages(call: Call, slurmrestd: ReplaySlurmrestd) -> None:
    page = Recorded("", "", "", "GET", "", None, 200, "text/html", b"<script>alert(1)</script>")
    slurmrestd.give(page, "slurm/ping")
    response = await call("GET", f"{REST}/slurm/v0.0.45/ping")
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("slurm_config", "reads", "writes"),
    [({"proxy_methods": "read"}, 200, 403), ({"proxy_methods": "none"}, 403, 403)],
)
async def test_sites_can_restrict_the_proxy(
    call: Call, slurmrestd: ReplaySlurmrestd, reads: int, writes: int
) -> None:
    slurmrestd.play("submit")
    assert (await call("GET", f"{REST}/slurm/v0.0.45/ping")).status == reads
    response = await call("POST", f"{REST}/slurm/v0.0.45/job/submit", {})
    assert response.status == writes
    assert "proxy_methods" in response.json()["message"]
    assert slurmrestd.sent("slurm/job/submit") == []


class TestSmall:
    @pytest.fixture
    def slurm_config(self) -> dict[str, Any]:
        return {"max_body_size": 2048}

    async def test_bodies_have_a_maximum_size(
        self, call: Call, slurmrestd: ReplaySlurmrestd
    ) -> None:
        response = await call("POST", f"{REST}/slurm/v0.0.45/job/submit", b"x" * 4096)
        assert (response.status, response.json()["reason"]) == (413, "too_large")
        assert slurmrestd.seen == []


async def test_a_cluster_that_is_down(call: Call) -> None:
    response = await call("GET", "clusters/solaris/rest/slurm/v0.0.45/ping")
    assert (response.status, response.json()["reason"]) == (502, "unreachable")


async def test_a_response_that_breaks_off_is_not_whole(
    call: Call, slurmrestd: ReplaySlurmrestd, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jupyter_slurm_rest.slurm.errors import ResponseLost
    from jupyter_slurm_rest.slurm.transport import Stream

    async def chunks(self: Stream) -> Any:
        yield b'{"jobs": ['
        raise ResponseLost("slurmrestd has gone.")

    monkeypatch.setattr(Stream, "chunks", chunks)
    with pytest.raises(HTTPStreamClosedError):
        await call("GET", f"{REST}/slurm/v0.0.45/jobs")


async def _raw(server: Any, text: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A POST to the proxy that is written by hand; ``text`` is the rest of the head, and more."""
    token = server.identity_provider.token
    path = f"{server.base_url}jupyter-slurm-rest/{REST}/slurm/v0.0.45/job/submit"
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: token {token}\r\n"
    writer.write((head + text).encode())
    await writer.drain()
    return reader, writer


@pytest.mark.parametrize("length", ["abc", "-5", "1e3", "9" * 5000, "0x10", "5 5"])
async def test_invalid_content_lengths(
    jp_serverapp: Any, call: Call, slurmrestd: ReplaySlurmrestd, length: str
) -> None:
    await call("GET", "clusters")
    slurmrestd.seen.clear()
    reader, writer = await _raw(jp_serverapp, f"Content-Length: {length}\r\n\r\n{{}}")
    status = await asyncio.wait_for(reader.readline(), 30)
    assert status.split()[1] == b"400"
    writer.close()
    assert slurmrestd.seen == []


async def test_stalled_uploads_block_nothing_else(
    jp_serverapp: Any, call: Call, slurmrestd: ReplaySlurmrestd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_slurm_rest.server.proxy.IDLE", 1.0)
    stalled = [await _raw(jp_serverapp, "Content-Length: 1000\r\n\r\n{") for _ in range(4)]
    assert (await call("GET", "clusters/maxwell/nodes")).status == 200
    for reader, writer in stalled:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
        assert head.split()[1] == b"408"
        assert b"within 1 seconds" in await reader.read()
        writer.close()
    # Their connections to slurmrestd are free again.
    assert (await call("GET", f"{REST}/slurm/v0.0.45/ping")).status == 200


async def test_a_client_that_does_not_read_is_cut_off(
    jp_serverapp: Any, call: Call, slurmrestd: ReplaySlurmrestd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_slurm_rest.server.proxy.IDLE", 1.0)
    given_up, fail = asyncio.Event(), ProxyHandler.fail

    def noticed(handler: ProxyHandler, error: ErrorResponse) -> None:
        fail(handler, error)
        given_up.set()

    monkeypatch.setattr(ProxyHandler, "fail", noticed)
    long = Recorded("", "", "", "POST", "", None, 200, "application/json", b" " * 30_000_000)
    slurmrestd.give(long, "slurm/job/submit")
    await call("GET", "clusters")
    reader, writer = await _raw(jp_serverapp, "Content-Length: 2\r\n\r\n{}")
    await asyncio.wait_for(given_up.wait(), 60)
    # What fits into the buffers on the way is not all.
    received = 0
    with contextlib.suppress(ConnectionError):
        while piece := await asyncio.wait_for(reader.read(1 << 20), 60):
            received += len(piece)
    assert received < len(long.body)
    writer.close()
