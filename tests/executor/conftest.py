"""An executor whose jobs are processes of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_slurm_rest import SlurmExecutor
from jupyter_slurm_rest.executor import watcher

from .local_slurm import LocalSlurm

Pace = watcher.Pace


@pytest.fixture
def slurm(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(watcher, "Pace", lambda: Pace(0.05))
    local = LocalSlurm()
    yield local
    local.close()


@pytest.fixture
def executor(slurm: Any, tmp_path: Path) -> Iterator[SlurmExecutor]:
    executor = SlurmExecutor(tmp_path / "calls", slurm=slurm)
    yield executor
    executor.shutdown(wait=False)
