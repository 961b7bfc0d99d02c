"""Runs file access and user lookups in threads, with a time limit.

A network file system that stalls blocks every thread that uses it. In asyncio's thread pool
that would soon be all threads, and nothing else would run, not even name resolution. Here
each path occupies at most one thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

#: Seconds that a caller waits.
PATIENCE = 8.0
#: Threads at once, including those that are blocked.
MOST = 16


class FileSystemStalled(OSError):
    """The time limit has passed; the call itself may still be waiting."""

    def __init__(self, path: str) -> None:
        super().__init__(errno.ETIMEDOUT, "its file system does not respond", path)

    def __reduce__(self) -> tuple[type[FileSystemStalled], tuple[str]]:
        # OSError would hand all three to the constructor.
        return type(self), (self.filename,)


class _Running(msgspec.Struct, frozen=True):
    future: Future[Any]
    since: float


class FileThreads:
    """Runs blocking work, one thread for each path, and gives up waiting for it.

    The threads are daemons: a process can exit while a file system is stalled.
    """

    def __init__(self, *, patience: float | None = None, most: int = MOST) -> None:
        self._patience = PATIENCE if patience is None else patience
        self._most = most
        self._running: dict[str, _Running] = {}

    async def run(self, path: str, work: Callable[[], T]) -> T:
        """What ``work`` returns or raises. Raises :exc:`FileSystemStalled`, at once while an
        earlier call for ``path`` is blocked, else after the time limit.
        """
        until = time.monotonic() + self._patience
        while ahead := self._ahead(path):
            # A call has already waited for these as long as it may.
            if all(one.since + self._patience <= time.monotonic() for one in ahead):
                raise FileSystemStalled(path)
            await _first((one.future for one in ahead), path, until)
        future: Future[T] = Future()
        self._running[path] = _Running(future, time.monotonic())
        threading.Thread(
            target=self._work, args=(path, future, work), name="slurm-files", daemon=True
        ).start()
        await _first([future], path, until)
        return future.result()

    def _ahead(self, path: str) -> list[_Running]:
        """The running calls, one of which must end before that for ``path`` can start."""
        if (same := self._running.get(path)) is not None:
            return [same]
        running = list(self._running.values())
        return running if len(running) >= self._most else []

    def _work(self, path: str, future: Future[T], work: Callable[[], T]) -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - raised again where it is awaited
            self._running.pop(path, None)
            future.set_exception(error)
        else:
            self._running.pop(path, None)
            future.set_result(result)


async def _first(futures: Iterable[Future[Any]], path: str, until: float) -> None:
    loop, woken = asyncio.get_running_loop(), asyncio.Event()

    def wake(_: Future[Any]) -> None:
        # A call that was blocked may end after the loop has closed.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(woken.set)

    for future in futures:
        future.add_done_callback(wake)
    try:
        await asyncio.wait_for(woken.wait(), until - time.monotonic())
    except asyncio.TimeoutError:
        raise FileSystemStalled(path) from None
