"""What a kernel inherits from the server: everything but the Slurm token."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import Call
from .replay import ReplaySlurmrestd


class TestTokenFromTheEnvironment:
    @pytest.fixture
    def clusters(
        self, slurmrestd: ReplaySlurmrestd, slurm_token: str, monkeypatch: pytest.MonkeyPatch
    ) -> dict[str, Any]:
        monkeypatch.setenv("SLURM_JWT", slurm_token)
        return {"maxwell": {"url": slurmrestd.url, "tokens": "env"}}

    async def test_the_token_works_and_no_kernel_has_it(
        self,
        call: Call,
        jp_fetch: Any,
        jp_serverapp: Any,
        slurmrestd: ReplaySlurmrestd,
        slurm_token: str,
    ) -> None:
        assert (await call("GET", "clusters/maxwell/nodes")).status == 200
        assert slurmrestd.sent("slurm/nodes")[0].headers["x-slurm-user-token"] == slurm_token
        response = await jp_fetch("api", "kernels", method="POST", body="{}")
        kernel = json.loads(response.body)["id"]
        try:
            process = jp_serverapp.kernel_manager.get_kernel(kernel).provisioner.pid
            environment = Path(f"/proc/{process}/environ").read_bytes()  # noqa: ASYNC240 - no disk
        finally:
            await jp_fetch("api", "kernels", kernel, method="DELETE")
        assert b"JPY_PARENT_PID=" in environment
        assert b"SLURM_JWT" not in environment
        assert slurm_token.encode() not in environment
