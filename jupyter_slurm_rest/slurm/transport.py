"""HTTP to one slurmrestd: the only module of the client that imports httpx.

Requests go out through httpx's transport rather than its client: so there are no
redirects, no cookies, no proxies from the environment, no logging of addresses, and
no header that is not written here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterable, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import httpx
import msgspec

from jupyter_slurm_rest.tls import tls_failure

from .address import base_address, check_proxy, tls_context
from .credentials import Credentials
from .errors import InvalidRequest, ResponseLost, SlurmError, SlurmTimeout, TooLarge, Unreachable


def connection_error(problem: httpx.HTTPError) -> SlurmError:
    """Maps exceptions of httpx; the message has the address, never the headers."""
    words = str(problem) or type(problem).__name__
    if isinstance(problem, httpx.ConnectTimeout):
        return Unreachable(
            "slurmrestd did not accept a connection in time.",
            advice="Check the address, and whether slurmrestd runs and is not overloaded.",
        )
    if isinstance(problem, httpx.ConnectError):
        tls = tls_failure(problem) is not None
        return Unreachable(
            "The TLS connection to slurmrestd failed." if tls else "slurmrestd cannot be reached.",
            advice="Check the certificate authority (ca) and the host's name in the address."
            if tls
            else "Check the address, and whether slurmrestd runs there.",
            slurm_text=words,
        )
    if isinstance(problem, httpx.PoolTimeout):
        return Unreachable("All connections to slurmrestd are busy.", advice="Try again later.")
    if isinstance(problem, httpx.TimeoutException):
        return SlurmTimeout("slurmrestd stopped responding.", advice="Try again later.")
    return ResponseLost(
        "slurmrestd closed the connection before the response was complete.", slurm_text=words
    )


_JSON = "application/json"

Params = Mapping[str, str | int | Sequence[str]]


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds and bytes that a request may cost."""

    connect: float = 5.0
    #: From the request to the end of the response, unless the call says otherwise.
    total: float = 60.0
    #: Between two pieces of a response that is streamed.
    idle: float = 60.0
    #: Reading a larger response is aborted.
    response_bytes: int = 256 * 1024 * 1024
    #: The same for a response that is not kept but read piece by piece.
    streamed_bytes: int = 4 * 1024 * 1024 * 1024
    #: slurmrestd itself refuses more than 50 MB.
    request_bytes: int = 50_000_000
    #: slurmrestd has few connections for all users: use two, and close them soon.
    connections: int = 2
    keepalive: float = 5.0


class Response(msgspec.Struct, frozen=True):
    """A whole response, whatever its status."""

    status: int
    #: Lower case, without parameters.
    content_type: str
    body: bytes
    #: From the request to the last byte.
    seconds: float


class Upload(msgspec.Struct, frozen=True):
    """A body that is sent while it arrives; ``length`` in bytes must be true."""

    length: int
    pieces: AsyncIterable[bytes]


class Stream:
    """A response whose body is still to be read, once, piece by piece."""

    def __init__(self, response: httpx.Response, limit: int, seconds: float) -> None:
        self.status = response.status_code
        self.content_type = _content_type(response)
        #: From the request to the head of the response.
        self.seconds = seconds
        self._response = response
        self._limit = limit

    @classmethod
    def of(cls, whole: Response) -> Stream:
        """A complete response, as a stream."""

        async def pieces() -> AsyncIterator[bytes]:
            yield whole.body

        headers = {"Content-Type": whole.content_type}
        again = httpx.Response(whole.status, headers=headers, content=pieces())
        return cls(again, len(whole.body), whole.seconds)

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body's pieces as they arrive. Raises :exc:`TooLarge`, :exc:`ResponseLost`."""
        size = 0
        failure: SlurmError | None = None
        try:
            async for chunk in self._response.aiter_raw():
                size += len(chunk)
                if size > self._limit:
                    raise TooLarge(
                        f"The response is larger than the limit of {self._limit / 1e6:.0f} MB."
                    )
                yield chunk
        except httpx.HTTPError as problem:
            failure = connection_error(problem)
        # Outside of the handler: httpx's exception holds the request, and so the token.
        if failure is not None:
            raise failure


class Transport:
    """Connections to one slurmrestd.

    ``url`` is ``http(s)://host:port[/prefix]`` or ``unix:///path/to.socket``. ``ca`` is
    a bundle of certificate authorities (default: the system's), ``cert`` and ``key``
    are the client's certificate, ``proxy`` an HTTP proxy's address.
    """

    def __init__(
        self,
        url: str,
        *,
        ca: str | Path | None = None,
        cert: str | Path | None = None,
        key: str | Path | None = None,
        proxy: str | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.url = url
        self.limits = limits or Limits()
        socket, self._base = base_address(url)
        check_proxy(proxy)
        self._http = httpx.AsyncHTTPTransport(
            verify=tls_context(self._base, ca, cert, key),
            trust_env=False,
            uds=socket,
            proxy=proxy,
            limits=httpx.Limits(
                max_connections=self.limits.connections,
                max_keepalive_connections=self.limits.connections,
                keepalive_expiry=self.limits.keepalive,
            ),
        )

    def __repr__(self) -> str:
        return f"Transport({self.url!r})"

    async def close(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        content: bytes | None = None,
        credentials: Credentials | None = None,
        timeout: float | None = None,
    ) -> Response:
        """Send one request and read its whole response; any HTTP status is a response.

        ``timeout`` (seconds, whole exchange) overrides ``limits.total``. Raises
        :exc:`Unreachable` (nothing was sent), :exc:`SlurmTimeout`, :exc:`ResponseLost`
        and :exc:`TooLarge`.
        """
        seconds = self.limits.total if timeout is None else timeout
        begun = time.perf_counter()

        async def exchange() -> Response:
            async with self.stream(
                method,
                path,
                params=params,
                content=content,
                credentials=credentials,
                idle=seconds,
                most=self.limits.response_bytes,
            ) as stream:
                body = b"".join([chunk async for chunk in stream.chunks()])
            took = time.perf_counter() - begun
            return Response(stream.status, stream.content_type, body, took)

        try:
            return await asyncio.wait_for(exchange(), seconds)
        except asyncio.TimeoutError:
            pass
        raise SlurmTimeout(
            f"slurmrestd did not respond within {seconds:g} seconds.",
            advice="Slurm may be busy or limit the number of requests. Try again later.",
        )

    @asynccontextmanager
    async def stream(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        content: bytes | Upload | None = None,
        credentials: Credentials | None = None,
        idle: float | None = None,
        most: int | None = None,
        content_type: str = _JSON,
        accept: str = _JSON,
    ) -> AsyncIterator[Stream]:
        """Send one request; the response's body is read by the caller (``chunks``).

        ``idle`` (seconds between two pieces) and ``most`` (bytes) override the limits;
        ``content_type`` is the body's, ``accept`` that of the wanted response. Leaving the
        block before the end closes the connection.
        """
        request = self._build(method, path, params, content, credentials, idle)
        request.headers["Accept"] = accept
        if content is not None:
            request.headers["Content-Type"] = content_type
        begun = time.perf_counter()
        failure: SlurmError | None = None
        try:
            response = await self._http.handle_async_request(request)
        except httpx.HTTPError as problem:
            failure = connection_error(problem)
        if failure is not None:
            raise failure
        try:
            limit = self.limits.streamed_bytes if most is None else most
            yield Stream(response, limit, time.perf_counter() - begun)
        finally:
            await response.aclose()

    def _build(
        self,
        method: str,
        path: str,
        params: Params | None,
        content: bytes | Upload | None,
        credentials: Credentials | None,
        idle: float | None,
    ) -> httpx.Request:
        length = content.length if isinstance(content, Upload) else len(content or b"")
        if length > self.limits.request_bytes:
            limit = self.limits.request_bytes
            raise InvalidRequest(
                "body", f"The request has {length} bytes; Slurm accepts at most {limit}."
            )
        headers = {}
        if content is not None:
            # slurmrestd takes no chunked bodies: it wants to know the length before.
            headers["Content-Length"] = str(length)
        if credentials is not None:
            headers["X-SLURM-USER-NAME"] = credentials.username
            headers["X-SLURM-USER-TOKEN"] = credentials.token
        wait = self.limits.idle if idle is None else idle
        timeout = {"connect": self.limits.connect, "read": wait, "write": wait, "pool": wait}
        return httpx.Request(
            method,
            self._base + path + _query(params),
            headers=headers,
            content=content.pieces if isinstance(content, Upload) else content,
            extensions={"timeout": timeout},
        )


def segment(value: str | int) -> str:
    """``value`` as one segment of a path; slurmrestd requires encoding of all but
    unreserved characters.
    """
    return quote(str(value), safe="")


def _query(params: Params | None) -> str:
    pairs = [
        (key, str(item))
        for key, value in (params or {}).items()
        for item in ([value] if isinstance(value, (str, int)) else value)
    ]
    return "?" + "&".join(f"{segment(k)}={segment(v)}" for k, v in pairs) if pairs else ""


def _content_type(response: httpx.Response) -> str:
    return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()
