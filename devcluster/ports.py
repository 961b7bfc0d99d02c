"""Port blocks: ten ports for each instance of each generation."""

from __future__ import annotations

import contextlib
import errno
import json
import socket
from pathlib import Path

from devcluster.config import NODES
from devcluster.errors import DevclusterError
from devcluster.layout import Layout, home

LOOPBACK = "127.0.0.1"
_BLOCK = 10
# Below the ephemeral ports; the blocks of the instance "default" come first and are fixed.
_FIRST_FREE_BLOCK = 18100
_END = 20000


def block(base: int) -> dict[str, int]:
    """The ports of a block by daemon."""
    names = ["slurmrestd", "slurmctld", "slurmdbd", *(f"slurmd-{node}" for node in NODES)]
    return {name: base + index for index, name in enumerate(names)}


def choose(layout: Layout) -> int:
    """First port of a free block. DevclusterError names a taken port and who holds it."""
    first = layout.generation.first_port
    if layout.instance == "default" and first is not None:
        for name, port in block(first).items():
            if not _free(port):
                raise DevclusterError(
                    f"port {port}, which {name} of the {layout.generation.name} cluster needs, "
                    f"is taken by {holder(port)}. Stop that, or use another instance "
                    "(--instance NAME takes the first free ports)."
                )
        return first
    claimed = _claimed()
    for base in range(_FIRST_FREE_BLOCK, _END, _BLOCK):
        if base not in claimed and all(_free(port) for port in block(base).values()):
            return base
    raise DevclusterError(
        f"no {_BLOCK} free ports in a row between {_FIRST_FREE_BLOCK} and {_END}; "
        "take an instance down"
    )


def _claimed() -> set[int]:
    bases = set()
    for record in (home() / "instances").glob("*/*/instance.json"):
        try:
            bases.add(int(json.loads(record.read_text())["base"]))
        except FileNotFoundError:
            continue
    return bases


def _free(port: int) -> bool:
    with socket.socket() as probe:
        # As the daemons do: a connection in TIME_WAIT does not make a port taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


def holder(port: int) -> str:
    """Who listens on `port`: `name (process 123)`, or that nobody can say."""
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            rows = Path(table).read_text().splitlines()[1:]
        except FileNotFoundError:
            continue
        for row in rows:
            fields = row.split()
            listening = fields[3] == "0A"
            if listening and int(fields[1].rpartition(":")[2], 16) == port:
                inodes.add(f"socket:[{fields[9]}]")
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        if inodes.intersection(_open_files(entry)):
            return f"{(entry / 'comm').read_text().strip()} (process {entry.name})"
    return "another program"


def _open_files(process: Path) -> list[str]:
    """What the descriptors of /proc/<pid> point at; what cannot be seen is left out."""
    found: list[str] = []
    with contextlib.suppress(OSError):
        for link in (process / "fd").iterdir():
            with contextlib.suppress(OSError):
                found.append(str(link.readlink()))
    return found
