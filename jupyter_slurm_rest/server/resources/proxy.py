"""``clusters/{c}/rest/{path}``: slurmrestd itself, with the person's token put in.

Lets any client of slurmrestd work with a Jupyter token. Only slurmrestd's own API is
reachable, headers are built from zero in both directions, and bodies are streamed both
ways.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable
from typing import Any, TypeVar

from tornado.web import HTTPError, stream_request_body

from jupyter_slurm_rest.server.base import SlurmHandler
from jupyter_slurm_rest.server.cluster import Cluster
from jupyter_slurm_rest.server.failures import RequestFailed, failure_of
from jupyter_slurm_rest.server.operation import operation
from jupyter_slurm_rest.server.proxy_path import (
    accepted,
    changes_by_get,
    content_type,
    upstream_path,
    upstream_query,
)
from jupyter_slurm_rest.slurm.errors import SlurmError
from jupyter_slurm_rest.slurm.transport import Upload

#: What slurmrestd sends; anything else reaches a browser as bytes that it will not show.
_CONTENT_TYPES = {"application/json", "application/yaml", "application/x-yaml", "text/plain"}
#: Pieces of a body that may wait for slurmrestd; more wait in the client.
_WAITING = 4
#: Seconds that a client may leave slurmrestd waiting, for a piece of its body or to take
#: one of the response: until then one of few connections is its own.
IDLE = 20.0
_LENGTH = re.compile(r"[0-9]{1,15}")

T = TypeVar("T")


@stream_request_body
class ProxyHandler(SlurmHandler):
    def initialize(self, name: str, *args: Any, **kwargs: Any) -> None:
        super().initialize(name, *args, **kwargs)
        self._pieces: asyncio.Queue[bytes] = asyncio.Queue(_WAITING)
        self._exchange: asyncio.Task[None] | None = None
        #: All of the request is here: its answer may be written.
        self._arrived = asyncio.Event()

    async def prepare(self) -> None:  # type: ignore[override]
        """Begin to send a body while it arrives, for those who may.

        The verb is called when all of it is here; it also says why it was not sent.
        """
        await super().prepare()
        try:
            length = self._length()
        except RequestFailed as problem:
            self.fail(failure_of(problem))
            return
        if self.request.method in ("POST", "DELETE") and length and await self.may("write"):
            with contextlib.suppress(RequestFailed, SlurmError):
                target, path = self._target()
                upload = Upload(length, self._uploaded(length))
                self._exchange = asyncio.create_task(self._pass_on(target, path, upload))
                self._exchange.add_done_callback(self._give_up)

    async def data_received(self, chunk: bytes) -> None:
        """A piece of the body; waits while slurmrestd has not taken the pieces before."""
        if self._exchange is not None:
            put = asyncio.ensure_future(self._pieces.put(chunk))
            await asyncio.wait({put, self._exchange}, return_when=asyncio.FIRST_COMPLETED)
            put.cancel()

    def _give_up(self, exchange: asyncio.Task[None]) -> None:
        """Answer a client that stopped in the middle of its body; nobody else would."""
        if exchange.cancelled() or self._arrived.is_set():
            return
        if isinstance(problem := exchange.exception(), RequestFailed) and not self._finished:
            self.fail(failure_of(problem))

    def on_connection_close(self) -> None:
        if self._exchange is not None and not self._arrived.is_set():
            # Half a request: slurmrestd has not begun to act on it.
            self._exchange.cancel()
        super().on_connection_close()

    @operation("read", answers={})
    async def get(self, cluster: str, path: str) -> None:
        """Pass a reading request through to slurmrestd."""
        await self._finish_exchange()

    @operation("write", answers={})
    async def post(self, cluster: str, path: str) -> None:
        """Pass a changing request through to slurmrestd."""
        await self._finish_exchange()

    @operation("write", answers={})
    async def delete(self, cluster: str, path: str) -> None:
        """Pass a deleting request through to slurmrestd."""
        await self._finish_exchange()

    async def _finish_exchange(self) -> None:
        target, path = self._target()
        if self.request.method == "GET" and changes_by_get(path):
            self._require_more_than_a_cookie()
            if not await self.may("write"):
                raise RequestFailed(
                    403, "forbidden", "This GET may change something: you may only read here."
                )
        if self._exchange is None:
            # slurmrestd refuses a POST without a body and a GET with one.
            content = b"" if self.request.method == "POST" else None
            self._exchange = asyncio.create_task(self._pass_on(target, path, content))
        self._arrived.set()
        await self._exchange

    async def _pass_on(self, target: Cluster, path: str, content: bytes | Upload | None) -> None:
        method = self.request.method or "GET"
        credentials = await target.credentials()
        headers = self.request.headers
        async with target.proxied.stream(
            method,
            path,
            content=content,
            credentials=credentials,
            content_type=content_type(headers.get("Content-Type", "")),
            accept=accepted(headers.get("Accept", "")),
        ) as upstream:
            await self._arrived.wait()
            self.set_status(upstream.status)
            kind = upstream.content_type
            shown = kind if kind in _CONTENT_TYPES else "application/octet-stream"
            self.set_header("Content-Type", shown)
            self.set_header("X-Content-Type-Options", "nosniff")
            self.set_header("Cache-Control", "no-store")
            async for chunk in upstream.chunks():
                self.write(chunk)
                # Waits for a slow reader, so that no answer piles up in memory.
                await _in_time(self.flush(), "take the response")
        if method != "GET" or changes_by_get(path):
            target.changed()
        self.finish(set_content_type=shown)

    def _target(self) -> tuple[Cluster, str]:
        """Where the request goes; raises what is wrong with it."""
        name = self.path_kwargs["cluster"]
        target = self.cluster(name)
        # From the address as it came: tornado has decoded its own copy of the path already.
        _, _, rest = self.request.path.partition(f"/clusters/{name}/rest/")
        path = upstream_path(rest) + upstream_query(self.request.query)
        allowed, method = self.app.proxy_methods, self.request.method
        reads = method == "GET" and not changes_by_get(path)
        if allowed == "none" or (allowed == "read" and not reads):
            raise RequestFailed(
                403,
                "forbidden",
                f"The proxy takes no {method} {'' if reads else 'that changes something '}here "
                f"(c.SlurmRest.proxy_methods is {allowed!r}).",
            )
        if "Transfer-Encoding" in self.request.headers:
            raise RequestFailed(411, "invalid", "The body's length must be told beforehand.")
        if self._length() > self.app.max_body_size:
            limit = self.app.max_body_size / 1e6
            raise RequestFailed(413, "too_large", f"The body has more than {limit:.1f} MB.")
        return target, path

    def _require_more_than_a_cookie(self) -> None:
        """Refuse what a link, an image or a websocket of any page could ask for.

        A browser sends the login's cookie along with those, and on a hub a Referer that
        looks like ours: other people's pages have the same host. None has the header.
        """
        if self.token_authenticated:
            return
        method = self.request.method
        try:
            if not {"X-Xsrftoken", "X-Csrftoken"} & {
                name for name, _ in self.request.headers.get_all()
            }:
                raise HTTPError(403)
            # For a GET the check is content with less: with a Referer, or where a page is opened.
            self.request.method = "POST"
            self.check_xsrf_cookie()
        except HTTPError:
            raise RequestFailed(
                403,
                "forbidden",
                "This GET may change something, and the request has no valid X-XSRFToken header.",
                advice="Send the header, or a Jupyter token in place of the cookie.",
            ) from None
        finally:
            self.request.method = method

    def _length(self) -> int:
        given = self.request.headers.get("Content-Length") or "0"
        if not _LENGTH.fullmatch(given):
            raise RequestFailed(400, "invalid", "Content-Length: a number of bytes was expected.")
        return int(given)

    async def _uploaded(self, length: int) -> AsyncIterator[bytes]:
        while length > 0:
            piece = await _in_time(self._pieces.get(), "send the rest of the body")
            length -= len(piece)
            yield piece


async def _in_time(work: Awaitable[T], what: str) -> T:
    try:
        return await asyncio.wait_for(work, IDLE)
    except asyncio.TimeoutError:
        raise RequestFailed(
            408, "timeout", f"The client did not {what} within {IDLE:g} seconds."
        ) from None
