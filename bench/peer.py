"""The peer that a user would pick instead: jupyterlab-slurm from PyPI, which runs squeue."""

from __future__ import annotations

import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devcluster import Cluster

from .jupyter import Jupyter

REQUIREMENT = "jupyterlab-slurm==4.1.*"


def python(folder: Path) -> Path:
    """The Python of a virtual environment with the peer in it; made when missing."""
    found, ready = folder / "bin" / "python", folder / ".ready"
    if not ready.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = [str(found), "-m", "pip", "install", "--quiet", REQUIREMENT]
        subprocess.run(pip, check=True)
        ready.touch()
    return found


@contextmanager
def peer(cluster: Cluster, folder: Path, user: str) -> Iterator[tuple[Jupyter, float]]:
    """A server with the peer, and the seconds that entering the cluster adds to squeue."""
    wrapper = folder / f"squeue-{cluster.generation}"
    inside = _script(cluster, wrapper, "squeue", user)
    nothing = _script(cluster, folder / "true", "true", user)
    begun = time.perf_counter()
    for _ in range(10):
        subprocess.run([nothing], check=True)
    entering = (time.perf_counter() - begun) / 10
    config = {
        "ServerApp": {"jpserver_extensions": {"jupyterlab_slurm": True}},
        "SlurmCommandPaths": {"squeue_path": str(inside)},
    }
    with Jupyter(config, python=python(folder / "peer")) as server:
        yield server, entering


def _script(cluster: Cluster, path: Path, command: str, user: str) -> Path:
    argv, environment = cluster.command([command], user=user)
    path.parent.mkdir(parents=True, exist_ok=True)
    exports = "".join(f"export {k}={shlex.quote(v)}\n" for k, v in environment.items())
    path.write_text(f'#!/bin/sh\n{exports}exec {shlex.join(argv)} "$@"\n')
    path.chmod(0o755)
    return path
