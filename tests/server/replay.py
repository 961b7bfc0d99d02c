"""A tiny slurmrestd that gives recorded answers and remembers what it was asked."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Recorded:
    """One answer."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True)
class Seen:
    """One request."""

    method: str
    path: str
    query: str
    headers: dict[str, str] = field(repr=False)
    body: bytes


#: What slurmrestd's router says about a path it does not serve.
NO_SUCH_PATH = Recorded(
    404, "text/plain", b"Unable find requested URL. Please view /openapi/v3 for API reference."
)


class ReplaySlurmrestd:
    """Listens on a free port between ``start`` and ``stop``."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], Recorded] = {}
        self.seen: list[Seen] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def gives(self, method: str, path: str, answer: Recorded) -> None:
        """Answer ``method`` ``path`` (whatever its query) like this from now on."""
        self.answers[method, path.rstrip("/")] = answer

    def answer(self, request: Seen) -> Recorded:
        self.seen.append(request)
        return self.answers.get((request.method, request.path.rstrip("/")), NO_SUCH_PATH)

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
            answer = replay.answer(Seen(self.command, parts.path, parts.query, headers, body))
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_DELETE = _reply

        def log_message(self, *args: Any) -> None:
            pass

    return Handler
