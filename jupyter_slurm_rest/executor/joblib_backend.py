"""joblib's ``Parallel`` on Slurm: each of its batches is a job."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import joblib
from joblib.parallel import ParallelBackendBase

from .executor import SlurmExecutor
from .future import SlurmFuture

#: Jobs at once where ``n_jobs`` is -1: as many as Slurm lets run.
_ALL = 1000


class SlurmBackend(ParallelBackendBase):
    """A backend for ``joblib.parallel_config("slurm", executor=executor, n_jobs=20)``."""

    supports_retrieve_callback = True
    default_n_jobs = -1

    def __init__(self, executor: SlurmExecutor | None = None, **options: Any) -> None:
        super().__init__(**options)
        self._executor = executor or SlurmExecutor()
        self._futures: set[SlurmFuture[Any]] = set()

    def effective_n_jobs(self, n_jobs: int | None) -> int:
        """How many jobs run at once."""
        if n_jobs == 0:
            raise ValueError("n_jobs == 0 in Parallel has no meaning")
        if n_jobs is None:
            return 1
        return n_jobs if n_jobs > 0 else _ALL

    def submit(
        self, func: Callable[[], Any], callback: Callable[[Future[Any]], None] | None = None
    ) -> Future[Any]:
        """Submit a batch of calls as a job."""
        future = self._executor.submit(func)
        self._futures.add(future)
        future.add_done_callback(lambda _: self._futures.discard(future))
        if callback is not None:
            future.add_done_callback(callback)
        return future

    def retrieve_result_callback(self, out: Future[Any]) -> Any:
        """The results of a batch that is done."""
        return out.result()

    def abort_everything(self, ensure_ready: bool = True) -> None:
        """Cancel what has not ended: a call has failed, or the user has interrupted."""
        self._executor.cancel(list(self._futures))


def register() -> None:
    """Make ``"slurm"`` a backend of joblib."""
    joblib.register_parallel_backend("slurm", SlurmBackend)
