"""Requests on the wire, and lost connections."""

from __future__ import annotations

import asyncio
import logging
import ssl
import traceback
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from jupyter_slurm_rest.slurm import Credentials, Limits, Transport
from jupyter_slurm_rest.slurm.errors import (
    InvalidRequest,
    ResponseLost,
    SlurmError,
    SlurmTimeout,
    TooLarge,
    Unreachable,
)

from .certificates import Certificates

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[None, None, None]]
ALICE = Credentials("alice", "secret-token")
GOOD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


class Server:
    """Sends ``response`` to every request, then keeps or cuts the connection."""

    def __init__(self, response: bytes = GOOD, *, cut: bool = False, wait: float = 0) -> None:
        self.heads: list[bytes] = []
        self.bodies: list[bytes] = []
        self.connections = 0
        self._response = response
        self._cut = cut
        self._wait = wait

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.heads.append(head)
                length = 0
                for line in head.lower().splitlines():
                    if line.startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                self.bodies.append(await reader.readexactly(length))
                await asyncio.sleep(self._wait)
                writer.write(self._response)
                await writer.drain()
                if self._cut:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serving(
    serve: Serve, tls: ssl.SSLContext | None = None, path: Path | None = None
) -> AsyncIterator[str]:
    """The address of a server on a free port, or on the socket ``path``."""
    tasks: list[asyncio.Task[None]] = []

    async def tracked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.append(asyncio.ensure_future(serve(reader, writer)))
        await asyncio.gather(tasks[-1], return_exceptions=True)

    if path is not None:
        server = await asyncio.start_unix_server(tracked, path)
        url = f"unix://{path}"
    else:
        server = await asyncio.start_server(tracked, "127.0.0.1", 0, ssl=tls)
        port = server.sockets[0].getsockname()[1]
        url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    try:
        yield url
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # Closed connections are let go in the loop's next round.
        await asyncio.sleep(0.01)


async def test_headers_are_only_ours() -> None:
    server = Server()
    async with serving(server) as url:
        transport = Transport(url)
        await transport.request("GET", "/slurm/v0.0.42/jobs/", credentials=ALICE)
        body = b'{"script": "x"}'
        await transport.request("POST", "/submit", content=body, credentials=ALICE)
        await transport.close()
    host = url.removeprefix("http://")
    get = server.heads[0].decode().split("\r\n")
    assert get[0] == "GET /slurm/v0.0.42/jobs/ HTTP/1.1"
    assert sorted(line.lower() for line in get[1:] if line) == [
        "accept: application/json",
        f"host: {host}",
        "x-slurm-user-name: alice",
        "x-slurm-user-token: secret-token",
    ]
    post = server.heads[1].decode().lower()
    assert "content-type: application/json\r\n" in post
    assert "transfer-encoding" not in post
    assert server.bodies[1] == body


async def test_queries_are_encoded_for_slurmrestd() -> None:
    server = Server()
    async with serving(server) as url:
        transport = Transport(url + "/prefix/")
        params: dict[str, str | int | list[str]] = {"a": "x/y:z+w &", "n": 5, "flags": ["ALL", "D"]}
        await transport.request("GET", "/jobs", params=params)
        await transport.close()
    line = server.heads[0].split(b"\r\n")[0].decode()
    assert line == "GET /prefix/jobs?a=x%2Fy%3Az%2Bw%20%26&n=5&flags=ALL&flags=D HTTP/1.1"


async def test_connections_are_kept_but_few() -> None:
    server = Server(wait=0.05)
    async with serving(server) as url:
        transport = Transport(url)
        await asyncio.gather(*(transport.request("GET", "/") for _ in range(8)))
        await transport.close()
    assert len(server.heads) == 8
    assert server.connections <= 2


async def test_redirects_are_not_followed() -> None:
    server = Server(
        b"HTTP/1.1 302 Found\r\nLocation: http://example.org/\r\nContent-Length: 0\r\n\r\n"
    )
    async with serving(server) as url:
        transport = Transport(url)
        response = await transport.request("GET", "/", credentials=ALICE)
        await transport.close()
    assert response.status == 302
    assert len(server.heads) == 1


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with serving(Server()) as url:
        transport = Transport(url)
        assert (await transport.request("GET", "/")).status == 200
        await transport.close()


async def test_a_unix_socket(tmp_path: Path) -> None:
    async with serving(Server(), path=tmp_path / "slurmrestd.socket") as url:
        transport = Transport(url)
        assert (await transport.request("GET", "/ping", credentials=ALICE)).body == b"{}"
        await transport.close()


async def test_tls_with_a_private_authority_and_a_client_certificate(tmp_path: Path) -> None:
    made = Certificates(tmp_path)
    server = Server()
    async with serving(server, made.server_context()) as url:
        transport = Transport(url, ca=made.ca, cert=made.cert, key=made.key)
        assert (await transport.request("GET", "/")).status == 200
        await transport.close()
        # The same without the authority: nothing is sent.
        stranger = Transport(url, cert=made.cert, key=made.key)
        with pytest.raises(Unreachable, match="TLS") as caught:
            await stranger.request("GET", "/", credentials=ALICE)
        await stranger.close()
    assert "certificate authority" in caught.value.advice
    assert len(server.heads) == 1


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:6820",
        "ftp://host",
        "http://",
        "unix://relative/socket",
        "unix:socket",
        "http://user:secret@host",
        "http://user:secret@host:0",
        "http://user:secret@host:99999",
        "ftp://user:secret@host",
        "http://host/?x=1",
        "",
    ],
)
def test_invalid_addresses_are_refused(url: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        Transport(url)
    assert caught.value.field == "url"
    assert "secret@" not in str(caught.value)


@pytest.mark.parametrize("proxy", ["proxy:3128", "socks5://user:secret@proxy", ""])
def test_invalid_proxies_are_refused(proxy: str) -> None:
    with pytest.raises(InvalidRequest, match="is not a valid HTTP proxy") as caught:
        Transport("http://host", proxy=proxy)
    assert caught.value.field == "proxy"
    assert "secret@" not in str(caught.value)


def test_certificates_without_tls_and_files_that_are_missing(tmp_path: Path) -> None:
    made = Certificates(tmp_path)
    with pytest.raises(InvalidRequest, match="https"):
        Transport("http://host", ca=made.ca)
    with pytest.raises(InvalidRequest, match="does not exist"):
        Transport("https://host", ca=tmp_path / "missing.pem")


def test_a_key_with_a_password_is_refused_not_asked_for(tmp_path: Path) -> None:
    made = Certificates(tmp_path, password=b"secret")
    with pytest.raises(InvalidRequest, match="cannot be used") as caught:
        Transport("https://host", cert=made.cert, key=made.key)
    assert caught.value.field == "cert"


CUT: dict[str, tuple[Server, type[SlurmError]]] = {
    "before the answer": (Server(b"", cut=True), ResponseLost),
    "in the head": (Server(b"HTTP/1.1 200 O", cut=True), ResponseLost),
    "in the body": (
        Server(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", cut=True),
        ResponseLost,
    ),
    "with rubbish": (Server(b"SSH-2.0-OpenSSH_9.2\r\n", cut=True), ResponseLost),
    # Up to 25.05 some refusals lack the blank line that ends the head.
    "without the blank line": (
        Server(b"HTTP/1.1 411 LENGTH REQUIRED\r\nContent-Length: 0\r\n", cut=True),
        ResponseLost,
    ),
}


@pytest.mark.parametrize("when", CUT)
async def test_a_cut_connection_is_a_lost_response_and_shows_no_token(
    when: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server, kind = CUT[when]
    async with serving(server) as url:
        transport = Transport(url)
        with pytest.raises(kind) as caught:
            await transport.request("POST", "/submit", content=b"{}", credentials=ALICE)
        await transport.close()
    assert_no_token(caught.value, caplog)


async def test_nobody_listens(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    caplog.set_level(logging.DEBUG)
    async with serving(Server()) as url:
        pass
    for address in (url, f"unix://{tmp_path}/none.socket", "http://nosuchhost.invalid:6820"):
        transport = Transport(address)
        with pytest.raises(Unreachable) as caught:
            await transport.request("GET", "/", credentials=ALICE)
        await transport.close()
        assert_no_token(caught.value, caplog)


async def test_a_response_that_takes_too_long() -> None:
    async with serving(Server(wait=5)) as url:
        transport = Transport(url)
        with pytest.raises(SlurmTimeout, match=r"0\.2 seconds"):
            await transport.request("GET", "/", timeout=0.2)
        # The connections are free again.
        with pytest.raises(SlurmTimeout):
            await asyncio.gather(*(transport.request("GET", "/", timeout=0.2) for _ in range(3)))
        await transport.close()


async def test_a_response_that_is_too_large_is_not_kept() -> None:
    body = b"x" * 100_000
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    async with serving(Server(head + body)) as url:
        transport = Transport(url, limits=Limits(response_bytes=50_000))
        with pytest.raises(TooLarge):
            await transport.request("GET", "/")
        await transport.close()


async def test_a_request_that_is_too_large_is_not_sent() -> None:
    transport = Transport("http://127.0.0.1:9", limits=Limits(request_bytes=10))
    with pytest.raises(InvalidRequest, match="at most 10"):
        await transport.request("POST", "/", content=b"x" * 11)
    await transport.close()


async def test_a_stream_arrives_in_pieces_and_may_be_left() -> None:
    body = b"[" + b"1," * 200_000 + b"1]"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=x\r\n"
    server = Server(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    async with serving(server) as url:
        transport = Transport(url)
        async with transport.stream("GET", "/") as stream:
            assert stream.content_type == "application/json"
            pieces = [piece async for piece in stream.chunks()]
        assert b"".join(pieces) == body
        assert len(pieces) > 1
        for _ in range(5):
            async with transport.stream("GET", "/") as stream:
                async for _piece in stream.chunks():
                    break
        assert (await transport.request("GET", "/")).body == body
        await transport.close()


def assert_no_token(problem: BaseException, caplog: pytest.LogCaptureFixture) -> None:
    assert "secret-token" not in caplog.text
    seen: BaseException | None = problem
    while seen is not None:
        words = "".join(traceback.format_exception(seen))
        assert "secret-token" not in f"{words} {seen!r} {vars(seen)}"
        assert not hasattr(seen, "request"), "httpx's exceptions hold the headers"
        seen = seen.__cause__ or seen.__context__
