"""Text that others wrote, before it is logged or shown to anybody."""

from __future__ import annotations

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
    """``text`` for a terminal: without what moves the cursor, colors, or turns the direction.

    A job's name may hold any character; line feeds are among those that go.
    """
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else "\ufffd" for character in text)
