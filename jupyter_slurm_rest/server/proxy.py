"""``clusters/{c}/rest/{path}``: slurmrestd itself, with the user's token put in.

A path is taken apart, each segment decoded once and checked, and put together anew: what
slurmrestd gets was written here, never copied.

Lets any client of slurmrestd work with a Jupyter token. Only slurmrestd's own API is
reachable, headers are built from zero in both directions, and bodies are streamed both
ways.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable
from typing import TypeVar
from urllib.parse import parse_qsl, quote, unquote_to_bytes

from tornado.web import HTTPError, stream_request_body

from jupyter_slurm_rest.slurm.errors import InvalidRequest, SlurmError
from jupyter_slurm_rest.slurm.transport import Upload
from jupyter_slurm_rest.slurm.wire.version import API_VERSION_PATTERN

from .base import SlurmHandler, operation
from .cluster import ConfiguredCluster
from .context import ServerContext
from .errors import RequestFailed, error_response

_ROOTS = {
    "slurm": re.compile(API_VERSION_PATTERN),
    "slurmdb": re.compile(API_VERSION_PATTERN),
    "util": re.compile(API_VERSION_PATTERN),
    "openapi": re.compile(r"v3"),
}
_DOCUMENTS = {"openapi", "openapi.json", "openapi.yaml"}
#: In slurmrestd's paths: names, job ids, node lists. No ``/``, ``\``, ``%``, control characters.
_SEGMENT = re.compile(r"[A-Za-z0-9._,:@+=\[\]*^~ -]{1,255}")
#: GETs that only read, according to the OpenAPI document and source of every release.
#: Others may change something: ``reconfigure``, ``job/{id}/requeue``, or those of future
#: releases.
_READS = re.compile(
    r"/slurm/[^/]+/(?:conf|diag|jobs(?:/state)?|licenses|nodes|partitions|ping|reservations|shares"
    r"|(?:job|node|partition|reservation|resources)/[^/]+)/?"
    r"|/slurmdb/[^/]+/(?:accounts|associations?|clusters|conf(?:ig)?|diag|instances?|jobs|ping|qos"
    r"|tres|users|wckeys|(?:account|cluster|job|qos|user|wckey)/[^/]+)/?"
    r"|/openapi(?:\.json|\.yaml|/v3)?/?"
)
#: What slurmrestd's document offers for bodies; 22.05 knows YAML by its old name.
_JSON = "application/json"
_OFFERED = (_JSON, "application/yaml", "application/x-yaml")
_QUALITY = re.compile(r"[01](?:\.[0-9]{0,3})?")
_ENCODING = re.compile(r"%(?![0-9A-Fa-f]{2})")
_MAX_PATH = 2048
_MAX_QUERY = 8192


def upstream_path(path: str) -> str:
    """slurmrestd's path for ``path``, as it stood (percent-encoded) after ``rest/``.

    Raises :exc:`InvalidRequest` for any other path.
    """
    if len(path) > _MAX_PATH or _ENCODING.search(path):
        raise _refused()
    encoded = path.split("/")
    if encoded[-1] == "":
        encoded.pop()
    segments = [_decoded(segment) for segment in encoded]
    if not segments:
        raise _refused()
    root, *rest = segments
    if not rest and root in _DOCUMENTS:
        return f"/{root}"
    versions = _ROOTS.get(root)
    if versions is None or not rest or not versions.fullmatch(rest[0]):
        raise _refused()
    if (root == "openapi") != (len(rest) == 1):
        raise _refused()
    # slurmrestd's own documents write a slash at the end of lists; its router ignores it.
    slash = "/" if path.endswith("/") else ""
    return "/" + "/".join(quote(segment, safe="") for segment in segments) + slash


def changes_by_get(path: str) -> bool:
    """Whether a GET of slurmrestd's ``path`` may change something."""
    return _READS.fullmatch(path.partition("?")[0]) is None


def content_type(header: str) -> str:
    """The media type of the body: the client's, if slurmrestd supports it."""
    media_type = header.partition(";")[0].strip().lower()
    return media_type if media_type in _OFFERED else _JSON


def accepted(header: str) -> str:
    """The client's preferred media type among those of slurmrestd; JSON by default."""
    best, chosen = 0.0, _JSON
    for choice in header.lower().split(","):
        kind, *parameters = (part.strip() for part in choice.split(";"))
        kind = _JSON if kind in ("*/*", "application/*") else kind
        weight = _weight(parameters)
        if kind in _OFFERED and weight > best:
            best, chosen = weight, kind
    return chosen


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            return float(parameter[2:]) if _QUALITY.fullmatch(parameter[2:]) else 0.0
    return 1.0


def upstream_query(query: str) -> str:
    """``query`` written anew, in its order; with ``?`` in front unless it is empty."""
    if len(query) > _MAX_QUERY:
        raise InvalidRequest("query", f"The query has more than {_MAX_QUERY} characters.")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=200)
    except ValueError:
        raise InvalidRequest("query", "The query is not readable.") from None
    for name, value in pairs:
        if not (name + value).isprintable():
            raise InvalidRequest("query", "The query contains control characters.")
    written = [
        f"{quote(name, safe='')}={quote(value, safe='')}"
        for name, value in pairs
        if name not in {"token", "_xsrf", "no_track_activity"}
    ]
    return "?" + "&".join(written) if written else ""


def _decoded(segment: str) -> str:
    try:
        text = unquote_to_bytes(segment).decode("ascii")
    except UnicodeDecodeError:
        raise _refused() from None
    if text in {".", ".."} or not _SEGMENT.fullmatch(text):
        raise _refused()
    return text


def _refused() -> InvalidRequest:
    return InvalidRequest(
        "path",
        "This is not a path of slurmrestd's API.",
        advice="Use a path that starts with slurm/v0.0.NN/, slurmdb/v0.0.NN/ or util/v0.0.NN/,"
        " or openapi, openapi.json, openapi.yaml or openapi/v3.",
    )


#: What slurmrestd sends; anything else reaches a browser as bytes that it will not show.
_CONTENT_TYPES = {"application/json", "application/yaml", "application/x-yaml", "text/plain"}
#: Pieces of a body that may wait for slurmrestd; more wait in the client.
_WAITING = 4
#: Seconds that a client may take to send a piece of the body or to read a piece of the
#: response; meanwhile it occupies one of few connections.
IDLE = 20.0
_LENGTH = re.compile(r"[0-9]{1,15}")

T = TypeVar("T")


@stream_request_body
class ProxyHandler(SlurmHandler):
    def initialize(self, context: ServerContext) -> None:
        super().initialize(context)
        self._pieces: asyncio.Queue[bytes] = asyncio.Queue(_WAITING)
        self._exchange: asyncio.Task[None] | None = None
        #: All of the request is here: its response may be written.
        self._arrived = asyncio.Event()

    async def prepare(self) -> None:  # type: ignore[override]
        """Start to forward the body while it arrives, if the client is authorized.

        The verb is called when all of it is here; it also says why it was not sent.
        """
        await super().prepare()
        try:
            length = self._length()
        except RequestFailed as problem:
            self.fail(error_response(problem))
            return
        if self.request.method in ("POST", "DELETE") and length and await self.may("write"):
            with contextlib.suppress(RequestFailed, SlurmError):
                target, path = self._target()
                upload = Upload(length, self._uploaded(length))
                self._exchange = asyncio.create_task(self._pass_on(target, path, upload))
                self._exchange.add_done_callback(self._give_up)

    async def data_received(self, chunk: bytes) -> None:
        """A piece of the body; waits while slurmrestd has not taken the pieces before."""
        if self._exchange is not None:
            put = asyncio.ensure_future(self._pieces.put(chunk))
            await asyncio.wait({put, self._exchange}, return_when=asyncio.FIRST_COMPLETED)
            put.cancel()

    def _give_up(self, exchange: asyncio.Task[None]) -> None:
        """Respond to a client that stopped in the middle of its body."""
        if exchange.cancelled() or self._arrived.is_set():
            return
        if isinstance(problem := exchange.exception(), RequestFailed) and not self._finished:
            self.fail(error_response(problem))

    def on_connection_close(self) -> None:
        if self._exchange is not None and not self._arrived.is_set():
            # The request is incomplete: slurmrestd has not acted on it.
            self._exchange.cancel()
        super().on_connection_close()

    @operation("read", responses={})
    async def get(self, cluster: str, path: str) -> None:
        """Forward a GET request to slurmrestd."""
        await self._finish_exchange()

    @operation("write", responses={})
    async def post(self, cluster: str, path: str) -> None:
        """Forward a POST request to slurmrestd."""
        await self._finish_exchange()

    @operation("write", responses={})
    async def delete(self, cluster: str, path: str) -> None:
        """Forward a DELETE request to slurmrestd."""
        await self._finish_exchange()

    async def _finish_exchange(self) -> None:
        target, path = self._target()
        if self.request.method == "GET" and changes_by_get(path):
            self._require_more_than_a_cookie()
            if not await self.may("write"):
                raise RequestFailed(
                    403,
                    "forbidden",
                    "This GET may change something, and you have read-only access.",
                )
        if self._exchange is None:
            # slurmrestd refuses a POST without a body and a GET with one.
            content = b"" if self.request.method == "POST" else None
            self._exchange = asyncio.create_task(self._pass_on(target, path, content))
        self._arrived.set()
        await self._exchange

    async def _pass_on(
        self, target: ConfiguredCluster, path: str, content: bytes | Upload | None
    ) -> None:
        method = self.request.method or "GET"
        credentials = await target.credentials()
        headers = self.request.headers
        async with target.proxied.stream(
            method,
            path,
            content=content,
            credentials=credentials,
            content_type=content_type(headers.get("Content-Type", "")),
            accept=accepted(headers.get("Accept", "")),
        ) as upstream:
            await self._arrived.wait()
            self.set_status(upstream.status)
            kind = upstream.content_type
            shown = kind if kind in _CONTENT_TYPES else "application/octet-stream"
            self.set_header("Content-Type", shown)
            self.set_header("X-Content-Type-Options", "nosniff")
            self.set_header("Cache-Control", "no-store")
            async for chunk in upstream.chunks():
                self.write(chunk)
                # Waits for a slow client, so that the response does not pile up in memory.
                await _in_time(self.flush(), "take the response")
        if method != "GET" or changes_by_get(path):
            target.changed()
        self.finish(set_content_type=shown)

    def _target(self) -> tuple[ConfiguredCluster, str]:
        """The target of the request; raises an error if it is invalid."""
        name = self.path_kwargs["cluster"]
        target = self.cluster(name)
        # From the address as it came: tornado has decoded its own copy of the path already.
        _, _, rest = self.request.path.partition(f"/clusters/{name}/rest/")
        path = upstream_path(rest) + upstream_query(self.request.query)
        allowed, method = self.context.proxy_methods, self.request.method
        reads = method == "GET" and not changes_by_get(path)
        if allowed == "none" or (allowed == "read" and not reads):
            raise RequestFailed(
                403,
                "forbidden",
                f"The proxy does not accept a {method}"
                f" {'' if reads else 'that changes something '}here (c.SlurmRest.proxy_methods"
                f" is {allowed!r}).",
            )
        if "Transfer-Encoding" in self.request.headers:
            raise RequestFailed(411, "invalid", "The request needs a Content-Length header.")
        if self._length() > self.context.max_body_size:
            limit = self.context.max_body_size / 1e6
            raise RequestFailed(413, "too_large", f"The body has more than {limit:.1f} MB.")
        return target, path

    def _require_more_than_a_cookie(self) -> None:
        """Refuse what a link, an image or a websocket of any page could ask for.

        A browser sends the login's cookie along with those, and on a hub a Referer that
        looks like ours: other users' pages have the same host. None of those has the header.
        """
        if self.token_authenticated:
            return
        method = self.request.method
        try:
            if not {"X-Xsrftoken", "X-Csrftoken"} & {
                name for name, _ in self.request.headers.get_all()
            }:
                raise HTTPError(403)
            # For a GET the check is content with less: with a Referer, or where a page is opened.
            self.request.method = "POST"
            self.check_xsrf_cookie()
        except HTTPError:
            raise RequestFailed(
                403,
                "forbidden",
                "This GET may change something, and the request has no valid X-XSRFToken header.",
                advice="Send the header, or a Jupyter token in place of the cookie.",
            ) from None
        finally:
            self.request.method = method

    def _length(self) -> int:
        given = self.request.headers.get("Content-Length") or "0"
        if not _LENGTH.fullmatch(given):
            raise RequestFailed(400, "invalid", "Content-Length: a number of bytes was expected.")
        return int(given)

    async def _uploaded(self, length: int) -> AsyncIterator[bytes]:
        while length > 0:
            piece = await _in_time(self._pieces.get(), "send the rest of the body")
            length -= len(piece)
            yield piece


async def _in_time(work: Awaitable[T], what: str) -> T:
    try:
        return await asyncio.wait_for(work, IDLE)
    except asyncio.TimeoutError:
        raise RequestFailed(
            408, "timeout", f"The client did not {what} within {IDLE:g} seconds."
        ) from None
