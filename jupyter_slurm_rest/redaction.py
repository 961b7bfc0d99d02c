"""Keeps tokens out of logs and out of text from other programs."""

from __future__ import annotations

import logging
import re

# A JWT's header starts with {" which is eyJ in base64url; keep this wide rather than exact.
_JWT = re.compile(r"eyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]+){1,2}")
_HEADER = re.compile(
    r"((?:authorization|x-slurm-user-token)\W{1,6}(?:(?:bearer|token|basic)\s+)?)[^\s'\",]+", re.I
)


def redact(text: str) -> str:
    """Replace everything that looks like a token or a credential header's value."""
    return _HEADER.sub(r"\1[secret]", _JWT.sub("[token]", text))


def printable(text: str) -> str:
    """``text`` for a terminal, with control characters replaced (line feeds included).

    A job's name may hold any character.
    """
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


class RedactTokens(logging.Filter):
    """A log filter for handlers: rewrites the finished message, traceback included."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        clean = redact(message)
        if clean != message:
            record.msg, record.args = clean, None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        return True
