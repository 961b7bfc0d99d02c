"""Where everything lives. Paths are the same on the machine and inside a cluster."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from devcluster.errors import DevclusterError
from devcluster.generations import Generation


def home() -> Path:
    return Path(os.environ.get("DEVCLUSTER_HOME") or "/var/lib/devcluster")


def default_instance() -> str:
    return os.environ.get("DEVCLUSTER_INSTANCE") or "default"


@dataclass(frozen=True)
class Layout:
    """The folders of one instance of one generation."""

    generation: Generation
    instance: str

    def __post_init__(self) -> None:
        # The name becomes part of a socket path, which may hold about 100 characters.
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}", self.instance):
            raise DevclusterError(
                f"instance name {self.instance!r}: use 1 to 32 letters, digits, '_', '-' or '.'"
            )

    def __str__(self) -> str:
        return f"the {self.generation.name} cluster (instance {self.instance})"

    @property
    def tree(self) -> Path | None:
        """The root of the other Debian release; None for the machine's own."""
        if self.generation.suite is None:
            return None
        return home() / "trees" / self.generation.suite

    @property
    def state(self) -> Path:
        return home() / "instances" / self.instance / self.generation.name

    @property
    def etc(self) -> Path:
        return self.state / "etc"

    @property
    def slurm_etc(self) -> Path:
        return self.etc / "slurm"

    @property
    def stranger_passwd(self) -> Path:
        """/etc/passwd as a slurmrestd sees it that does not know the cluster's users."""
        return self.etc / "passwd-without-users"

    @property
    def jwt_key(self) -> Path:
        return self.slurm_etc / "jwt_hs256.key"

    @property
    def logs(self) -> Path:
        return self.state / "log"

    def log(self, daemon: str) -> Path:
        return self.logs / f"{daemon}.log"

    @property
    def database(self) -> Path:
        return self.state / "mysql"

    @property
    def database_socket(self) -> Path:
        return self.database / "run" / "mysqld.sock"

    @property
    def rest_socket(self) -> Path:
        return self.state / "rest" / "slurmrestd.socket"

    @property
    def record(self) -> Path:
        """instance.json: ports, processes, extra configuration; there while the cluster is up."""
        return self.state / "instance.json"
