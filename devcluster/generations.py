"""The Slurm generations and what one release needs that another does not know."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from devcluster.errors import DevclusterError

SLURM_PACKAGES = (
    "slurmctld",
    "slurmd",
    "slurmdbd",
    "slurmrestd",
    "slurm-client",
    "slurm-wlm-jwt-plugin",
    "slurm-wlm-mysql-plugin",
)


@dataclass(frozen=True)
class Generation:
    """One Slurm release line: the machine's own packages, those of another Debian suite, or a
    build in a folder of its own (`prefix`).
    """

    name: str
    suite: str | None = None
    #: Of the instance `default`; None: the first free block.
    first_port: int | None = None
    prefix: Path | None = None

    @property
    def cluster_name(self) -> str:
        """ClusterName of slurm.conf, which names tables of the database: no dots."""
        return self.name if self.prefix is None else "built"

    @property
    def host_packages(self) -> tuple[str, ...]:
        """What apt has to install on the machine itself. A build's programs are mounted over the
        machine's own, so those have to be there.
        """
        if self.suite is None:
            return (*SLURM_PACKAGES, "munge", "mariadb-server")
        return ("debootstrap", "mariadb-server")


GENERATIONS: dict[str, Generation] = {
    generation.name: generation
    for generation in (
        Generation("host", suite=None, first_port=18000),
        Generation("trixie", suite="trixie", first_port=18010),
        Generation("forky", suite="forky", first_port=18020),
    )
}


@dataclass(frozen=True)
class Release:
    """A Slurm release such as 24.11.5, and the settings that depend on it."""

    text: str

    @property
    def number(self) -> tuple[int, ...]:
        return tuple(int(part) for part in re.findall(r"\d+", self.text)[:3])

    @property
    def auth(self) -> str:
        """`munge`, or `slurm` (auth/slurm: no munge daemon needed)."""
        return "slurm" if self.number >= (24, 5) else "munge"

    @property
    def cgroup_plugin(self) -> str:
        # Older ones have no "disabled"; their v1 plugin also starts where /sys/fs/cgroup is empty.
        return "disabled" if self.number >= (24, 5) else "cgroup/v1"

    @property
    def unix_prefix(self) -> str:
        """How slurmrestd wants a socket named on its command line."""
        return "unix://" if self.number >= (25, 11) else "unix:"


def release_of(version_output: str) -> Release:
    """The release in what `slurmctld -V` prints, e.g. `slurm-wlm 22.05.8`."""
    match = re.search(r"\d+\.\d+\.\d+[\w.-]*", version_output)
    if match is None:
        raise DevclusterError(f"no Slurm release in the output of slurmctld -V: {version_output!r}")
    return Release(match.group())
