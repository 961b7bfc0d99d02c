"""Clusters that are up side by side, and what they need."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from devcluster import GENERATIONS, Cluster, DevclusterError, prefixes
from devcluster.process import wait_until

#: What clusters of one generation are for; the first is everybody's.
_PURPOSES = (
    "",
    "reading",
    "private",
    "shared",
    "machine",
    "tokens",
    "strangers",
    "differential",
)


def need_root() -> None:
    """Skip without root; under CI fail, because then nobody would notice."""
    if os.geteuid() != 0:
        reason = "needs root: Slurm and JupyterHub start things as several users"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


def chosen_generations() -> list[str]:
    """Those that ``SLURM_GENERATIONS`` names and the builds in ``SLURM_PREFIX``, or all three."""
    named = os.environ.get("SLURM_GENERATIONS", "").split(",")
    folders = os.environ.get("SLURM_PREFIX", "").split(":")
    chosen = [name.strip() for name in named if name.strip()]
    chosen += [prefixes.register(Path(folder)).name for folder in folders if folder]
    return chosen or list(GENERATIONS)


def own_cluster(
    generation: str,
    purpose: str = "",
    slurm_conf: Sequence[str] = (),
    slurmdbd_conf: Sequence[str] = (),
    *,
    slurmrestd_knows_users: bool = True,
) -> Cluster:
    """A cluster, still down, whose jobs have numbers that no other cluster's have.

    Users' homes are the same in all clusters, and files are named by the jobs' numbers.
    """
    named = os.environ.get("DEVCLUSTER_INSTANCE", "")
    instance = named or "test"
    # Several runs of the tests side by side on one machine: each has an instance name.
    known = [*GENERATIONS]
    if generation not in known:
        named += generation
        known.append(generation)
    run = zlib.crc32(named.encode()) % 300 if named else 0
    place = known.index(generation) * len(_PURPOSES) + _PURPOSES.index(purpose)
    return Cluster(
        generation,
        f"{instance}-{purpose}" if purpose else instance,
        slurm_conf=[f"FirstJobId={200_000 * run + 9_000 * (place + 1)}", *slurm_conf],
        slurmdbd_conf=slurmdbd_conf,
        slurmrestd_knows_users=slurmrestd_knows_users,
    )


def set_private(cluster: Cluster, what: str) -> None:
    """Change ``PrivateData`` of a running cluster; returns when slurmctld goes by it."""
    conf = cluster.layout.slurm_etc / "slurm.conf"
    text = re.sub(r"(?m)^PrivateData=.*\n", "", conf.read_text())
    conf.write_text(f"{text}PrivateData={what}\n")
    cluster.run(["scontrol", "reconfigure"], check=False)
    wanted = set(what.split(","))
    try:
        wait_until(lambda: _private(cluster) == wanted, f"PrivateData={what}", seconds=30)
    except DevclusterError:
        # slurmctld before 24.11.6 may hang here; its jobs are saved by then.
        cluster.stop("slurmctld")
        cluster.start("slurmctld")
        assert _private(cluster) == wanted


def _private(cluster: Cluster) -> set[str]:
    """As slurmctld tells it; empty while it does not answer."""
    shown = cluster.run(["scontrol", "show", "config"], check=False).stdout
    found = re.search(r"(?m)^PrivateData\s*= (\S+)", shown)
    return set(found[1].split(",")) if found else set()
