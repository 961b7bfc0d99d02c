"""Every error as a status code and a body that a user can read: the one table."""

from __future__ import annotations

import http
import logging
import re
import traceback
from typing import Any

from tornado import web

from jupyter_slurm_rest.file_threads import FileSystemStalled
from jupyter_slurm_rest.http.responses import ErrorResponse, HttpError, MalformedRequest
from jupyter_slurm_rest.slurm import errors as slurm
from jupyter_slurm_rest.slurm.sbatch import ScriptError
from jupyter_slurm_rest.tokens.errors import TokenError

from .schemas import ErrorBody, Reason, ScriptProblem

log = logging.getLogger(__name__)


class RequestFailed(HttpError):
    """A request that this server rejects."""

    def __init__(
        self,
        status: int,
        reason: Reason,
        message: str,
        *,
        field: str | None = None,
        advice: str = "",
    ) -> None:
        body = ErrorBody(message=message, reason=reason, field=field, advice=advice)
        super().__init__(message, ErrorResponse(status, body))


#: From specific to general; the first match counts.
_STATUSES: list[tuple[type[slurm.SlurmError], int, Reason]] = [
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
    (slurm.ResponseLost, 502, "response_lost"),
    (slurm.Unreachable, 502, "unreachable"),
    (slurm.UnreadableResponse, 502, "unreadable_response"),
    (slurm.TooLarge, 502, "too_large"),
    (slurm.Refused, 422, "refused"),
]

#: For errors of tornado and jupyter_server.
_HTTP_REASONS: dict[int, Reason] = {401: "forbidden", 403: "forbidden", 404: "not_found"}

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


def error_response(error: BaseException) -> ErrorResponse:
    """The response to a request that failed with ``error``."""
    if isinstance(error, HttpError):
        return error.response
    if isinstance(error, MalformedRequest):
        return ErrorResponse(400, ErrorBody(message=error.message, reason="invalid"))
    if isinstance(error, TokenError):
        return ErrorResponse(
            401, ErrorBody(message=error.message, reason=error.code, action=error.action)
        )
    if isinstance(error, slurm.SlurmError):
        return _slurm_response(error)
    if isinstance(error, FileSystemStalled):
        message = f"{error.filename} does not respond; nothing was sent to Slurm."
        body = ErrorBody(message=message, reason="stalled", advice="Try again later.")
        return ErrorResponse(503, body)
    # Type and place, but not the message: it may quote a header, and so a token.
    log.error(
        "%s while answering a request:\n%s",
        type(error).__name__,
        "".join(traceback.format_tb(error.__traceback__)),
    )
    return ErrorResponse(
        500,
        ErrorBody(
            message="The Jupyter server's Slurm extension had an internal error.",
            reason="internal",
            advice="See the Jupyter server's log.",
        ),
    )


def http_error_response(status: int, error: BaseException | None) -> ErrorResponse:
    """For tornado's and jupyter_server's own errors (403, 404, 405, ...)."""
    message = error.log_message if isinstance(error, web.HTTPError) else None
    reason = _HTTP_REASONS.get(status, "http")
    body = ErrorBody(message=message or http.HTTPStatus(status).phrase, reason=reason)
    return ErrorResponse(status, body)


def _slurm_response(error: slurm.SlurmError) -> ErrorResponse:
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
        problems=[_problem(fault) for fault in getattr(error, "faults", ())],
        **position,
    )
    return ErrorResponse(status, body)


def _problem(fault: ScriptError) -> ScriptProblem:
    instead = fault.replacement
    message = f"{fault.message} {fault.advice}".rstrip().removeprefix(f"Line {fault.line}: ")
    if instead:
        # The list of valid values is not needed if there is a suggestion.
        message = re.sub(r"; write .*", ".", message)
    return ScriptProblem(
        message=message if message.startswith("sbatch") else message[0].upper() + message[1:],
        field=None if fault.field == "script" else fault.field,
        line=fault.line,
        column=instead.column if instead else fault.column,
        end_column=instead.end_column if instead else None,
        text=instead.text if instead else "",
    )
