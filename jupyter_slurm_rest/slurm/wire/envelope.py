"""What every response has: errors, warnings, and which Slurm responded."""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

from jupyter_slurm_rest.slurm.errors import UnreadableResponse, shorten

from .scalars import Number, Text, number, text


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
    #: Up to v0.0.39 the key is capitalised.
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

    Slurm passes names on in whatever encoding they were typed: bytes that are no UTF-8
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
