"""``clusters/{c}/rest/{path}``: slurmrestd itself, with the person's token put in.

Lets any client of slurmrestd work with a Jupyter token. Only slurmrestd's own API is
reachable, headers are built from zero in both directions, and bodies are streamed both
ways.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from tornado.web import stream_request_body

from jupyter_slurm_rest.server.base import SlurmHandler
from jupyter_slurm_rest.server.cluster import Cluster
from jupyter_slurm_rest.server.failures import RequestFailed
from jupyter_slurm_rest.server.operation import operation
from jupyter_slurm_rest.server.proxy_path import changes_by_get, upstream_path, upstream_query
from jupyter_slurm_rest.slurm.errors import SlurmError
from jupyter_slurm_rest.slurm.transport import Upload

#: What slurmrestd sends; anything else reaches a browser as bytes that it will not show.
_CONTENT_TYPES = {"application/json", "application/yaml", "application/x-yaml", "text/plain"}
#: Pieces of a body that may wait for slurmrestd; more wait in the client.
_WAITING = 4


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
        length = self._length()
        if self.request.method in ("POST", "DELETE") and length and await self.may("write"):
            with contextlib.suppress(RequestFailed, SlurmError):
                target, path = self._target()
                upload = Upload(length, self._uploaded(length))
                self._exchange = asyncio.create_task(self._pass_on(target, path, upload))

    async def data_received(self, chunk: bytes) -> None:
        """A piece of the body; waits while slurmrestd has not taken the pieces before."""
        if self._exchange is not None:
            put = asyncio.ensure_future(self._pieces.put(chunk))
            await asyncio.wait({put, self._exchange}, return_when=asyncio.FIRST_COMPLETED)
            put.cancel()

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
            await self._require_write()
        if self._exchange is None:
            # slurmrestd refuses a POST without a body and a GET with one.
            content = b"" if self.request.method == "POST" else None
            self._exchange = asyncio.create_task(self._pass_on(target, path, content))
        self._arrived.set()
        await self._exchange

    async def _pass_on(self, target: Cluster, path: str, content: bytes | Upload | None) -> None:
        method = self.request.method or "GET"
        credentials = await target.credentials()
        async with target.transport.stream(
            method, path, content=content, credentials=credentials
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
                await self.flush()
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
                f"The proxy takes no {method} here (c.SlurmRest.proxy_methods is {allowed!r}).",
            )
        if "Transfer-Encoding" in self.request.headers:
            raise RequestFailed(411, "invalid", "The body's length must be told beforehand.")
        if self._length() > self.app.max_body_size:
            limit = self.app.max_body_size / 1e6
            raise RequestFailed(413, "too_large", f"The body has more than {limit:.1f} MB.")
        return target, path

    async def _require_write(self) -> None:
        if not await self.may("write"):
            raise RequestFailed(403, "forbidden", "This GET changes a job: you may only read here.")

    def _length(self) -> int:
        return int(self.request.headers.get("Content-Length") or 0)

    async def _uploaded(self, length: int) -> AsyncIterator[bytes]:
        while length > 0:
            piece = await self._pieces.get()
            length -= len(piece)
            yield piece
