"""A slurmrestd that a hub and its servers read, and questions about what the hub shares."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import jwt

from tests.recorded import Recorded, recorded_by
from tests.server.replay import ReplaySlurmrestd, Seen

from .rig import KEY, Running

VERSION = "v0.0.45"


class Slurmrestd(ReplaySlurmrestd):
    """Takes tokens under their owner's name only, as Slurm does (but for SlurmUser's)."""

    anybody = False

    def __init__(self) -> None:
        super().__init__(VERSION)
        self.play("ping", "diag", "jobs", "jobs_state", "nodes", "partitions", "db_clusters")
        self.play("db_user_alice", path="slurmdb/user/reader")

    def response(self, request: Seen) -> Recorded:
        name = request.headers.get("x-slurm-user-name")
        if name is not None and name != owner(request) and not self.anybody:
            self.seen.append(request)
            return recorded_by(VERSION, "token_wrong_name")
        return super().response(request)


def owner(request: Seen) -> str:
    """The user whose token came with a request; empty without one."""
    token = request.headers.get("x-slurm-user-token")
    return str(jwt.decode(token, KEY, algorithms=["HS256"])["sun"]) if token else ""


def shared(key_file: Path, slurmrestd: ReplaySlurmrestd, **more: Any) -> dict[str, Any]:
    """Settings of the service: one cluster, shared."""
    reader = {"url": slurmrestd.url, "user": "reader", "refresh": 0.2}
    return {"clusters": {"maxwell": {"key_file": str(key_file), "shared": reader, **more}}}


async def get(
    service: Running, what: str = "", caller: str = "alice-server", tag: str = "", **query: Any
) -> httpx.Response:
    """Ask as a server with this hub token."""
    headers = {"Authorization": f"Bearer {caller}"} | ({"If-None-Match": tag} if tag else {})
    async with httpx.AsyncClient(timeout=30) as client:
        path = f"clusters/maxwell/shared{what and '/'}{what}"
        return await client.get(service.url + path, headers=headers, params=query)
