"""``SlurmExecutor``: functions as Slurm jobs, with the interface of ``concurrent.futures``."""

from __future__ import annotations

import concurrent.futures
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from jupyter_slurm_rest.notebook.job import Job
from jupyter_slurm_rest.notebook.slurm import Slurm
from jupyter_slurm_rest.slurm.errors import InvalidRequest, Refused, ResponseLost

from .folder import Batch, CallFolder, default_folder
from .future import SlurmFuture
from .watcher import ResultWatcher, Row

if TYPE_CHECKING:
    from typing_extensions import Self

    from .worker import Call

P = ParamSpec("P")
T = TypeVar("T")
#: Tasks of one array: what Slurm allows by default (``MaxArraySize`` is 1001).
_MOST_TASKS = 1000
#: Jobs of the queue's list; the server gives no more.
_LISTED = 5000
#: Options that the executor sets itself.
_OWN = frozenset({"output", "error", "input", "wrap", "open_mode", "chdir", "script"})
_AT_ONCE = re.compile(r"%[1-9]\d*")


class SlurmExecutor(Executor):
    """Runs functions in Slurm jobs.

    ::

        with SlurmExecutor(time="10:00", mem="2G") as executor:
            future = executor.submit(pow, 2, 10)
            print(future.job, future.result())
            squares = list(executor.map(lambda x: x * x, range(100)))

    ``folder``
        Where functions and results go; nodes must share it. Only you can read it. By default
        a new folder in your home.
    ``slurm``
        The cluster; by default :class:`~jupyter_slurm_rest.Slurm` of this notebook.
    ``python``
        The jobs' Python. It needs the modules that your functions use, and to run functions
        of the notebook, the notebook's version of Python.
    ``setup``
        Shell lines that come first in the job: ``module load cuda``.
    ``max_result``
        Bytes that one result may have, pickled.

    The rest are options of sbatch, with its names. Jobs are not requeued after a node has
    failed unless you set ``requeue=True``, because your function would then run again.
    Every call may raise a :exc:`~jupyter_slurm_rest.SlurmError`.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str] | None = None,
        *,
        slurm: Slurm | None = None,
        python: str | os.PathLike[str] = sys.executable,
        setup: str = "",
        max_result: int = 100_000_000,
        **sbatch_options: Any,
    ) -> None:
        self._options = _checked(sbatch_options)
        self._slurm = slurm or Slurm()
        self._python = os.fspath(python)
        self._setup = setup
        self._max_result = max_result
        path = Path(folder).expanduser().absolute() if folder is not None else default_folder()
        self._folder = CallFolder(path)
        self._watcher = ResultWatcher(self._folder, _Queue(self._slurm))
        self._futures: list[SlurmFuture[Any]] = []
        self._closed = False

    @property
    def folder(self) -> Path:
        """The folder, for :meth:`attach`."""
        return self._folder.path

    def with_options(self, **sbatch_options: Any) -> SlurmExecutor:
        """An executor that shares this one's folder, with these options as well or instead."""
        other = SlurmExecutor(
            self.folder,
            slurm=self._slurm,
            python=self._python,
            setup=self._setup,
            max_result=self._max_result,
            **{**self._options, **sbatch_options},
        )
        other._folder, other._watcher = self._folder, self._watcher
        return other

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> SlurmFuture[T]:
        """Run ``fn(*args, **kwargs)`` in a job.

        Returns when Slurm has accepted the job. What is sent is pickled before, in this thread.
        """
        (future,) = self._send(fn, [[(args, kwargs)]], chunked=False, is_array=False)
        return future

    def map(
        self,
        fn: Callable[..., T],
        *iterables: Iterable[Any],
        timeout: float | None = None,
        chunksize: int = 1,
        **unknown: Any,
    ) -> Mapped[T]:
        """Like ``map(fn, *iterables)``: one array, whose tasks make ``chunksize`` calls each.

        Returns when Slurm has accepted the array; an array has at most 1,000 tasks, so more
        become several. Iterating gives the results in order, and raises ``TimeoutError``
        when one is not there ``timeout`` seconds after the call of ``map``.
        """
        if unknown.get("buffersize") is not None or set(unknown) - {"buffersize"}:
            raise TypeError(f"map() of a SlurmExecutor does not take {', '.join(unknown)}")
        if chunksize < 1:
            raise ValueError("chunksize must be at least 1")
        until = None if timeout is None else time.monotonic() + timeout
        calls: list[Call] = [(args, {}) for args in zip(*iterables, strict=False)]
        chunks = [calls[at : at + chunksize] for at in range(0, len(calls), chunksize)]
        futures: list[SlurmFuture[list[T]]] = []
        for at in range(0, len(chunks), _MOST_TASKS):
            some = chunks[at : at + _MOST_TASKS]
            try:
                futures += self._send(fn, some, chunked=True, is_array=True)
            except BaseException:
                # Nobody could have the results of the arrays before.
                self.cancel(futures)
                raise
        return Mapped(futures, until, self.cancel)

    def attach(self, folder: str | os.PathLike[str] | None = None) -> list[SlurmFuture[Any]]:
        """The futures of every call made through ``folder``, oldest first.

        Use it after a kernel has been restarted; results that are there already are found
        at once. A task of ``map`` with a ``chunksize`` returns a list. By default the folder
        is this executor's own.
        """
        ours, watcher = self._folder, self._watcher
        if folder is not None:
            path = Path(folder).expanduser().absolute()
            if path != ours.path:
                ours = CallFolder(path)
                watcher = ResultWatcher(ours, _Queue(self._slurm))
        ours.check()
        futures = [one for batch in ours.batches() for one in self._futures_of(ours, batch)]
        self._follow(watcher, futures)
        return futures

    def cancel(self, futures: Iterable[SlurmFuture[Any]]) -> None:
        """Cancel the jobs of these futures, also those that run, in one request.

        Raises :exc:`Refused` if Slurm does not cancel some of them.
        """
        unfinished = {one.job_id: one for one in futures if not one.done()}
        if not unfinished:
            return
        refused = []
        for row in self._slurm.cancel(*unfinished).rows:
            future = unfinished.get(str(row["id"]))
            if row["ok"] and future is not None:
                future.was_cancelled()
            elif not row["ok"] and (future is None or not future.done()):
                refused.append(f"{row['id']}: {row['message']}")
        if refused:
            raise Refused(f"Not canceled: {'; '.join(refused)}")

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Accept no more calls; with ``wait``, return when all futures are done.

        ``cancel_futures`` cancels the jobs that have not started. Without ``wait`` the jobs
        go on, also after Python has ended: see :meth:`attach`.
        """
        self._closed = True
        if cancel_futures:
            self.cancel([one for one in self._futures if not (one.done() or one.running())])
        if wait:
            concurrent.futures.wait(self._futures)

    def _send(
        self,
        fn: Callable[..., Any],
        calls: Sequence[Sequence[Call]],
        *,
        chunked: bool,
        is_array: bool,
    ) -> list[SlurmFuture[Any]]:
        if self._closed:
            raise RuntimeError("cannot schedule new futures after shutdown")
        self._folder.create()
        batch = self._folder.write(
            fn, calls, chunked=chunked, is_array=is_array, max_result=self._max_result
        )
        try:
            job = self._submit(fn, batch)
        except BaseException as error:
            # After a lost response there may be a job: attach() finds it when it has started.
            if not isinstance(error, ResponseLost):
                self._folder.forget(batch)
            raise
        batch = self._folder.submitted(batch, job.id, job.cluster)
        futures = self._futures_of(self._folder, batch)
        self._follow(self._watcher, futures)
        return futures

    def _submit(self, fn: Callable[..., Any], batch: Batch) -> Job:
        logs = f"{batch.name}-%a.out" if batch.is_array else f"{batch.name}-0.out"
        options = {
            "job_name": _name(fn),
            "no_requeue": True,
            **self._options,
            # Slurm reads %: a folder may have it in its name.
            "output": f"{self._folder.path}".replace("%", "%%") + f"/logs/{logs}",
        }
        if "requeue" in options:
            del options["no_requeue"]
        at_once = options.pop("array", None) or ""
        if batch.is_array:
            options["array"] = f"0-{batch.tasks - 1}{at_once}"
        script = self._folder.script(batch, self._python, self._setup)
        return self._slurm.submit(script, **options)

    def _futures_of(self, folder: CallFolder, batch: Batch) -> list[SlurmFuture[Any]]:
        return [
            SlurmFuture(folder, batch, task, self.cancel, self._job) for task in range(batch.tasks)
        ]

    def _follow(self, watcher: ResultWatcher, futures: list[SlurmFuture[Any]]) -> None:
        self._futures = [one for one in self._futures if not one.done()] + futures
        watcher.add(futures)

    def _job(self, job_id: str) -> Job:
        return self._slurm.job(job_id)


class Mapped(Iterator[T]):
    """The results of :meth:`SlurmExecutor.map`, in order; ``futures`` has one for each task."""

    def __init__(
        self,
        futures: list[SlurmFuture[list[T]]],
        until: float | None,
        cancel: Callable[[Iterable[SlurmFuture[Any]]], None],
    ) -> None:
        #: Each returns the list of its calls' results.
        self.futures = futures
        self._cancel = cancel
        self._results = self._iterate(until)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        return next(self._results)

    def _iterate(self, until: float | None) -> Iterator[T]:
        done = False
        try:
            for future in self.futures:
                left = None if until is None else max(0.0, until - time.monotonic())
                yield from future.result(left)
            done = True
        finally:
            if not done:
                # As the standard library: whoever stops looking does not want the rest.
                self._cancel(self.futures)


class _Queue:
    """What Slurm says about jobs, for the watcher."""

    def __init__(self, slurm: Slurm) -> None:
        self._slurm = slurm

    def rows(self) -> list[Row]:
        """The user's jobs, in one call."""
        return list(self._slurm.jobs(limit=_LISTED).rows)

    def rows_of(self, job_id: str) -> list[Row]:
        """One job, or the tasks of an array."""
        job = self._slurm.job(job_id)
        return [one.info for one in job.tasks] or [job.info]


def _checked(options: dict[str, Any]) -> dict[str, Any]:
    """The options by names with ``_``. Raises :exc:`InvalidRequest` for the executor's own."""
    from jupyter_slurm_rest.notebook.options import sbatch_options

    found = {name.replace("-", "_"): value for name, value in options.items()}
    for name in _OWN.intersection(found):
        raise InvalidRequest(
            name,
            f"{name}: the executor sets this option itself.",
            advice="Future.log_path is the job's output.",
        )
    at_once = found.get("array")
    if at_once is not None and not _AT_ONCE.fullmatch(str(at_once)):
        raise InvalidRequest(
            "array",
            "array: map() numbers the tasks itself.",
            advice='Write array="%10" to run at most ten at once.',
        )
    # Wrong names are refused here, not at the first call.
    sbatch_options({name: value for name, value in found.items() if name != "array"})
    return found


def _name(fn: Callable[..., Any]) -> str:
    name = getattr(fn, "__name__", type(fn).__name__)
    return name if name.isidentifier() else "lambda"
