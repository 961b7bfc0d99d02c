"""An IPython shell and a Jupyter server whose slurmrestd replays recorded responses."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from tests.server.conftest import (
    api_version,
    clusters,
    jp_server_config,
    slurm_config,
    slurm_token,
    slurmrestd,
)

__all__ = [
    "api_version",
    "clusters",
    "jp_server_config",
    "slurm_config",
    "slurm_token",
    "slurmrestd",
]

Run = Callable[[str], Awaitable[Any]]


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    for name in ("JUPYTERHUB_API_TOKEN", "JUPYTERHUB_SERVICE_URL", "JPY_PARENT_PID"):
        monkeypatch.delenv(name, raising=False)
    shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))  # type: ignore[no-untyped-call]
    shell.run_line_magic("load_ext", "jupyter_slurm_rest")
    yield shell
    shell.magics_manager.registry["SlurmMagics"].close()


@pytest.fixture
def run(shell: InteractiveShell, jp_fetch: Any) -> Run:
    """``await run("%slurm jobs")``: the cell's result; raises what the cell raised.

    ``jp_fetch`` is what makes the server listen.
    """

    async def run_cell(code: str) -> Any:
        # In a thread, as a kernel is another process: the server answers meanwhile.
        done = await asyncio.to_thread(shell.run_cell, code)
        done.raise_error()
        return done.result

    return run_cell
