from __future__ import annotations

import os
import signal
import socket
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from devcluster import DevclusterError, ports
from devcluster.layout import Layout
from devcluster.prefixes import find
from devcluster.process import Process, spawn, stop, wait_until


def sleeper(folder: Path) -> Process:
    return spawn([sys.executable, "-c", "import time; time.sleep(600)"], folder / "log", {})


def test_a_process_is_stopped(tmp_path: Path) -> None:
    process = sleeper(tmp_path)
    assert process.alive()
    stop([process])
    assert not process.alive()


def test_one_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True)"
    argv = [sys.executable, "-c", f"{code}; time.sleep(600)"]
    process = spawn(argv, tmp_path / "log", {})
    wait_until(lambda: bool((tmp_path / "log").read_text()), "the process", seconds=20)
    stop([process], grace=0.2)
    assert not process.alive()


#: Prints the id of a process that is not our child, and whose first thread ends long
#: before its second.
_HEADLESS = """
import ctypes, os, threading, time
if os.fork():
    os.wait()
    raise SystemExit
threading.Thread(target=time.sleep, args=[600]).start()
print(os.getpid(), flush=True)
ctypes.CDLL(None).pthread_exit(None)
"""


def test_a_process_lives_as_long_as_one_of_its_threads(tmp_path: Path) -> None:
    log = tmp_path / "log"
    parent = spawn([sys.executable, "-c", _HEADLESS], log, {})
    wait_until(lambda: log.read_text().endswith("\n"), "the process", seconds=20)
    pid = int(log.read_text())
    process = Process.of(pid)
    assert process is not None
    stat = Path(f"/proc/{pid}/stat")
    wait_until(lambda: ") Z " in stat.read_text(), "the end of its first thread", seconds=20)
    assert process.alive()
    process.send(signal.SIGKILL)
    wait_until(lambda: not process.alive(), "its end", seconds=20)
    stop([parent])


def test_a_later_process_with_the_same_number_is_left_alone(tmp_path: Path) -> None:
    process = sleeper(tmp_path)
    earlier = replace(process, started=process.started - 1)
    other_boot = replace(process, boot="another")
    stop([earlier, other_boot])
    earlier.send(signal.SIGKILL)
    time.sleep(0.1)
    assert process.alive()
    stop([process])


def test_waiting_ends_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(DevclusterError, match="died"):
        wait_until(lambda: False, "it", seconds=60, failed=lambda: "it died")
    with pytest.raises(DevclusterError, match="it is not ready after 0 seconds"):
        wait_until(lambda: False, "it", seconds=0)


def test_a_taken_port_is_told_with_its_holder() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        layout = Layout(replace(find("host"), first_port=port), "default")
        with pytest.raises(DevclusterError, match=rf"port {port}.*process {os.getpid()}\)"):
            ports.choose(layout)


def test_other_instances_take_blocks_nobody_claims(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEVCLUSTER_HOME", str(tmp_path))
    first = ports.choose(Layout(find("host"), "one"))
    record = Layout(find("host"), "one").record
    record.parent.mkdir(parents=True)
    record.write_text(f'{{"base": {first}}}')
    assert ports.choose(Layout(find("host"), "two")) >= first + 10
