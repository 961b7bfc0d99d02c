"""How a request ends with an error: a status, a JSON body, and headers.

The server extension and the hub service each have a table of their own that makes an
:class:`ErrorResponse` of an exception; how it is written is the same for both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

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
