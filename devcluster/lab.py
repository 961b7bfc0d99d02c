"""A JupyterLab that ordinary users may run: the wheel in a virtual environment for all."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from devcluster.errors import DevclusterError
from devcluster.install import ensure_packages, locked
from devcluster.process import Process, run_logged, spawn, tail, wait_until

#: The distribution's own: a Python under somebody's home may not be run by others.
_PYTHON = "/usr/bin/python3"
_START_SECONDS = 120.0


def ensure_venv(folder: Path, wheel: Path, *requirements: str) -> Path:
    """Make or refresh a virtual environment holding the wheel; return its ``bin``.

    Anything that changes what would be installed (the wheel's bytes, the requirements)
    installs again; otherwise this costs nothing.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    ensure_packages(["python3", "python3-venv"])
    wanted = " ".join([hashlib.sha256(wheel.read_bytes()).hexdigest(), *requirements])
    mark = folder / "installed"
    log = folder.with_suffix(".log")
    with locked(folder.with_suffix(".lock")):
        if mark.exists() and mark.read_text() == wanted:
            return folder / "bin"
        mark.unlink(missing_ok=True)
        _logged([_PYTHON, "-m", "venv", str(folder)], log)
        pip = [str(folder / "bin/pip"), "install", "--quiet"]
        _logged([*pip, str(wheel), *requirements], log)
        # The same version with other contents is a new wheel all the same.
        _logged([*pip, "--force-reinstall", "--no-deps", str(wheel)], log)
        mark.write_text(wanted)
    return folder / "bin"


def start_lab(
    command: Sequence[str], runtime: Path, log: Path, env: Mapping[str, str], opened: str = ""
) -> tuple[Process, str]:
    """Start a Jupyter server and wait until it responds; return it and its address.

    The address (with the server's own token) is read from the runtime file that the
    server writes into ``runtime``. ``opened`` is a file that JupyterLab opens, relative to
    its root.
    """
    log.write_text("")
    process = spawn(command, log, {**env, "JUPYTER_RUNTIME_DIR": str(runtime)})

    def failed() -> str | None:
        if process.alive():
            return None
        return f"JupyterLab ended. The end of {log}:\n{tail(log)}"

    wait_until(
        lambda: _address(runtime, opened) is not None,
        f"JupyterLab (log: {log})",
        seconds=_START_SECONDS,
        failed=failed,
    )
    address = _address(runtime, opened)
    assert address is not None  # noqa: S101 - what was just waited for
    return process, address


def stop_on_signals() -> None:
    """Let the first signal to stop end the program in order, and later ones change nothing.

    SIGINT too: it is ignored in what a script starts in the background.
    """
    stopping = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def interrupt(_signum: int, _frame: object) -> None:
        for signum in stopping:
            signal.signal(signum, signal.SIG_IGN)
        raise KeyboardInterrupt

    for signum in stopping:
        signal.signal(signum, interrupt)


def wait_for_end(process: Process) -> None:
    """Return when the process has ended, or make was told to stop.

    A signal sent to make alone, not to the terminal's group, never gets here: make then
    waits for us with that signal blocked, which is how it shows.
    """
    parent = os.getppid()
    while process.alive() and os.getppid() == parent and not _interrupted(parent):
        time.sleep(0.2)


def _interrupted(pid: int) -> bool:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        name = Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return False
    blocked = next(int(line.split()[1], 16) for line in lines if line.startswith("SigBlk:"))
    return name in ("make", "gmake") and bool(blocked & 0b10)


def _address(runtime: Path, opened: str) -> str | None:
    page = f"lab/tree/{quote(opened)}" if opened else "lab"
    for path in runtime.glob("jpserver-*.json"):
        try:
            server = json.loads(path.read_text())
        except ValueError:
            continue
        return f"{server['url']}{page}?token={server['token']}"
    return None


def _logged(command: Sequence[str], log: Path) -> None:
    if run_logged(command, log, os.environ) != 0:
        raise DevclusterError(f"{' '.join(command[:4])} failed; end of {log}:\n{tail(log)}")
