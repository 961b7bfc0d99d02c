"""Every failure as a status code and a body a user can read: the one table."""

from __future__ import annotations

import http
import logging
import traceback
from typing import Any

import msgspec
from tornado import web

from jupyter_slurm_rest.file_threads import FileSystemStalled
from jupyter_slurm_rest.slurm import errors as slurm
from jupyter_slurm_rest.tokens.errors import TokenError

from .responses import ErrorBody

log = logging.getLogger(__name__)


class RequestFailed(slurm.SlurmRestError):
    """A request that this server itself answers with an error."""

    def __init__(
        self, status: int, reason: str, message: str, *, field: str | None = None, advice: str = ""
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = ErrorBody(message=message, reason=reason, field=field, advice=advice)


class Failure(msgspec.Struct, frozen=True):
    """What a client gets instead of a response."""

    status: int
    body: ErrorBody


#: From the special to the general: the first match counts.
_STATUSES: list[tuple[type[slurm.SlurmError], int, str]] = [
    (slurm.InvalidRequest, 422, "invalid"),
    (slurm.Unsupported, 422, "unsupported"),
    (slurm.NoToken, 401, "token_missing"),
    (slurm.TokenRejected, 401, "token_rejected"),
    (slurm.PermissionDenied, 403, "permission_denied"),
    (slurm.NotFound, 404, "not_found"),
    (slurm.AccountingMissing, 501, "accounting_missing"),
    (slurm.AccountingDown, 502, "accounting_down"),
    (slurm.NoSuchEndpoint, 501, "no_such_endpoint"),
    (slurm.Busy, 503, "busy"),
    (slurm.ControllerDown, 502, "controller_down"),
    (slurm.SlurmTimeout, 504, "timeout"),
    (slurm.ResponseLost, 502, "answer_lost"),
    (slurm.Unreachable, 502, "unreachable"),
    (slurm.UnreadableResponse, 502, "unreadable_answer"),
    (slurm.TooLarge, 502, "too_large"),
    (slurm.Refused, 422, "refused"),
]

#: Slurm's refusals that are about one option of a submission or a change.
_FIELDS = {
    2000: "partition",
    2001: "partition",
    2003: "nodes",
    2006: "nodes",
    2013: "dependency",
    2014: "nodes",
    2026: "chdir",
    2040: "licenses",
    2045: "account",
    2051: "time",
    2066: "qos",
    2072: "gres",
}


def failure_of(error: BaseException) -> Failure:
    """The failure that a client is told when ``error`` ended its request."""
    if isinstance(error, RequestFailed):
        return Failure(error.status, error.body)
    if isinstance(error, TokenError):
        return Failure(
            401, ErrorBody(message=error.message, reason=error.code, action=error.action)
        )
    if isinstance(error, slurm.SlurmError):
        return _slurm_failure(error)
    if isinstance(error, FileSystemStalled):
        said = f"{error.filename} does not respond; nothing was sent to Slurm."
        return Failure(503, ErrorBody(message=said, reason="stalled", advice="Try again later."))
    # Type and place, but not the message: it may quote a header, and so a token.
    log.error(
        "%s while answering a request:\n%s",
        type(error).__name__,
        "".join(traceback.format_tb(error.__traceback__)),
    )
    return Failure(
        500,
        ErrorBody(
            message="Something went wrong inside the Jupyter server's Slurm extension.",
            reason="internal",
            advice="The Jupyter server's log says where.",
        ),
    )


def http_failure(status: int, error: BaseException | None) -> Failure:
    """The failure behind tornado's and jupyter_server's own errors (403, 404, 405, ...)."""
    said = error.log_message if isinstance(error, web.HTTPError) else None
    message = said or http.HTTPStatus(status).phrase
    reason = {401: "forbidden", 403: "forbidden", 404: "not_found"}.get(status, "http")
    return Failure(status, ErrorBody(message=message, reason=reason))


def _slurm_failure(error: slurm.SlurmError) -> Failure:
    status, reason = next(
        ((status, reason) for kind, status, reason in _STATUSES if isinstance(error, kind)),
        (502, "refused"),
    )
    field: str | None = getattr(error, "field", None)
    if field is None and isinstance(error, slurm.Refused) and error.error_number is not None:
        field = _FIELDS.get(error.error_number)
    position: dict[str, Any] = {
        name: getattr(error, name) for name in ("line", "column") if hasattr(error, name)
    }
    body = ErrorBody(
        message=error.message,
        reason=reason,
        field=field,
        advice=error.advice,
        error_number=error.error_number,
        slurm_text=error.slurm_text,
        **position,
    )
    return Failure(status, body)
