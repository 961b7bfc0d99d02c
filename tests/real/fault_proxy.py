"""A proxy in front of slurmrestd that drops responses to submissions."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

#: Where the connection is cut: before the request reaches slurmrestd, while slurmrestd is
#: at it, when its response has begun, or not at all.
Cut = Literal["before", "during", "after", "never"]


class FaultProxy:
    """Cuts connections at submissions; everything else passes."""

    def __init__(self, port: int, seed: int) -> None:
        self._port = port
        self._random = random.Random(seed)
        self.cuts: dict[Cut, int] = {"before": 0, "during": 0, "after": 0, "never": 0}
        self.url = ""
        self._cut: Counter[bytes] = Counter()
        self._tasks: set[asyncio.Task[object]] = set()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[FaultProxy]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await server.wait_closed()

    def _choose(self, body: bytes) -> Cut:
        """At most two cuts for one submission; a third would only prove patience."""
        cut: Cut = self._random.choice(["before", "during", "after", "after", "never"])
        if self._cut[body] >= 2:
            cut = "never"
        self._cut[body] += 1
        self.cuts[cut] += 1
        return cut

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._one(reader, writer)
        finally:
            self._tasks.discard(task)
            await _close(writer)

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request on one connection of its own, so that no cut hits another request."""
        head = await reader.readuntil(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        body = await reader.readexactly(length)
        cut = self._choose(body) if b"/job/submit" in head.split(b"\r\n")[0] else "never"
        if cut == "before":
            return
        upstream, sink = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            sink.write(head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") + body)
            await sink.drain()
            if cut == "during":
                # slurmrestd goes on alone; what it answers is thrown away.
                await _close(writer)
            response = await upstream.read()
        finally:
            await _close(sink)
        if cut != "during":
            writer.write(response[:10] if cut == "after" else response)
            await writer.drain()


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
