"""A plain HTTP request to slurmrestd, over TCP or its UNIX socket."""

from __future__ import annotations

import http.client
import json
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Response:
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
) -> Response:
    """Send one request to `url` (http://host:port or unix:///path) and read the response."""
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
        return Response(response.status, response.getheader("Content-Type", ""), content)
    finally:
        connection.close()


def credentials(user: str, token: str) -> dict[str, str]:
    return {"X-SLURM-USER-NAME": user, "X-SLURM-USER-TOKEN": token}


def responds(url: str, token: str) -> bool:
    """Whether slurmrestd takes root's token and returns its OpenAPI document."""
    try:
        response = request(url, "GET", "/openapi/v3", credentials("root", token), timeout=20)
    except (OSError, http.client.HTTPException):
        return False
    return response.status == 200


def api_versions(url: str, user: str, token: str) -> list[str]:
    """The API versions slurmrestd serves, oldest first, e.g. ["v0.0.37", "v0.0.38"]."""
    response = request(url, "GET", "/openapi/v3", credentials(user, token))
    paths = "\n".join(json.loads(response.body)["paths"])
    return sorted(set(re.findall(r"^/slurm/(v0\.0\.\d+)/", paths, re.MULTILINE)))
