"""A relay before slurmrestd that counts requests and bytes."""

from __future__ import annotations

import asyncio
import re
import threading
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from typing_extensions import Self


_REQUEST = re.compile(rb"^[A-Z]+ ([^ ?]*?)/?(?:\?[^ ]*)? HTTP/1\.1\r$", re.MULTILINE)
#: All jobs at once, or the states of all.
_WHOLE = re.compile(
    rb"^GET /slurm/[^ ?]*/jobs(?:/state)?/?(?:\?update_time[^ ]*)? HTTP", re.MULTILINE
)


class Relay:
    """Runs in a thread of its own between ``with`` and its end; ``url`` is where it listens.

    It slows requests down a little: times are measured without it.
    """

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._target = (str(parts.hostname), int(parts.port or 80))
        self.requests = 0
        self.received = 0
        #: Requests for all jobs, or for the states of all.
        self.whole = 0
        #: Last words of the paths that were asked for: ``jobs``.
        self.resources: set[str] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        server = asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(server, self._loop).result(10)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def reset(self) -> None:
        self.requests = self.received = self.whole = 0

    async def _end(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream, to_upstream = await asyncio.open_connection(*self._target)
        await asyncio.gather(
            self._pass(reader, to_upstream, counts_requests=True),
            self._pass(upstream, writer, counts_requests=False),
        )

    async def _pass(
        self,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        *,
        counts_requests: bool,
    ) -> None:
        try:
            while chunk := await source.read(65_536):
                if counts_requests:
                    paths = _REQUEST.findall(chunk)
                    self.requests += len(paths)
                    self.whole += len(_WHOLE.findall(chunk))
                    self.resources |= {path.decode().rsplit("/", 1)[-1] for path in paths}
                else:
                    self.received += len(chunk)
                target.write(chunk)
                await target.drain()
        except ConnectionError:
            pass
        finally:
            target.close()
