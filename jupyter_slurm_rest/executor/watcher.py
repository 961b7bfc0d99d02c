"""One thread that completes all futures of a folder.

Results are found by listing one folder. For jobs that end without a result, the queue is
listed every few seconds, once for all futures; only a job that the queue does not list is
looked up, an array with all its tasks at once.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import InvalidStateError
from typing import Any, Protocol

from jupyter_slurm_rest.slurm.errors import NotFound, SlurmError
from jupyter_slurm_rest.slurm.models.job_id import contains
from jupyter_slurm_rest.slurm.wire.states import FINISHED_STATES

from .errors import FolderNotShared
from .folder import CallFolder
from .future import SlurmFuture
from .outcome import failure_of, value_of

_LOG = logging.getLogger(__name__)
Row = Mapping[str, Any]


class Queue(Protocol):
    """What the watcher asks about jobs."""

    def rows(self) -> list[Row]:
        """The user's jobs: those waiting and running, and those that ended lately."""

    def rows_of(self, job_id: str) -> list[Row]:
        """One job, or the tasks of an array. Raises :exc:`NotFound`."""


class Pace:
    """Seconds. Tests use shorter ones."""

    def __init__(self, scale: float = 1.0) -> None:
        #: Between two looks into the folder: at first, and at most.
        self.look = (0.2 * scale, 1.0 * scale)
        #: Between two lists of the queue: at first, and at most.
        self.list = (3.0 * scale, 30.0 * scale)
        #: For which a file may be late on a network file system after its job has ended.
        self.grace = 5.0 * scale
        #: For which a new job may be missing in the queue's list.
        self.new = 10.0 * scale
        #: Between two look-ups of one job.
        self.look_up = 15.0 * scale
        #: After which a job that Slurm does not know is given up.
        self.vanished = 60.0 * scale


class ResultWatcher:
    """Completes futures; its thread runs while there are some to be completed."""

    def __init__(self, folder: CallFolder, queue: Queue, pace: Pace | None = None) -> None:
        self._folder = folder
        self._queue = queue
        self._pace = pace or Pace()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._pending: dict[str, SlurmFuture[Any]] = {}
        #: When something about a task was first seen, or last asked.
        self._added: dict[str, float] = {}
        self._ended: dict[str, float] = {}
        self._looked_up: dict[str, float] = {}

    def add(self, futures: Iterable[SlurmFuture[Any]]) -> None:
        """Complete these futures, too."""
        now = time.monotonic()
        with self._lock:
            for future in futures:
                self._pending[future.key] = future
                self._added[future.key] = now
            self._wake.set()
            if self._pending and self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="slurm-executor", daemon=True
                )
                self._thread.start()

    def _run(self) -> None:
        look, listing = self._pace.look[0], self._pace.list[0]
        next_list = time.monotonic() + listing
        while futures := self._left():
            try:
                found, failed = self._look(futures)
                now = time.monotonic()
                if now >= next_list or (failed and listing > self._pace.list[0]):
                    self._check(self._left())
                    listing = min(listing * 1.3, self._pace.list[1])
                    next_list = time.monotonic() + listing
                if found or failed:
                    look, listing = self._pace.look[0], self._pace.list[0]
                    next_list = min(next_list, time.monotonic() + listing)
            except Exception as error:  # noqa: BLE001 -- whoever waits must be told
                self._give_up(error)
            if self._wake.wait(look):
                self._wake.clear()
                look, listing = self._pace.look[0], self._pace.list[0]
                next_list = min(next_list, time.monotonic() + listing)
            look = min(look * 1.05, self._pace.look[1])

    def _left(self) -> list[SlurmFuture[Any]]:
        with self._lock:
            for key in [key for key, future in self._pending.items() if future.done()]:
                for known in (self._pending, self._added, self._ended):
                    known.pop(key, None)
            if not self._pending:
                self._thread = None
            return list(self._pending.values())

    def _look(self, futures: list[SlurmFuture[Any]]) -> tuple[bool, bool]:
        """Complete futures that have a result; whether some have, and whether some failed."""
        try:
            names = self._folder.files()
        except FileNotFoundError:
            raise FolderNotShared(
                f"The folder {self._folder.path} was removed.",
                advice="The jobs go on; their results are lost.",
            ) from None
        except OSError as error:
            # A network file system that is away for a while.
            _LOG.warning("%s cannot be read: %s", self._folder.path, error.strerror)
            return False, False
        found = failed = False
        for future in futures:
            if f"{future.key}.result" in names:
                found = True
                self._complete(future)
                continue
            if f"{future.key}.started" in names:
                future.has_started()
            if f"{future.key}.exit" in names:
                failed = True
        return found, failed

    def _complete(self, future: SlurmFuture[Any]) -> None:
        with contextlib.suppress(InvalidStateError):
            try:
                value = value_of(*self._folder.result(future.key))
            except BaseException as error:  # noqa: BLE001 -- also SystemExit of the function
                future.set_exception(error)
            else:
                future.set_result(value)

    def _check(self, futures: list[SlurmFuture[Any]]) -> None:
        """Find jobs that ended without a result."""
        try:
            listed = self._queue.rows()
        except SlurmError as error:
            _LOG.info("The queue cannot be listed: %s", error)
            return
        missing = self._compare(futures, listed)
        now = time.monotonic()
        for job_id, some in missing.items():
            since = max(self._looked_up.get(job_id, 0.0) + self._pace.look_up, 0.0)
            oldest = min(self._added[future.key] for future in some)
            if (job_id in self._looked_up and now < since) or now < oldest + self._pace.new:
                continue
            self._looked_up[job_id] = now
            self._look_up(job_id, some)

    def _look_up(self, job_id: str, futures: list[SlurmFuture[Any]]) -> None:
        unknown = futures
        try:
            rows = self._queue.rows_of(job_id)
            unknown = [one for some in self._compare(futures, rows).values() for one in some]
        except NotFound:
            pass
        except SlurmError as error:
            _LOG.info("Job %s cannot be looked up: %s", job_id, error)
            return
        for future in unknown:
            if time.monotonic() > self._added[future.key] + self._pace.vanished:
                self._fail(future, None)

    def _compare(
        self, futures: list[SlurmFuture[Any]], listed: Iterable[Row]
    ) -> dict[str, list[SlurmFuture[Any]]]:
        """Fail futures whose jobs have ended; those that are not listed, by their job."""
        rows: dict[str, Row] = {}
        waiting: dict[str, list[str]] = {}
        for row in listed:
            rows[str(row["id"])] = row
            if row.get("array_tasks"):
                waiting.setdefault(str(row["array_job_id"]), []).append(row["array_tasks"])
        missing: dict[str, list[SlurmFuture[Any]]] = {}
        for future in futures:
            found = rows.get(future.job_id)
            whole, _, task = future.job_id.partition("_")
            if found is not None:
                self._row_seen(future, found)
            elif not (task and any(contains(some, int(task)) for some in waiting.get(whole, ()))):
                missing.setdefault(whole, []).append(future)
        return missing

    def _row_seen(self, future: SlurmFuture[Any], row: Row) -> None:
        if row["state"] not in FINISHED_STATES or "COMPLETING" in row["flags"]:
            self._ended.pop(future.key, None)
            return
        ended = self._ended.setdefault(future.key, time.monotonic())
        exited = self._folder.exit_code(future.key) is not None
        if exited or time.monotonic() >= ended + self._pace.grace:
            self._fail(future, row)

    def _fail(self, future: SlurmFuture[Any], row: Row | None) -> None:
        self._look([future])
        with contextlib.suppress(InvalidStateError):
            if not future.done():
                future.set_exception(failure_of(self._folder, future.key, future.job_id, row))

    def _give_up(self, error: Exception) -> None:
        for future in self._left():
            with contextlib.suppress(InvalidStateError):
                future.set_exception(error)
