"""The daemons of a cluster, in the order they start: how each is run and when it is ready."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from devcluster import database, users
from devcluster.config import NODES, Settings
from devcluster.ports import LOOPBACK


@dataclass(frozen=True)
class Daemon:
    """One daemon: `argv`, its user (None: root) and environment, inside or beside the namespace."""

    name: str
    argv: list[str]
    ready: Callable[[Probe], bool]
    user: str | None = None
    env: dict[str, str] = field(default_factory=dict)
    inside: bool = True


class Probe(Protocol):
    """What a readiness check may ask of the cluster."""

    def succeeds(self, *argv: str) -> bool:
        """Whether a command run inside the cluster as root ends well."""

    def output(self, *argv: str) -> str:
        """Standard output of a command run inside the cluster as root; empty when it fails."""

    def rest_responds(self) -> bool:
        """Whether slurmrestd responds over TCP and over its socket."""


def daemons(settings: Settings) -> list[Daemon]:
    """All daemons of a cluster, in starting order."""
    layout = settings.layout
    found = [
        Daemon(
            "mariadb",
            database.daemon_argv(layout),
            lambda probe: database.responses(layout),
            inside=False,
        )
    ]
    if settings.release.auth == "munge":
        found.append(_munged(settings))
    found.append(
        Daemon(
            "slurmdbd",
            ["slurmdbd", "-D"],
            lambda probe: probe.succeeds("sacctmgr", "--noheader", "show", "cluster"),
        )
    )
    found.append(Daemon("slurmctld", ["slurmctld", "-D"], lambda probe: _controller_up(probe)))
    found += [_slurmd(node) for node in NODES]
    found.append(_slurmrestd(settings))
    return found


def _munged(settings: Settings) -> Daemon:
    folder = settings.layout.state / "munge"
    argv = ["munged", "--foreground", f"--key-file={folder}/munge.key"]
    argv += [f"--seed-file={folder}/munged.seed", f"--pid-file={folder}/munged.pid"]
    return Daemon("munged", argv, lambda probe: probe.succeeds("munge", "-n"), user="munge")


def _controller_up(probe: Probe) -> bool:
    return "is UP" in probe.output("scontrol", "ping")


def _slurmd(node: str) -> Daemon:
    def ready(probe: Probe) -> bool:
        state = probe.output("sinfo", "--noheader", "--nodes", node, "--format=%T").strip()
        return bool(state) and not state.startswith("unk") and "*" not in state

    return Daemon(f"slurmd-{node}", ["slurmd", "-D", "-N", node], ready)


def _slurmrestd(settings: Settings) -> Daemon:
    layout = settings.layout
    socket = f"{settings.release.unix_prefix}{layout.rest_socket}"
    listen = [f"{LOOPBACK}:{settings.ports['slurmrestd']}", socket]
    argv = ["slurmrestd", "-a", "rest_auth/jwt", *listen]
    user: str | None = users.REST_USER
    if not settings.slurmrestd_knows_users:
        # As in a container: a mount namespace within the cluster's, with its own passwd.
        rest = users.REST_USER
        drop = ["setpriv", "--reuid", rest, "--regid", rest, "--init-groups", "--"]
        mount = shlex.join(["mount", "--bind", str(layout.stranger_passwd), "/etc/passwd"])
        script = f"{mount} && exec {shlex.join([*drop, *argv])}"
        argv = ["unshare", "--mount", "--propagation", "unchanged", "sh", "-c", script]
        user = None
    return Daemon(
        "slurmrestd",
        argv,
        lambda probe: probe.rest_responds(),
        user=user,
        env={"SLURM_JWT": "daemon"},
    )
