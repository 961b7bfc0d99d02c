"""A transport with recorded or scripted responses, which keeps the requests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from jupyter_slurm_rest.slurm import Credentials, SlurmClient, Transport
from jupyter_slurm_rest.slurm.transport import Params, Response, Stream, Upload

from .recorded import Recording

NO_SUCH_PATH = Response(404, "text/plain", b"Unable find requested URL.", 0.0)


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    params: Mapping[str, str | int | Sequence[str]]
    content: bytes | None
    token: str


class Scripted(Transport):
    """Gives what ``reply`` returns, raises what it raises."""

    def __init__(self, reply: Callable[[Request], Response]) -> None:
        super().__init__("http://127.0.0.1:9")
        self.seen: list[Request] = []
        self._reply = reply

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        content: bytes | None = None,
        credentials: Credentials | None = None,
        timeout: float | None = None,
    ) -> Response:
        token = credentials.token if credentials else ""
        self.seen.append(Request(method, path, params or {}, content, token))
        return self._reply(self.seen[-1])

    @asynccontextmanager
    async def stream(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        content: bytes | Upload | None = None,
        credentials: Credentials | None = None,
        idle: float | None = None,
        most: int | None = None,
        content_type: str = "application/json",
        accept: str = "application/json",
    ) -> AsyncIterator[Stream]:
        body = (
            b"".join([piece async for piece in content.pieces])
            if isinstance(content, Upload)
            else content
        )
        response = await self.request(
            method, path, params=params, content=body, credentials=credentials
        )
        headers = {"Content-Type": response.content_type}
        received = httpx.Response(response.status, headers=headers, content=_pieces(response.body))
        yield Stream(received, 1 << 30, response.seconds)


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(body), 1000):
        yield body[at : at + 1000]


@dataclass
class Tokens:
    """Hands out numbered tokens; counts how often it was asked for a new one."""

    renewals: int = 0
    asked: list[bool] = field(default_factory=list)

    async def __call__(self, renew: bool = False) -> Credentials:
        self.asked.append(renew)
        self.renewals += renew
        return Credentials("alice", f"token-{self.renewals}")


def recorded_reply(recording: Recording) -> Callable[[Request], Response]:
    """Recorded responses by method and path; queries are ignored."""
    responses: dict[tuple[str, str], Response] = {}
    for name, entry in recording.index.items():
        if name.startswith(("no_slurm", "token_", "bad_")) or "?" in entry.path:
            continue
        responses.setdefault((entry.method, entry.path.rstrip("/")), recording.response(name))
    responses["GET", recording.path("db_jobs").partition("?")[0]] = recording.response("db_jobs")
    jobs = f"/slurm/{recording.version}/job/"

    def reply(request: Request) -> Response:
        path = request.path.rstrip("/")
        found = responses.get((request.method, path))
        if found is None and request.method == "GET" and path.startswith(jobs):
            # For a task Slurm returns its array; other ids are unknown.
            whole = responses.get(("GET", path.partition("_")[0]))
            return whole or recording.response("unknown_job")
        return found or NO_SUCH_PATH

    return reply


def client_of(
    reply: Callable[[Request], Response], version: str | None = None
) -> tuple[SlurmClient, Scripted, Tokens]:
    """A client over a scripted transport."""
    transport, tokens = Scripted(reply), Tokens()
    return SlurmClient(transport, tokens, version), transport, tokens
