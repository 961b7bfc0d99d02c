"""Map errors of slurmrestd to :mod:`~jupyter_slurm_rest.slurm.errors`.

The error number of Slurm is considered first, then the HTTP status, then the text. The body
is always read before the status: a 500 may hold data, a 200 errors.

Releases and calls differ in what becomes of a rejected token: a number of its own,
accounting that cannot be reached, an error without a number. The request ``diag`` of
slurmctld decides: if it succeeds, the token is valid.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

from jupyter_slurm_rest.slurm.wire.envelope import Envelope, Problem, decode, text
from jupyter_slurm_rest.slurm.wire.version import WITHOUT_SLURMDBD, numbers_rejected_tokens

from .credentials import Credentials
from .errors import (
    AccountingDown,
    Busy,
    ControllerDown,
    NoSuchEndpoint,
    NotFound,
    PermissionDenied,
    Refused,
    SlurmError,
    SlurmTimeout,
    TokenRejected,
    TokenSuspected,
    TooLarge,
    UnreadableResponse,
    UserNotResolved,
    shorten,
)
from .transport import Response, Transport

#: ESLURM_REST_EMPTY_RESULT and SLURM_NO_CHANGE_IN_DATA are not errors.
_HARMLESS = {9003, 1900}
_TOKEN = {1007, 6000, 6001, 6004, 6007, 9008}
#: slurmctld closed the connection, as releases before 24.11 do when they reject the token:
#: reads end in "Unspecified error", writes in "Zero Bytes were transmitted or received".
_HUNG_UP = {-1, 5005}
#: "Unspecified error" is also what remains of a slurmctld that is down: then slurmrestd
#: has tried for longer than this (seconds; 0.02 and 9 were seen).
_PATIENCE = 3.0
#: Other errors for a rejected token, by release and call: unspecific error numbers.
_MAYBE_TOKEN = {-1, 1, 1000}
#: "Unexpected message received": up to v0.0.38 a change ends so where slurmctld is down.
_UNEXPECTED = 1000
_DENIED = {2002, 2010, 6010, 6011}
_CONTROLLER = {1800, 1801, 1802, 1803, 1805, 2027, 2132, 5003, 5005}
_TIMEOUT = {5004, 1021, 1022, 1023}
_ACCOUNTING = {7000, 7008}
_NOT_FOUND = {2017: "job", 2018: "node", 2000: "partition", 2053: "reservation"}
#: ESLURM_USER_ID_UNKNOWN; elsewhere it is said in words, with no number.
_NO_SUCH_USER = 2166
_NOT_RESOLVED = re.compile(r"Unable to resolve .*user", re.DOTALL)
_MISSED = ("Failure to query", "Unable to find")

_RENEW_ADVICE = "Get a new token. If it is rejected as well, check the clocks and the user name."


class _Context(NamedTuple):
    status: int
    by_accounting: bool
    #: Kind and name of the one thing that was asked for.
    wanted: tuple[str, str] | None
    #: Whether it came sooner than slurmrestd gives up a slurmctld that is down.
    quick: bool
    #: Whether a rejected token has a number of its own.
    names_tokens: bool


def failure(
    response: Response, *, path: str, wanted: tuple[str, str] | None = None, rows: bool = False
) -> SlurmError | None:
    """The error in ``response``, or ``None``.

    ``wanted`` is the kind and name of the one thing that was asked for; errors that
    say it is not there become :exc:`NotFound`. Entries of ``errors`` in a response with
    status 200 count too. ``rows``: records were read out of it already.
    """
    if response.content_type != "application/json":
        return _without_json(response, path)
    try:
        envelope = decode(response.body, Envelope)
    except UnreadableResponse as problem:
        return problem
    reported = envelope.errors or []
    by_accounting = path.startswith("/slurmdb/")
    problems = [entry for entry in reported if not _harmless(entry)]
    beside = problems and not by_accounting and all(map(_of_accounting, problems))
    if beside and (rows or _has_rows(response.body)):
        # slurmctld's records are there; accounting could not name something in them.
        return None
    if not problems and (response.status == 200 or reported):
        return None
    context = _Context(
        response.status,
        by_accounting,
        wanted,
        response.seconds < _PATIENCE,
        numbers_rejected_tokens(envelope.release()),
    )
    # "Unspecified error" adds nothing to another error.
    telling = [entry for entry in problems if entry.code != -1]
    # 24.05 returns no error at all in this case.
    unsaid = Problem(error_number=-1 if envelope.errors is not None else None)
    found = [_to_error(entry, context) for entry in telling or problems or [unsaid]]
    # The most specific one: the first that is not just :exc:`Refused`, otherwise the first.
    return next((error for error in found if type(error) is not Refused), found[0])


def _harmless(entry: Problem) -> bool:
    if entry.code in _HARMLESS or not (entry.code or entry.words):
        return True
    # The success of an array's update to v0.0.38: error number 0.
    return not entry.code and entry.words.startswith("job array update from")


def _of_accounting(entry: Problem) -> bool:
    """Whether it is about an additional query of slurmrestd to slurmdbd, which failed."""
    from_slurmdb = text(entry.source).startswith("slurmdb_")
    return from_slurmdb and entry.code not in _TOKEN | _ACCOUNTING


class _Rows(Envelope):
    jobs: list[msgspec.Raw] | None = None
    partitions: list[msgspec.Raw] | None = None
    nodes: list[msgspec.Raw] | None = None


def _has_rows(body: bytes) -> bool:
    try:
        found = decode(body, _Rows)
    except UnreadableResponse:
        return False
    return bool(found.jobs or found.partitions or found.nodes)


def _to_error(entry: Problem, context: _Context) -> SlurmError:
    found = _classify(entry, context)
    silent = entry.code in _MAYBE_TOKEN and context.status >= 500 and context.quick
    if isinstance(found, AccountingDown) or (silent and not isinstance(found, TokenRejected)):
        found.maybe_token = True
    return found


def _classify(entry: Problem, context: _Context) -> SlurmError:
    code, words, source = entry.code, entry.words, entry.source or ""

    def made(kind: type[SlurmError], message: str, advice: str = "") -> SlurmError:
        return kind(
            message, advice=advice, error_number=code or None, slurm_text=words, source=source
        )

    if code in _TOKEN or context.status in (401, 511) or "authentication" in words.lower():
        return made(TokenRejected, "Slurm does not accept the token.", _RENEW_ADVICE)
    hung_up = code in _HUNG_UP and context.status == 500 and context.quick
    if hung_up and not context.names_tokens:
        return made(
            TokenSuspected,
            "Slurm's controller closed the connection, most likely because it does not accept"
            " the token.",
            _RENEW_ADVICE,
        )
    if code == _NO_SUCH_USER or _NOT_RESOLVED.search(words):
        return made(
            UserNotResolved,
            "slurmrestd's host does not know this user.",
            "Ask its administrators to make the cluster's users known there.",
        )
    down = context.by_accounting and code in _CONTROLLER | {-1}
    if code in _ACCOUNTING or down or (not context.by_accounting and _of_accounting(entry)):
        return made(
            AccountingDown,
            "Slurm's accounting (slurmdbd) does not respond.",
            "Jobs continue to run. History and limits are unavailable until it is back."
            if context.by_accounting
            else "Jobs continue to run. This API version does not work without it.",
        )
    if code == 1804:
        return made(Busy, "Slurm limits the number of requests.", "Wait a moment and try again.")
    if code in _TIMEOUT or context.status == 504:
        return made(SlurmTimeout, "Slurm's controller did not respond in time.", "Try again later.")
    unresponded = code == -1 or (code == _UNEXPECTED and not context.quick)
    if code in _CONTROLLER or (context.status >= 500 and unresponded) or context.status == 502:
        return made(
            ControllerDown,
            "Slurm's controller (slurmctld) does not respond to slurmrestd.",
            "Running jobs continue. Wait until it is back.",
        )
    if context.wanted is not None and _missing(entry, context):
        return NotFound(*context.wanted, error_number=code or None, slurm_text=words, source=source)
    if code in _DENIED:
        return made(
            PermissionDenied,
            f"Slurm does not permit this: {_said(entry)}",
            "If you need this permission, ask the cluster's administrators.",
        )
    return made(Refused, f"Slurm refused: {_said(entry) or f'HTTP status {context.status}.'}")


def _missing(entry: Problem, context: _Context) -> bool:
    return (
        (context.wanted is not None and _NOT_FOUND.get(entry.code) == context.wanted[0])
        or (context.status == 404 and entry.code not in _DENIED)
        # For others, only the text says that they do not exist; the error number is
        # unspecific.
        or (entry.code in (0, 9000, 9002) and text(entry.description).startswith(_MISSED))
    )


def _said(entry: Problem) -> str:
    """The most helpful text: that of Slurm itself, otherwise that of slurmrestd."""
    own = text(entry.error) if isinstance(entry.error, str) else ""
    # slurmrestd's own error numbers are unspecific.
    description = own if 0 < entry.code < 9000 and own else text(entry.description) or own
    return f"{shorten(description, 300).rstrip('.')}." if description else ""


def _without_json(response: Response, path: str) -> SlurmError | None:
    """slurmrestd responds in plain text if it fails before it contacts Slurm."""
    body = shorten(response.body[:2000].decode("utf-8", "replace"))
    status = response.status
    if status in (204, 304):
        return None
    if status == 401 or "authentication" in body.lower():
        return TokenRejected(
            "slurmrestd does not accept the token.", advice=_RENEW_ADVICE, slurm_text=body
        )
    if status in (404, 405) and response.content_type in ("text/plain", ""):
        return NoSuchEndpoint(f"slurmrestd does not serve {shorten(path, 120)}.", slurm_text=body)
    if status == 413:
        return TooLarge("The request is larger than slurmrestd accepts.", slurm_text=body)
    if status in (502, 503, 504):
        return ControllerDown(
            f"A proxy in front of slurmrestd returned HTTP status {status}.",
            advice="slurmrestd may be down; try again later.",
            slurm_text=body,
        )
    if status in (400, 406, 411, 415, 417, 500):
        return Refused(
            f"slurmrestd refused the request (HTTP status {status}): {body}", slurm_text=body
        )
    return UnreadableResponse(
        f"The response (HTTP status {status}, {response.content_type or 'no content type'}) is"
        " not from slurmrestd.",
        advice="Check that the address is that of slurmrestd, not of a login page or another"
        " service.",
        slurm_text=body,
    )


async def verdict(
    transport: Transport, problem: SlurmError, target: str, credentials: Credentials
) -> tuple[SlurmError, str]:
    """What became of the request to ``target``: ``problem``, or that the token is rejected.

    Beside it the API version that serves it although slurmdbd is down, or an empty string.
    ``problem.maybe_token`` stays set where slurmctld could not be asked.
    """
    used = target.split("/")[2]
    for version in dict.fromkeys((used, *WITHOUT_SLURMDBD)):
        path = f"/slurm/{version}/diag/"
        found = failure(await transport.request("GET", path, credentials=credentials), path=path)
        if isinstance(found, TokenRejected):
            return _rejected(problem, found), ""
        if isinstance(found, (NoSuchEndpoint, AccountingDown)):
            continue
        problem.maybe_token = False
        elsewhere = found is None and version != used and target.startswith("/slurm/")
        return problem, version if elsewhere else ""
    return problem, ""


def worth_renewing(problem: SlurmError, twice_is_once: bool = True) -> bool:
    """Whether to repeat a request with a new token.

    ``twice_is_once``: repeating it is safe even if it already took effect.
    """
    if isinstance(problem, TokenRejected):
        return problem.sure or twice_is_once
    # The cause is unknown, and slurmrestd did not contact slurmctld.
    return isinstance(problem, AccountingDown) and problem.maybe_token


def _rejected(problem: SlurmError, found: TokenRejected) -> TokenRejected:
    if not isinstance(problem, AccountingDown):
        return found
    # Both daemons reject it. slurmrestd contacts slurmctld only after slurmdbd, so nothing
    # was changed.
    return TokenRejected(
        "Slurm does not accept the token.",
        advice=found.advice,
        error_number=found.error_number,
        slurm_text=found.slurm_text,
        source=found.source,
    )
