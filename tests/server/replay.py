"""A small slurmrestd that replays recorded responses and keeps the requests."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.recorded import Recorded, recorded_by


@dataclass(frozen=True)
class Seen:
    """One request."""

    method: str
    path: str
    query: str
    headers: dict[str, str] = field(repr=False)
    body: bytes


class ReplaySlurmrestd:
    """Listens on a free port between ``start`` and ``stop``; speaks one API version."""

    def __init__(self, api_version: str) -> None:
        self.api_version = api_version
        self.seen: list[Seen] = []
        self._nothing = recorded_by(api_version, "unknown_endpoint")
        self._responses: dict[tuple[str, str], Recorded] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def play(self, *names: str, path: str = "") -> None:
        """Give these responses from now on, each where it was recorded or at ``path``.

        ``path`` is without the version: ``slurm/jobs``. Queries make no difference.
        """
        for name in names:
            response = recorded_by(self.api_version, name)
            self.give(response, path)

    def give(self, response: Recorded, path: str = "") -> None:
        """Give ``response``, which may be a changed copy of what was recorded."""
        area, _, rest = path.partition("/")
        where = f"/{area}/{self.api_version}/{rest}" if path else urlsplit(response.path).path
        self._responses[response.method, where.rstrip("/")] = response

    def sent(self, path: str) -> list[Seen]:
        """The requests to ``path`` (without version)."""
        area, _, rest = path.partition("/")
        where = f"/{area}/{self.api_version}/{rest}"
        return [one for one in self.seen if one.path.rstrip("/") == where]

    def response(self, request: Seen) -> Recorded:
        self.seen.append(request)
        return self._responses.get((request.method, request.path.rstrip("/")), self._nothing)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler(replay: ReplaySlurmrestd) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _reply(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(length)
            response = replay.response(Seen(self.command, parts.path, parts.query, headers, body))
            self.send_response(response.status)
            self.send_header("Content-Type", response.content_type)
            self.send_header("Content-Length", str(len(response.body)))
            self.end_headers()
            self.wfile.write(response.body)

        do_GET = do_POST = do_DELETE = _reply

        def log_message(self, *args: Any) -> None:
            pass

    return Handler
