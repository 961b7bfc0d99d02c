"""The future of one call in a job."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from jupyter_slurm_rest.notebook.job import Job
from jupyter_slurm_rest.slurm.errors import SlurmError

from .folder import Batch, CallFolder

T = TypeVar("T")


class SlurmFuture(Future[T]):
    """A :class:`concurrent.futures.Future` whose function runs in a Slurm job.

    ``result()`` and ``exception()`` wait as usual. The exceptions of jobs that ended
    without a result are in :mod:`jupyter_slurm_rest.executor.errors`.
    """

    def __init__(
        self,
        folder: CallFolder,
        batch: Batch,
        task: int,
        cancel: Callable[[Iterable[SlurmFuture[Any]]], None],
        find: Callable[[str], Job],
    ) -> None:
        super().__init__()
        #: Names the task's files.
        self.key = batch.key(task)
        #: ``123``, or ``123_4`` of an array.
        self.job_id = f"{batch.job_id}_{task}" if batch.is_array else batch.job_id
        self.batch = batch
        self._folder = folder
        self._cancel = cancel
        self._find = find
        self._started = False

    @property
    def job(self) -> Job:
        """The job, or the task of an array, that makes the call."""
        return self._find(self.job_id)

    @property
    def log_path(self) -> Path:
        """The file with the job's output."""
        return self._folder.log(self.key)

    def running(self) -> bool:
        """Whether the job has started and there is no result yet."""
        return self._started and not self.done()

    def cancel(self) -> bool:
        """Cancel the job, also while it runs; ``False`` if the future was done before.

        Raises :exc:`~jupyter_slurm_rest.SlurmError` if Slurm does not do it; the future goes
        on then.
        """
        if self.done():
            return self.cancelled()
        try:
            self._cancel([self])
        except SlurmError:
            # The job may have ended the moment before.
            if self.done():
                return self.cancelled()
            raise
        return self.was_cancelled()

    def was_cancelled(self) -> bool:
        """Note that Slurm has canceled the job; whether the future was not done before."""
        if not super().cancel():
            return self.cancelled()
        # Tells those who wait, too: nothing else will run this call.
        with contextlib.suppress(RuntimeError):
            # Raised where two threads cancel it and the other one was first.
            self.set_running_or_notify_cancel()
        return True

    def has_started(self) -> None:
        """Note that the job runs."""
        self._started = True

    def __repr__(self) -> str:
        state = (
            "canceled"
            if self.cancelled()
            else "done"
            if self.done()
            else "running"
            if self._started
            else "pending"
        )
        return f"<SlurmFuture of job {self.job_id}: {state}>"
