"""What the Jupyter server announces, followed until a job ends."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.netutil import Resolver
from tornado.websocket import WebSocketError, websocket_connect

from .api import ServerAddress, SlurmMagicError

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


if TYPE_CHECKING:
    from .job import Job

#: Seconds in which the server gives the same answer about a job again.
_CACHED = 1.2
#: Seconds between two looks at a job of which the server tells; one may be lost. Short
#: enough to keep the server reading, which it does for those who look.
_BACKSTOP = 60.0
#: Seconds between two looks, at most, at a job of which it does not tell.
_LONGEST = 30.0
_NEVER = float("inf")


class Follower:
    """Waits for one job."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._cluster = unquote(job.cluster)
        #: The oldest reading that was announced and not asked about.
        self._since = _NEVER

    def wait(self, until: float) -> bool:
        """Until the job is over, or the clock shows ``until``; whether it is over."""
        with self._job.api.news(self.concerns) as news:
            news.begun()
            pause, mine = _CACHED, self._look()
            # Not before now: what happened since is announced.
            while not self._job.refresh().ended:
                left = until - time.monotonic()
                if left <= 0:
                    return False
                if self._told_within(min(pause, left), news):
                    time.sleep(max(0.0, min(_CACHED, until - time.monotonic())))
                mine = self._look()
                pause = _BACKSTOP if mine and news.open else min(_LONGEST, pause * 1.5)
            return True

    def _told_within(self, seconds: float, news: News) -> bool:
        due = time.monotonic() + seconds
        while news.wait(max(0.0, due - time.monotonic())):
            if self._may_have_changed():
                return True
        return False

    def concerns(self, event: dict[str, Any]) -> bool:
        """Whether the job may have changed: the person's own queue has."""
        kind = str(event.get("schema_id")).split("/")[-2:][0]
        if kind != "queue_changed" or event.get("cluster") != self._cluster:
            return False
        if event.get("scope") != "mine":
            return False
        # An event holds nothing of the jobs: what happened is to be asked for.
        self._since = min(self._since, float(event["as_of"]))
        return True

    def _may_have_changed(self) -> bool:
        """Whether the server saw the job change; with no news of any job, it may have."""
        since, self._since = self._since, _NEVER
        if since == _NEVER:
            # It is followed no longer.
            return True
        query = {"since": since}
        try:
            told = self._job.api.get(self._cluster, "transitions", query)["transitions"]
        except SlurmMagicError:
            return True
        return not told or any(map(self._is_it, told))

    def _is_it(self, told: dict[str, Any]) -> bool:
        ours, theirs = self._job.id, str(told["id"])
        if told["job_id"] == self._job.info["job_id"] or theirs == ours:
            return True
        # Any task or component, unless the job is a single one.
        one = re.fullmatch(r"\d+[_+]\d+", ours)
        return not one and re.split("[_+]", ours)[0] == re.split("[_+]", theirs)[0]

    def _look(self) -> bool:
        """Keep the server reading my jobs, at no cost to Slurm; whether this is one of them."""
        query = {"scope": "mine", "columns": "user", "limit": 1}
        try:
            rows = self._job.api.get(self._cluster, "jobs", query)["jobs"]
        except SlurmMagicError:
            return False
        return any(row["user"] == self._job.info["user"] for row in rows)
