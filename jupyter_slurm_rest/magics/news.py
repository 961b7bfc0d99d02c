"""What the Jupyter server announces, as a kernel hears it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any

from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.netutil import Resolver
from tornado.websocket import WebSocketError, websocket_connect

from .find_server import ServerAddress

if TYPE_CHECKING:
    from typing_extensions import Self

#: Seconds: the server is on this machine.
_PATIENCE = 5.0


class News:
    """Follows the server's events between ``with`` and its end, in a thread of its own.

    The kernel's loop cannot: it is busy with the cell that waits. A server that lets
    nobody follow is none that fails: ``open`` stays false.
    """

    def __init__(self, address: ServerAddress, concerns: Callable[[dict[str, Any]], bool]) -> None:
        self.open = False
        self._address = address
        self._concerns = concerns
        self._heard = threading.Event()
        self._tried = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._task = self._loop.create_task(self._listen())
        self._thread = threading.Thread(target=self._run, name="slurm-news", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(RuntimeError):  # The loop is closed: the server hung up.
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(_PATIENCE)

    def begun(self) -> None:
        """Return when the server is followed, or is known not to let itself be."""
        self._tried.wait(2 * _PATIENCE)

    def wait(self, seconds: float) -> bool:
        """Until something is heard that concerns us; whether that was within ``seconds``."""
        heard = self._heard.wait(seconds)
        self._heard.clear()
        return heard

    def _run(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._task)
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    async def _listen(self) -> None:
        # Refused, a proxy's page instead of a socket, gone: who waits asks again by itself.
        with contextlib.suppress(HTTPClientError, WebSocketError, OSError):
            try:
                await self._hear()
            finally:
                self.open = False
                self._tried.set()
                self._heard.set()

    async def _hear(self) -> None:
        path = self._address.socket
        line = await websocket_connect(
            _request(self._address), resolver=_Unix(path) if path else None
        )
        self.open = True
        self._tried.set()
        try:
            while (message := await line.read_message()) is not None:
                if self._concerns(json.loads(message)):
                    self._heard.set()
        finally:
            line.close()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(_drained(line), 1.0)


async def _drained(line: Any) -> None:
    while await line.read_message() is not None:
        pass


def _request(address: ServerAddress) -> HTTPRequest:
    scheme, _, rest = address.url.partition("://")
    return HTTPRequest(
        f"{scheme.replace('http', 'ws')}://{rest}api/events/subscribe",
        headers=address.headers,
        connect_timeout=_PATIENCE,
        follow_redirects=False,
        ssl_options=address.ssl_context,
    )


class _Unix(Resolver):
    """Finds every host behind one UNIX socket."""

    def initialize(self, path: str) -> None:
        self._path = path

    async def resolve(self, host: str, port: int, family: Any = None) -> list[tuple[int, Any]]:
        return [(socket.AF_UNIX, self._path)]
