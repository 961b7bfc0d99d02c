"""Slurm tokens as ``scontrol token`` makes them, signed with a key that Slurm would not know."""

from __future__ import annotations

import time

import jwt


def make_token(user: str, lifetime: int = 3600) -> str:
    now = int(time.time())
    claims = {"sun": user, "iat": now, "exp": now + lifetime}
    return jwt.encode(claims, "k" * 32, algorithm="HS256")
