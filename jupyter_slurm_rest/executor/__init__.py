"""Functions as Slurm jobs: :class:`SlurmExecutor`, an executor of ``concurrent.futures``."""

from __future__ import annotations

from .executor import SlurmExecutor
from .future import SlurmFuture

__all__ = ["SlurmExecutor", "SlurmFuture"]
