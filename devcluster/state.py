"""What is remembered about a running cluster: its ports, settings and processes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from devcluster.generations import Release
from devcluster.ports import LOOPBACK, block
from devcluster.process import Process

#: Name under which the process is recorded that keeps the namespace.
KEEPER = "namespace"


@dataclass
class State:
    """Contents of instance.json. `base` is the first of the cluster's ports."""

    base: int
    release: str
    slurm_conf: list[str] = field(default_factory=list)
    slurmdbd_conf: list[str] = field(default_factory=list)
    slurmrestd_knows_users: bool = True
    complete: bool = False
    processes: dict[str, Process] = field(default_factory=dict)

    @property
    def ports(self) -> dict[str, int]:
        return block(self.base)

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.ports['slurmrestd']}"

    @property
    def slurm_release(self) -> Release:
        return Release(self.release)

    def alive(self, name: str) -> bool:
        process = self.processes.get(name)
        return process is not None and process.alive()

    def save(self, path: Path) -> None:
        """Write beside and rename, so that a reader never sees half a file."""
        new = path.with_suffix(".new")
        new.write_text(json.dumps(asdict(self), indent=2) + "\n")
        new.rename(path)

    @classmethod
    def load(cls, path: Path) -> State | None:
        """The state of a cluster that is up; None when there is none."""
        try:
            raw = json.loads(path.read_text())
        except FileNotFoundError:
            return None
        processes = {name: Process(**value) for name, value in raw.pop("processes").items()}
        return cls(**raw, processes=processes)
