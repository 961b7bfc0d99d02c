"""What every response has (errors, warnings, releases), and scalars in all versions.

A number may be plain, ``null``, a string, or ``{"set", "infinite", "number"}``; a
list of words may be a list or one comma-separated string. The readers here take all.
"""

from __future__ import annotations

import math
import re
from typing import Any, TypeVar

import msgspec

from jupyter_slurm_rest.slurm.errors import UnreadableResponse, shorten
from jupyter_slurm_rest.slurm.models import ExitCode, Limit
from jupyter_slurm_rest.slurm.models.job import signal_name


class NumberOrNone(msgspec.Struct):
    """Slurm's optional number (from v0.0.39): infinite, set, or neither."""

    set: bool = False
    infinite: bool = False
    number: int | float | str | None = None


#: A number on the wire.
Number = int | float | str | NumberOrNone | None
#: A string on the wire.
Text = str | None
#: A list of words on the wire.
Words = list[str] | str | None

#: NO_VAL and INFINITE of slurm.h, 32 bits; the 64-bit ones are above ``_HUGE``.
_NO_VAL = 0xFFFFFFFE
_INFINITE = 0xFFFFFFFF
_HUGE = 1 << 63


def at(tree: dict[str, Any] | None, path: str) -> Any:
    """What stands at ``path`` (``jobs/per/user``) of nested objects, or ``None``."""
    found: Any = tree
    for name in path.split("/"):
        if not isinstance(found, dict):
            return None
        found = found.get(name)
    return found


def number(value: Number) -> int | None:
    """An integer; ``None`` where Slurm has none, or says that there is no limit."""
    if type(value) is int:
        return value if value < _NO_VAL or _INFINITE < value < _HUGE else None
    if type(value) is NumberOrNone:
        return number(value.number) if value.set and not value.infinite else None
    found = real(value)
    return None if found is None else int(found)


def real(value: Number) -> float | None:
    """A float; ``None`` where Slurm has none, NaN, infinity or its 2^64-1."""
    if type(value) is NumberOrNone:
        return real(value.number) if value.set and not value.infinite else None
    try:
        found = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) and found < _HUGE else None


def limit(value: Number) -> Limit:
    """A limit: an integer, ``UNLIMITED``, or ``None`` where Slurm has none."""
    if type(value) is NumberOrNone:
        return "UNLIMITED" if value.infinite else number(value)
    if value in (-1, _INFINITE, "Infinity"):
        return "UNLIMITED"
    return number(value)


def timestamp(value: Number) -> int | None:
    """Seconds since the epoch; Slurm writes 0 for "never"."""
    return number(value) or None


def positive(value: Number) -> int | None:
    """A count or number of a record, where 0 means that there is none."""
    return number(value) or None


def words(value: Words) -> list[str]:
    """A list of words."""
    if not value:
        return []
    items = value.split(",") if type(value) is str else value
    return [item for item in items if item]


def text(value: Text) -> str:
    """A string; Slurm's ``(null)`` and ``null`` are empty."""
    return value if value and value != "(null)" else ""


class Signal(msgspec.Struct):
    id: Number = None
    #: To v0.0.39.
    signal_id: Number = None


class ExitStatus(msgspec.Struct):
    """An exit code taken apart by Slurm (slurmdb, and slurm from v0.0.40)."""

    #: A word to v0.0.39, then a list.
    status: Words = None
    return_code: Number = None
    signal: Signal | None = None
    # The optional number that v0.0.39 sends in its place, holding the wait status.
    set: bool = False
    infinite: bool = False
    number: Number = None


#: How a job ended, on the wire: taken apart, or the wait status as a number.
Exit = int | ExitStatus | None


def exit_code(value: Exit) -> ExitCode | None:
    """How a job or step ended; ``None`` where Slurm does not say."""
    if value is None:
        return None
    if type(value) is ExitStatus:
        if value.set:
            return _wait_status(number(value.number))
        if value.return_code is None and value.signal is None:
            return None
        signal = value.signal or Signal()
        code = number(value.return_code)
        by = number(signal.id) or number(signal.signal_id) or 0
        # v0.0.39 gives a job that was ended by a signal the code -127, sacct 0.
        return ExitCode(code=max(code or 0, 0), signal=by, signal_name=signal_name(by))
    return _wait_status(number(value)) if type(value) is int else None


def _wait_status(status: int | None) -> ExitCode | None:
    if status is None:
        return None
    by = status & 0x7F
    return ExitCode(code=(status >> 8) & 0xFF, signal=by, signal_name=signal_name(by))


class Problem(msgspec.Struct):
    """An entry of ``errors`` or ``warnings``; older versions name the parts otherwise."""

    description: Text = None
    error: str | int | None = None
    source: Text = None
    error_number: Number = None
    error_code: Number = None
    errno: Number = None

    @property
    def code(self) -> int:
        """Slurm's error number, 0 for none."""
        for value in (self.error_number, self.error_code, self.errno):
            found = number(value)
            if found:
                return found
        return 0

    @property
    def words(self) -> str:
        """Slurm's words: what went wrong, then where, without saying a thing twice."""
        parts = [text(self.error) if isinstance(self.error, str) else "", text(self.description)]
        return ": ".join(dict.fromkeys(part for part in parts if part))


class _Release(msgspec.Struct):
    release: Text = None
    cluster: Text = None


class Meta(msgspec.Struct, rename={"old": "Slurm"}):
    slurm: _Release | None = None
    #: Up to v0.0.39 the key is capitalized.
    old: _Release | None = None


class Envelope(msgspec.Struct):
    """The parts of a response that are the same for all; payloads inherit."""

    errors: list[Problem] | None = None
    warnings: list[Problem] | None = None
    meta: Meta | None = None

    def release(self) -> str:
        """Slurm's release (``26.05.5``), or empty."""
        return self._told("release")

    def cluster(self) -> str:
        """The cluster's own name, or empty (before 23.11.1)."""
        return self._told("cluster")

    def _told(self, what: str) -> str:
        meta = self.meta or Meta()
        return next(
            (text(getattr(part, what)) for part in (meta.slurm, meta.old) if part is not None), ""
        )


E = TypeVar("E", bound=msgspec.Struct)

#: What msgspec says of JSON whose lists and objects stand in each other too often.
TOO_DEEP = "it is nested too deeply"

#: A string of JSON, or a bare word that JSON does not know and older slurmrestd writes.
_BARE = re.compile(rb'"(?:[^"\\]|\\.)*"|-?(?:NaN|Infinity|nan|inf)\b')


def _without_bare_words(body: bytes) -> bytes:
    return _BARE.sub(lambda m: m[0] if m[0].startswith(b'"') else b"null", body)


def decode(body: bytes | memoryview, shape: type[E]) -> E:
    """``body`` as ``shape``; bare ``NaN`` and ``Infinity`` are read as ``null``.

    Slurm passes names on in whatever encoding they were typed: bytes that are not UTF-8
    become replacement characters. Raises :exc:`UnreadableResponse`.
    """
    decoder = _decoder(shape)
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as problem:
        words = str(problem)
    except RecursionError:
        words = TOO_DEEP
    except (msgspec.DecodeError, UnicodeDecodeError):
        readable = bytes(body).decode("utf-8", "replace").encode()
        try:
            return decoder.decode(_without_bare_words(readable))
        except msgspec.DecodeError as problem:
            words = str(problem)
        except RecursionError:
            words = TOO_DEEP
    raise UnreadableResponse(
        "slurmrestd's response could not be read.",
        advice="The slurmrestd may be newer than this extension supports, or the address may be"
        " that of another service.",
        slurm_text=f"{words}; it begins: {shorten(bytes(body[:200]).decode('utf-8', 'replace'))}",
    )


_decoders: dict[type, msgspec.json.Decoder[object]] = {}


def _decoder(shape: type[E]) -> msgspec.json.Decoder[E]:
    found = _decoders.get(shape)
    if found is None:
        found = _decoders[shape] = msgspec.json.Decoder(shape)
    return found  # type: ignore[return-value]
