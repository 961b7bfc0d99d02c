"""Processes that outlive the command that started them, known by id and start time."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from devcluster.errors import DevclusterError


def _boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


class _Stat(NamedTuple):
    state: str
    #: Clock ticks since boot.
    started: int
    threads: int

    def ended(self) -> bool:
        # The first thread may end before the others, which still hold what the process has
        # open: a port, say.
        return self.state in "ZX" and self.threads <= 1


def _stat(pid: int) -> _Stat | None:
    """None when the process is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text.rpartition(")")[2].split()
    return _Stat(fields[0], int(fields[19]), int(fields[17]))


@dataclass(frozen=True)
class Process:
    """A process id that cannot be mistaken for a later process with the same number."""

    pid: int
    started: int
    boot: str

    @classmethod
    def of(cls, pid: int) -> Process | None:
        stat = _stat(pid)
        return None if stat is None else cls(pid, stat.started, _boot_id())

    def alive(self) -> bool:
        stat = _stat(self.pid)
        if stat is None or stat.started != self.started or self.boot != _boot_id():
            return False
        return not (stat.ended() and _reaped(self.pid))

    def send(self, signum: signal.Signals) -> None:
        """Signal this very process; nothing happens when it is gone."""
        try:
            descriptor = os.pidfd_open(self.pid)
        except ProcessLookupError:
            return
        try:
            # The descriptor pins the process, so the check still holds when the signal goes out.
            if self.alive():
                signal.pidfd_send_signal(descriptor, signum)
        except ProcessLookupError:
            pass
        finally:
            os.close(descriptor)


def _reaped(pid: int) -> bool:
    """Let a dead process go, where it is a child of ours."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True


def spawn(argv: Sequence[str], log: Path, env: Mapping[str, str]) -> Process:
    """Start `argv` in a session of its own, its output appended to `log`."""
    append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    pid = os.posix_spawnp(
        argv[0],
        list(argv),
        dict(env),
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), append, 0o644),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )
    process = Process.of(pid)
    if process is None:
        raise DevclusterError(f"{argv[0]} ended at once; see {log}")
    return process


def stop(processes: Iterable[Process], grace: float = 20.0) -> None:
    """SIGTERM, and SIGKILL for what is still there after `grace` seconds."""
    remaining = [process for process in processes if process.alive()]
    for signum, seconds in ((signal.SIGTERM, grace), (signal.SIGKILL, 10.0)):
        for process in remaining:
            process.send(signum)
        deadline = time.monotonic() + seconds
        while remaining and time.monotonic() < deadline:
            time.sleep(0.02)
            remaining = [process for process in remaining if process.alive()]
    if remaining:
        pids = ", ".join(str(process.pid) for process in remaining)
        raise DevclusterError(f"processes {pids} did not end, not even with SIGKILL")


def wait_until(
    ready: Callable[[], bool],
    what: str,
    *,
    seconds: float,
    failed: Callable[[], str | None] = lambda: None,
) -> None:
    """Poll `ready`; give up when `failed` returns a message or `seconds` have passed."""
    deadline = time.monotonic() + seconds
    while not ready():
        message = failed()
        if message is not None:
            raise DevclusterError(message)
        if time.monotonic() > deadline:
            raise DevclusterError(f"{what} is not ready after {seconds:.0f} seconds")
        time.sleep(0.1)


def run_logged(
    argv: Sequence[str], log: Path, env: Mapping[str, str], *, every: float = 15.0
) -> int:
    """Run a command that may take minutes; its output goes to the end of `log`.

    What it is at is printed each `every` seconds. Returns its exit code.
    """
    begun = time.monotonic()
    with log.open("a") as output:
        stdin = subprocess.DEVNULL
        with subprocess.Popen(argv, stdin=stdin, stdout=output, stderr=output, env=env) as running:
            while True:
                try:
                    return running.wait(every)
                except subprocess.TimeoutExpired:
                    now = f"{time.monotonic() - begun:.0f} s: {tail(log, 1).strip()[:70]}"
                    print(f"  {Path(argv[0]).name}, {now}", flush=True)


def tail(path: Path, lines: int = 15) -> str:
    """The last lines of a log, for an error message."""
    try:
        text = path.read_text(errors="replace")
    except FileNotFoundError:
        return "(no log)"
    return "\n".join(text.splitlines()[-lines:])
