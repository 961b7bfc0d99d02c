"""Tokens for the tests, signed with a key that no cluster has."""

from __future__ import annotations

import time
from typing import Any

import jwt

KEY = b"a test key that is long enough for HS256"


def make_token(user: str = "alice", lifetime: float = 600, **claims: Any) -> str:
    now = int(time.time())
    return jwt.encode({"sun": user, "iat": now, "exp": now + int(lifetime), **claims}, KEY)
