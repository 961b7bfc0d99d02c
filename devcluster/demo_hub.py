"""``make demo-hub``: a JupyterHub with alice and bob on a real Slurm, until Ctrl-C."""

from __future__ import annotations

import argparse
import contextlib
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

from devcluster.cluster import Cluster
from devcluster.errors import DevclusterError
from devcluster.jupyterhub import Entry, Hub
from devcluster.lab import ensure_venv, stop_on_signals, wait_for_end
from devcluster.layout import home

_USERS = ("alice", "bob")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make demo-hub", description=__doc__)
    parser.add_argument("--wheel", type=Path, required=True)
    parser.add_argument("--generation", default="host")
    options = parser.parse_args(arguments)
    stop_on_signals()
    try:
        _run(options.generation, options.wheel)
    except DevclusterError as error:
        print(f"demo-hub: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _run(generation: str, wheel: Path) -> None:
    cluster, hub = Cluster(generation, "demo-hub"), None
    try:
        # Standard output belongs to the lines that a user needs.
        with contextlib.redirect_stdout(sys.stderr):
            print(f"demo-hub: bringing up Slurm ({generation}) and JupyterHub ...", flush=True)
            cluster.up()
            requirements = ("jupyterhub>=6.1,<7", "jupyterlab>=4.4,<5")
            bin_folder = ensure_venv(home() / "demo-hub" / "venv", wheel, *requirements)
            folder = home() / "demo-hub" / secrets.token_hex(6)
            hub = Hub({generation: Entry(cluster)}, bin_folder, folder)
            hub.up()
        print(f"Open {hub.url}")
        for user in _USERS:
            print(f"{user}: {hub.passwords[user]}")
        sys.stdout.flush()
        wait_for_end(hub.process)
    finally:
        if hub is not None:
            hub.down()
        cluster.down()


if __name__ == "__main__":
    sys.exit(main())
