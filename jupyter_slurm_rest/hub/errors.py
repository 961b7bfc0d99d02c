"""Why the service issues no token or shows no shared data, as HTTP responses."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from jupyter_slurm_rest.http.responses import ErrorResponse, HttpError
from jupyter_slurm_rest.slurm.errors import InvalidRequest, SlurmRestError


class ConfigurationError(SlurmRestError):
    """The service cannot start (or a key cannot be used) as configured."""


class Refusal(HttpError):
    """No token. ``message`` is for the user, ``code`` for their server; neither is secret.

    ``reason`` is the one word that the metrics count by; ``details`` are sent with
    ``message``.
    """

    def __init__(
        self,
        status: HTTPStatus,
        code: str,
        message: str,
        *,
        reason: str = "",
        retry_after: int | None = None,
        details: Mapping[str, str] | None = None,
    ) -> None:
        body: dict[str, object] = {"code": code, "message": message, **(details or {})}
        headers = {}
        if retry_after is not None:
            headers["Retry-After"] = str(retry_after)
            body["retry_after"] = retry_after
        super().__init__(message, ErrorResponse(status, body, headers))
        self.code = code
        self.reason = reason or code


def not_identified() -> Refusal:
    """The hub does not know the caller's token (any more)."""
    return Refusal(
        HTTPStatus.UNAUTHORIZED,
        "login_expired",
        "The hub does not accept this server's token: the login has expired or the server was "
        "stopped. Log in at the hub again.",
    )


def scope_missing(scope: str) -> Refusal:
    """The caller may not use this service."""
    return Refusal(
        HTTPStatus.FORBIDDEN,
        "scope_missing",
        f"This server may not ask for Slurm tokens (scope {scope} is missing). Restart your "
        "server; if that does not help, the hub's roles need it for users and for servers.",
    )


def not_a_server(detail: str) -> Refusal:
    """The caller's token is not that of a single-user server."""
    return Refusal(HTTPStatus.FORBIDDEN, "token_refused", detail, reason="not_a_server")


def renamed(name: str) -> Refusal:
    """The token is that of a server whose owner has been renamed."""
    return Refusal(
        HTTPStatus.FORBIDDEN,
        "scope_missing",
        f"This server was started under another user name than {name}. Restart your server.",
        reason="renamed",
    )


def not_linked(hub_name: str) -> Refusal:
    """The hub user has no Slurm account, or none that may be used here."""
    return Refusal(
        HTTPStatus.FORBIDDEN,
        "account_not_linked",
        f"No Slurm account is linked to {hub_name}. Ask the hub's administrator.",
    )


def too_many(what: str = "Slurm tokens were") -> Refusal:
    """Rate limit."""
    return Refusal(
        HTTPStatus.TOO_MANY_REQUESTS,
        "token_rate_limited",
        f"Too many {what} asked for. Wait a minute.",
        retry_after=60,
    )


def renewing(seconds: int) -> Refusal:
    """The hub is about to renew the login's access token."""
    return Refusal(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "token_renewing",
        "The login's access token is being renewed. Try again in a few seconds.",
        retry_after=seconds,
    )


def hub_unreachable() -> Refusal:
    """The hub did not respond to the service."""
    return Refusal(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "token_source_unreachable",
        "The token service cannot reach the hub. Try again in a moment.",
        reason="hub_unreachable",
    )


def directory_stalled() -> Refusal:
    """The user directory of the service's host does not respond."""
    return Refusal(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "token_source_unreachable",
        "The user directory of the token service's host does not respond. Try again in a moment.",
        reason="directory_stalled",
    )


def not_shared() -> Refusal:
    """The site has not switched shared mode on for this cluster."""
    return Refusal(HTTPStatus.NOT_FOUND, "not_shared", "the hub does not share this cluster")


def not_public(why: str) -> Refusal:
    """The reader's data may not be shown to all users, or is incomplete."""
    return Refusal(HTTPStatus.CONFLICT, "not_public", why)


def slurm_failed(message: str) -> Refusal:
    """Slurm does not respond to the service's reader, or returns an error."""
    return Refusal(HTTPStatus.BAD_GATEWAY, "slurm_failed", message)


def invalid_query(message: str) -> Refusal:
    """The query has an unknown name or an invalid value."""
    return Refusal(HTTPStatus.BAD_REQUEST, "invalid_query", message)


def invalid(error: InvalidRequest) -> Refusal:
    """The query is valid, but cannot be served from shared data."""
    details = {"field": error.field, "advice": error.advice}
    return Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", error.message, details=details)


def error_response(status: int, error: BaseException | None) -> ErrorResponse:
    """The response for an exception, or for ``status`` alone."""
    if isinstance(error, HttpError):
        return error.response
    return ErrorResponse(status, {"code": "error", "message": HTTPStatus(status).phrase})
