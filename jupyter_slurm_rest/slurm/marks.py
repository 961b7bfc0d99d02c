"""The mark by which a submission whose answer was lost is found in the queue."""

from __future__ import annotations

import re
import secrets

_MARK = re.compile(r"#?jsr-[0-9a-f]{16}$")


def new_mark() -> str:
    """A mark that no other job has."""
    return f"jsr-{secrets.token_hex(8)}"


def without_mark(text: str) -> str:
    """A job's command or comment as the person knows it."""
    return _MARK.sub("", text)
