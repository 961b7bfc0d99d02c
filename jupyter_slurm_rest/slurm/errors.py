"""Errors of the client, with messages that users can act on.

::

    SlurmRestError                 base of all errors of this package
    +-- TokenError                 no usable token (jupyter_slurm_rest.tokens)
    +-- SlurmError                 base of the errors that SlurmClient raises
        +-- Unreachable            nothing was sent
        +-- ResponseLost             sent, but no whole response: it may have taken effect
        |   +-- SlurmTimeout
        +-- NoToken                there is no token to send
        +-- TokenRejected          Slurm does not accept the token
        |   +-- TokenSuspected     most likely because of the token
        +-- PermissionDenied
        +-- NotFound               no such job, node, partition or reservation
        +-- Refused                by Slurm, in its own words
        |   +-- UserNotResolved
        +-- InvalidRequest         refused before anything was sent
        |   +-- ScriptError        at a line of a batch script
        +-- Unsupported            the API version cannot carry it
        +-- NoSuchEndpoint
        |   +-- NoCommonVersion
        +-- ControllerDown         slurmctld does not respond
        |   +-- Busy               it asked to come back later
        +-- AccountingDown         slurmdbd does not respond
        +-- AccountingMissing      this cluster serves no accounting
        +-- UnreadableResponse
        +-- TooLarge

``str(error)`` is a whole sentence. Words of Slurm itself are data: shortened, kept
apart in ``slurm_text``, never to be shown as markup. No error carries a token.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from jupyter_slurm_rest.redaction import redact

E = TypeVar("E", bound="SlurmRestError")

#: Upstream words longer than this are cut; they end in messages and logs.
MAX_UPSTREAM_TEXT = 500
MAX_MESSAGE = 1000


def shorten(text: str, limit: int = MAX_UPSTREAM_TEXT) -> str:
    """Upstream text on one line, without control characters and tokens, at most ``limit`` long."""
    text = redact(text[: 4 * limit])
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


class SlurmRestError(Exception):
    """Base of all errors of this package. ``message`` is a sentence; it holds no token."""

    message: str

    def __reduce__(self) -> tuple[Any, ...]:
        # Constructors differ, so pickle the resulting attributes.
        return _restored, (type(self), self.args, vars(self))


def _restored(kind: type[E], arguments: tuple[Any, ...], state: dict[str, Any]) -> E:
    error = kind.__new__(kind, *arguments)
    vars(error).update(state)
    return error


class SlurmError(SlurmRestError):
    """Base of every failure of :class:`~jupyter_slurm_rest.slurm.SlurmClient`."""

    def __init__(
        self,
        message: str,
        *,
        advice: str = "",
        error_number: int | None = None,
        slurm_text: str = "",
        source: str = "",
    ) -> None:
        if len(message) > MAX_MESSAGE:
            # It may quote user input.
            message = f"{message[: MAX_MESSAGE - 1]}…"
        super().__init__(message)
        #: A sentence: what happened.
        self.message = message
        #: A sentence: what the user can do; may be empty.
        self.advice = advice
        #: Slurm's number (``slurm_errno.h``), when it gave one.
        self.error_number = error_number
        #: Slurm's own words, shortened.
        self.slurm_text = shorten(slurm_text)
        #: The part of Slurm that said so (``slurm_load_jobs()``), if it is known.
        self.source = shorten(source, 120)
        #: Whether a rejected token gives the same response, so that slurmctld has to be
        #: asked.
        self.maybe_token = False


class Unreachable(SlurmError):
    """slurmrestd could not be reached; the request was not sent."""


class ResponseLost(SlurmError):
    """The request was sent, but no whole response came: it may have taken effect."""


class SlurmTimeout(ResponseLost):
    """No response within the time limit; the request may have taken effect."""


class NoToken(SlurmError):
    """No Slurm token is available."""


class TokenRejected(SlurmError):
    """Slurm does not accept the token: expired, badly signed, or another user's."""

    #: Whether it is certain that nothing was changed. Before 24.11, slurmctld just closes
    #: the connection if the token is bad, which looks the same as a crash during the
    #: request.
    sure = True


class TokenSuspected(TokenRejected):
    """slurmctld closed the connection, most likely because of the token."""

    sure = False


class PermissionDenied(SlurmError):
    """The user does not have permission."""


class NotFound(SlurmError):
    """The job, node, partition or reservation does not exist, or is hidden."""

    def __init__(self, kind: str, name: str, **details: object) -> None:
        advice = {
            "job": "Slurm forgets jobs a few minutes after they end. Look for it in the history.",
        }.get(kind, "")
        super().__init__(
            f"Slurm could not find {kind} {shorten(name, 80)!r}.",
            advice=advice,
            **details,  # type: ignore[arg-type]
        )
        self.kind = kind
        self.name = name


class Refused(SlurmError):
    """Slurm understood the request and refused it, in its own words."""


class UserNotResolved(Refused):
    """slurmrestd's host does not know a user by name: it does not exist, or the host is a
    container.
    """


class InvalidRequest(SlurmError):
    """The request is invalid; nothing was sent to Slurm."""

    def __init__(self, field: str, message: str, *, advice: str = "") -> None:
        super().__init__(message, advice=advice)
        #: The option or parameter that is wrong.
        self.field = field


class Unsupported(SlurmError):
    """The API version in use does not support the request."""

    def __init__(
        self, feature: str, api_version: str, *, needs: str = "", advice: str = ""
    ) -> None:
        need = f" It needs {needs}." if needs else ""
        super().__init__(
            f"{feature} is not possible through Slurm's API {api_version}.{need}", advice=advice
        )
        self.feature = feature
        self.api_version = api_version
        #: Which API version can, in words; empty when none can.
        self.needs = needs


class NoSuchEndpoint(SlurmError):
    """slurmrestd does not serve this path."""


class NoCommonVersion(NoSuchEndpoint):
    """slurmrestd and this client have no API version in common."""


class ControllerDown(SlurmError):
    """slurmrestd responds, but slurmctld does not."""


class Busy(ControllerDown):
    """slurmctld asked to come back later (rate limit)."""


class AccountingDown(SlurmError):
    """The accounting daemon (slurmdbd) does not respond."""


class AccountingMissing(SlurmError):
    """This cluster's slurmrestd does not serve accounting."""

    def __init__(self) -> None:
        super().__init__(
            "This cluster's slurmrestd does not serve accounting.",
            advice="Finished jobs, accounts and limits are not available.",
        )


class UnreadableResponse(SlurmError):
    """The response is not valid: not JSON, or JSON with another structure."""


class TooLarge(SlurmError):
    """The response (or request) is larger than the limit set for it."""


class Replacement(msgspec.Struct, frozen=True):
    """What to write in a line from ``column`` (counted from 1) up to ``end_column``."""

    column: int
    end_column: int
    text: str


class ScriptError(InvalidRequest):
    """A script that sbatch would reject, or that cannot be submitted as sbatch would.

    ``line`` and ``column`` count from 1. ``field`` is the option's name with
    underscores, or ``script``.
    """

    def __init__(
        self,
        line: int,
        column: int,
        message: str,
        *,
        field: str = "script",
        advice: str = "",
        replacement: Replacement | None = None,
    ) -> None:
        super().__init__(field, f"Line {line}: {message}", advice=advice)
        self.line = line
        self.column = column
        #: What was most likely meant.
        self.replacement = replacement
        #: All faults of the script, if they were looked for.
        self.faults: list[ScriptError] = []
