"""Follows the Jupyter server's events until a job ends."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from websocket import WebSocket, WebSocketException

from jupyter_slurm_rest.slurm.errors import SlurmError

from .api import SlurmApi
from .find_server import ServerAddress

if TYPE_CHECKING:
    from typing_extensions import Self

#: Seconds for a response: the server is on this machine.
_TIMEOUT = 5.0
#: Seconds for the server to confirm the end of a stream.
_CLOSE_TIMEOUT = 1.0
#: Seconds for which the server returns the same record of a job.
_CACHED = 1.2
#: Seconds after which a job is read although no event came; one may be lost. Short enough to
#: keep the server polling, which it does only while someone asks.
_BACKSTOP = 60.0
#: The longest pause, in seconds, where no events come for the job.
_MAX_PAUSE = 30.0
_NEVER = float("inf")


class EventStream:
    """The server's events, read in a thread from ``with`` to the end of its block.

    The kernel's event loop is busy with the cell that waits. ``open`` stays false where the
    server offers no events; that is not an error.
    """

    def __init__(
        self, address: ServerAddress, is_relevant: Callable[[dict[str, Any]], bool]
    ) -> None:
        self.open = False
        self._address = address
        self._is_relevant = is_relevant
        self._socket = WebSocket(sslopt={"context": address.ssl_context})
        self._closing = False
        self._received = threading.Event()
        self._tried = threading.Event()
        self._thread = threading.Thread(target=self._run, name="slurm-events", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing = True
        with contextlib.suppress(WebSocketException, OSError):
            self._socket.send_close()
            self._thread.join(_CLOSE_TIMEOUT)
            self._socket.abort()
        self._thread.join(_TIMEOUT)

    def wait_until_tried(self) -> None:
        """Return when the stream is open or has failed to open."""
        self._tried.wait(2 * _TIMEOUT)

    def wait(self, seconds: float) -> bool:
        """Wait for a relevant event, or the end of the stream; whether one came in time."""
        received = self._received.wait(seconds)
        self._received.clear()
        return received

    def _run(self) -> None:
        # Refused, not a websocket, or disconnected: the caller polls instead.
        with contextlib.suppress(WebSocketException, OSError):
            try:
                self._read()
            finally:
                self._socket.shutdown()
                self.open = False
                self._tried.set()
                self._received.set()

    def _read(self) -> None:
        scheme, _, rest = self._address.url.partition("://")
        self._socket.settimeout(_TIMEOUT)
        self._socket.connect(
            f"{scheme.replace('http', 'ws')}://{rest}api/events/subscribe",
            header=self._address.jupyter_headers,
            socket=_connected(self._address.socket),
            suppress_origin=True,
            redirect_limit=0,
            http_no_proxy=["*"],
        )
        if self._closing or self._socket.getstatus() != 101:
            return
        self._socket.settimeout(None)
        self.open = True
        self._tried.set()
        while message := self._socket.recv():
            if self._is_relevant(json.loads(message)):
                self._received.set()


def _connected(path: str | None) -> socket.socket | None:
    """A connection to a UNIX socket; ``None`` where the server listens on a port."""
    if path is None:
        return None
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(_TIMEOUT)
    connection.connect(path)
    return connection


class FollowedJob(Protocol):
    """What :class:`Follower` needs of a job."""

    id: str
    cluster: str
    api: SlurmApi
    info: dict[str, Any]

    @property
    def ended(self) -> bool:
        """Whether the job had ended when it was last read."""

    def refresh(self) -> FollowedJob:
        """Read the job again."""


J = TypeVar("J", bound=FollowedJob)


class Follower(Generic[J]):
    """Waits for one job."""

    def __init__(self, job: J, progress: Callable[[J], None] | None = None) -> None:
        self._job = job
        self._progress = progress
        self._cluster = job.cluster
        #: The oldest change for which the transitions have not been read yet.
        self._since = _NEVER

    def wait(self, until: float) -> bool:
        """Wait for the job, until ``time.monotonic()`` is ``until``; whether it has ended."""
        with EventStream(self._job.api.address(), self.is_relevant) as events:
            events.wait_until_tried()
            pause, mine = _CACHED, self._keep_polled()
            # Only now, as changes from here on send an event.
            while not self._read():
                left = until - time.monotonic()
                if left <= 0:
                    return False
                if self._changed_within(min(pause, left), events):
                    time.sleep(max(0.0, min(_CACHED, until - time.monotonic())))
                mine = self._keep_polled()
                pause = _BACKSTOP if mine and events.open else min(_MAX_PAUSE, pause * 1.5)
            return True

    def _read(self) -> bool:
        """Read the job; whether it has ended."""
        self._job.refresh()
        if self._progress is not None:
            self._progress(self._job)
        return self._job.ended

    def _changed_within(self, seconds: float, events: EventStream) -> bool:
        due = time.monotonic() + seconds
        while events.wait(max(0.0, due - time.monotonic())):
            if self._may_have_changed():
                return True
        return False

    def is_relevant(self, event: dict[str, Any]) -> bool:
        """Whether the event says that the user's own queue has changed, and so may the job."""
        kind = str(event.get("schema_id")).split("/")[-2:][0]
        if kind != "queue_changed" or event.get("cluster") != self._cluster:
            return False
        if event.get("scope") != "mine":
            return False
        # Events hold nothing about jobs; the transitions since then tell.
        self._since = min(self._since, float(event["as_of"]))
        return True

    def _may_have_changed(self) -> bool:
        """Whether the transitions include the job, or cannot tell."""
        since, self._since = self._since, _NEVER
        if since == _NEVER:
            # The stream has ended.
            return True
        query = {"since": since}
        try:
            found = self._job.api.get(self._cluster, "transitions", query)["transitions"]
        except SlurmError:
            return True
        return not found or any(map(self._is_same, found))

    def _is_same(self, found: dict[str, Any]) -> bool:
        ours, theirs = self._job.id, str(found["id"])
        if found["job_id"] == self._job.info["job_id"] or theirs == ours:
            return True
        # Any task or component, unless the job is a single one.
        one = re.fullmatch(r"\d+[_+]\d+", ours)
        return not one and re.split("[_+]", ours)[0] == re.split("[_+]", theirs)[0]

    def _keep_polled(self) -> bool:
        """Keep the server polling the user's queue; whether this job is in it."""
        query = {"scope": "mine", "columns": "user", "limit": 1}
        try:
            rows = self._job.api.get(self._cluster, "jobs", query)["jobs"]
        except SlurmError:
            return False
        return any(row["user"] == self._job.info["user"] for row in rows)
