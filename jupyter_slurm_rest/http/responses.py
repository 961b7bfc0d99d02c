"""JSON responses: ETags, compression, and errors in one shape.

The server extension and the hub service each have a table of their own that makes an
:class:`ErrorResponse` of an exception; how it is written is the same for both.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections.abc import Mapping
from typing import Any, cast

import msgspec
from tornado.http1connection import HTTP1Connection
from tornado.web import RequestHandler

from jupyter_slurm_rest.slurm.errors import SlurmRestError


class ErrorResponse(msgspec.Struct, frozen=True):
    """What a client gets when its request failed."""

    status: int
    #: Anything that msgspec encodes as a JSON object.
    body: Any
    headers: Mapping[str, str] = {}


class HttpError(SlurmRestError):
    """A request that this side itself refuses, with the response that says so."""

    def __init__(self, message: str, response: ErrorResponse) -> None:
        super().__init__(message)
        self.message = message
        self.response = response

    @property
    def status(self) -> int:
        """The HTTP status of the response."""
        return self.response.status

    @property
    def body(self) -> Any:
        """The body of the response."""
        return self.response.body


class MalformedRequest(SlurmRestError):
    """The body is not JSON, or is missing: HTTP status 400."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


#: Bytes from which on a response is compressed, and from which on in another thread.
_WORTH_COMPRESSING = 1_024
_COMPRESSED_HERE = 65_536
#: Three times as fast as the usual 6, and rows of JSON still shrink to a tenth.
_LEVEL = 2


class JsonHandler(RequestHandler):
    """A mixin for tornado's handlers: how responses and errors are written."""

    async def respond(self, content: Any, *, status: int = 200) -> bool:
        """Finish with ``content`` as JSON, compressed where that is worth it.

        What has an ``as_of`` also gets an ETag, made from all the rest: an unchanged
        list costs a 304, whose header ``Slurm-As-Of`` says how young it is.

        Returns whether the content was sent: false for a 304.
        """
        self.set_status(status)
        if (as_of := getattr(content, "as_of", None)) is not None:
            self.set_header("Etag", etag(content))
            self.set_header("Slurm-As-Of", f"{as_of:.3f}")
            if self.check_etag_header():
                self.set_status(304)
                await self.finish()
                return False
        self.set_header("Vary", "Accept-Encoding")
        body, encoding = await encoded(content, self.request.headers.get("Accept-Encoding", ""))
        if encoding:
            self.set_header("Content-Encoding", encoding)
        await self.finish(body)
        return True

    def fail(self, error: ErrorResponse) -> None:
        """Finish with an error; in the middle of a response, by breaking it off."""
        if self._headers_written:
            # The client must not take half a response for a whole one.
            cast("HTTP1Connection", self.request.connection).close()
            return
        self.set_status(error.status)
        for name, value in error.headers.items():
            self.set_header(name, value)
        self.finish(msgspec.json.encode(error.body))

    def compute_etag(self) -> str | None:
        """Only where :meth:`respond` sets one: tornado's would hash every response."""
        return None


def etag(content: Any) -> str:
    """Of all but the time. Weak: the same for every encoding of the response."""
    content = msgspec.structs.replace(content, as_of=0.0)
    if getattr(content, "version", "") and hasattr(content, "jobs"):
        # Says what the rows would say, without encoding thousands of them.
        content = msgspec.structs.replace(content, jobs=[])
    rest = msgspec.json.encode(content)
    return f'W/"{hashlib.blake2b(rest, digest_size=16).hexdigest()}"'


async def encoded(content: Any, accepted: str) -> tuple[bytes, str]:
    """``content`` as JSON, and its Content-Encoding: one of those ``accepted``, or none."""
    body = msgspec.json.encode(content)
    if len(body) < _WORTH_COMPRESSING or "gzip" not in accepted:
        return body, ""
    if len(body) < _COMPRESSED_HERE:
        return gzip.compress(body, _LEVEL), "gzip"
    return await asyncio.to_thread(gzip.compress, body, _LEVEL), "gzip"
