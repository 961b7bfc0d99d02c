"""Writes the files of a new cluster: configuration, keys, and the folders of its daemons."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
from pathlib import Path

from devcluster import users
from devcluster.config import GPUS_PER_NODE, HOSTNAME, NODES, Settings
from devcluster.errors import DevclusterError
from devcluster.layout import Layout

#: What Slurm and the kernel take, the end of the string included.
_LONGEST_SOCKET_PATH = 107


def write(settings: Settings) -> None:
    """Everything the daemons read. The state folder exists and is empty but for logs."""
    layout = settings.layout
    if len(str(layout.rest_socket)) > _LONGEST_SOCKET_PATH:
        raise DevclusterError(
            f"{layout.rest_socket} is too long for a UNIX socket; choose a shorter "
            "DEVCLUSTER_HOME or instance name"
        )
    slurm = users.slurm_ids(layout.tree)
    layout.slurm_etc.mkdir(parents=True)
    _configuration(settings, slurm)
    _folders(layout, slurm)
    _fake_gpus(layout)
    names = " ".join(["localhost", HOSTNAME, os.uname().nodename, *NODES])
    (layout.etc / "hosts").write_text(f"127.0.0.1 {names}\n")
    if layout.tree is not None:
        passwd, group = users.merged_passwd(layout.tree)
        (layout.etc / "passwd").write_text(passwd)
        (layout.etc / "group").write_text(group)
    if not settings.slurmrestd_knows_users:
        layout.stranger_passwd.write_text(users.passwd_without_users(layout.tree))


def _configuration(settings: Settings, slurm: tuple[int, int]) -> None:
    layout = settings.layout
    etc = layout.slurm_etc
    (etc / "slurm.conf").write_text(settings.slurm_conf())
    (etc / "cgroup.conf").write_text(settings.cgroup_conf())
    (etc / "gres.conf").write_text(settings.gres_conf())
    _secret(etc / "slurmdbd.conf", settings.slurmdbd_conf().encode(), slurm)
    _secret(layout.jwt_key, secrets.token_bytes(32), slurm)
    if settings.release.auth == "slurm":
        _secret(etc / "slurm.key", secrets.token_bytes(1024), slurm)
    else:
        folder = layout.state / "munge"
        folder.mkdir(mode=0o700)
        shutil.chown(folder, "munge", "munge")
        _secret(folder / "munge.key", secrets.token_bytes(1024), None)
        shutil.chown(folder / "munge.key", "munge", "munge")


def _secret(path: Path, content: bytes, owner: tuple[int, int] | None) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
    if owner is not None:
        os.chown(path, *owner)


def _folders(layout: Layout, slurm: tuple[int, int]) -> None:
    spool = layout.state / "spool"
    spool.mkdir()
    controller = spool / "slurmctld"
    controller.mkdir(mode=0o700)
    os.chown(controller, *slurm)
    for node in NODES:
        (spool / node).mkdir()
    rest = layout.rest_socket.parent
    rest.mkdir()
    shutil.chown(rest, users.REST_USER, users.REST_USER)


def _fake_gpus(layout: Layout) -> None:
    """Device files with a GPU's names. Slurm wants devices; nobody ever opens these."""
    folder = layout.state / "gpu"
    folder.mkdir()
    null = Path("/dev/null").stat().st_rdev
    for index in range(GPUS_PER_NODE):
        os.mknod(folder / f"nvidia{index}", stat.S_IFCHR | 0o600, null)
