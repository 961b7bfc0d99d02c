"""A plain HTTP request to slurmrestd, over TCP or its UNIX socket."""

from __future__ import annotations

import http.client
import json
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    status: int
    content_type: str
    body: bytes


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def request(
    url: str,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes | None = None,
    timeout: float = 60.0,
) -> Answer:
    """Send one request to `url` (http://host:port or unix:///path) and read the answer."""
    parts = urlsplit(url)
    connection: http.client.HTTPConnection
    if parts.scheme == "unix":
        connection = _UnixConnection(parts.path, timeout)
    else:
        connection = http.client.HTTPConnection(parts.netloc, timeout=timeout)
    try:
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        content = response.read()
        return Answer(response.status, response.getheader("Content-Type", ""), content)
    finally:
        connection.close()


def credentials(user: str, token: str) -> dict[str, str]:
    return {"X-SLURM-USER-NAME": user, "X-SLURM-USER-TOKEN": token}


def answers(url: str, token: str) -> bool:
    """Whether slurmrestd takes root's token and answers with its OpenAPI document."""
    try:
        answer = request(url, "GET", "/openapi/v3", credentials("root", token), timeout=20)
    except (OSError, http.client.HTTPException):
        return False
    return answer.status == 200


def api_versions(url: str, user: str, token: str) -> list[str]:
    """The API versions slurmrestd serves, oldest first, e.g. ["v0.0.37", "v0.0.38"]."""
    answer = request(url, "GET", "/openapi/v3", credentials(user, token))
    paths = "\n".join(json.loads(answer.body)["paths"])
    return sorted(set(re.findall(r"^/slurm/(v0\.0\.\d+)/", paths, re.MULTILINE)))
