"""Errors of the Python API and of ``%slurm``: all are :exc:`SlurmError`."""

from __future__ import annotations

from typing import Any, TypeVar

from jupyter_slurm_rest.redaction import printable
from jupyter_slurm_rest.slurm import errors as slurm
from jupyter_slurm_rest.slurm.errors import SlurmError

#: What the server's short codes mean; every other one is a plain :exc:`SlurmError`.
_KINDS: dict[str, type[SlurmError]] = {
    "accounting_down": slurm.AccountingDown,
    "accounting_missing": slurm.AccountingMissing,
    "busy": slurm.Busy,
    "controller_down": slurm.ControllerDown,
    "forbidden": slurm.PermissionDenied,
    "invalid": slurm.InvalidRequest,
    "no_such_cluster": slurm.NotFound,
    "not_found": slurm.NotFound,
    "not_owner": slurm.PermissionDenied,
    "permission_denied": slurm.PermissionDenied,
    "refused": slurm.Refused,
    "timeout": slurm.SlurmTimeout,
    "token_missing": slurm.NoToken,
    "token_rejected": slurm.TokenRejected,
    "too_large": slurm.TooLarge,
    "unreachable": slurm.Unreachable,
    "response_lost": slurm.ResponseLost,
    "unreadable_response": slurm.UnreadableResponse,
    "unsupported": slurm.Unsupported,
}
E = TypeVar("E", bound=SlurmError)


class SlurmMagicError(SlurmError):
    """An error of ``%slurm``; IPython shows only its message and advice."""

    def __init__(self, message: str, advice: str = "", *, reason: str = "") -> None:
        super().__init__(message, advice=advice)
        #: The short code of the server's error, where it comes from the server.
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".strip()

    def _render_traceback_(self) -> list[str]:
        """IPython's way to let an exception show itself."""
        return [printable(f"Slurm: {self}")]

    @classmethod
    def of(cls, error: SlurmError) -> SlurmMagicError:
        """``error`` as a magic shows it."""
        if isinstance(error, cls):
            return error
        return cls(error.message, error.advice, reason=getattr(error, "reason", ""))


def with_advice(error: E, advice: str) -> E:
    """``error``, whose traceback ends with ``advice`` (from Python 3.11 on)."""
    if advice:
        error.__notes__ = [advice]  # type: ignore[attr-defined]
    return error


def failed(kind: type[E], message: str, advice: str = "", **details: Any) -> E:
    """An error of ``kind`` with these words, whatever its constructor would make of them."""
    error = kind.__new__(kind, message)
    numbers = {name: details.pop(name, None) for name in ("error_number", "slurm_text")}
    SlurmError.__init__(
        error,
        message,
        advice=advice,
        error_number=numbers["error_number"],
        slurm_text=numbers["slurm_text"] or "",
    )
    vars(error).update(details)
    return with_advice(error, advice)


def from_response(body: dict[str, Any], advice: str = "") -> SlurmError:
    """The server's error as an exception. Raises ``KeyError`` and alike for other bodies."""
    reason = body["reason"] or ""
    return failed(
        _KINDS.get(reason, SlurmError),
        body["message"],
        body.get("advice") or advice,
        reason=reason,
        field=body.get("field"),
        error_number=body.get("error_number"),
        slurm_text=body.get("slurm_text"),
    )
