"""A mount namespace for each cluster: Slurm's fixed paths exist once per cluster.

Inside, /etc/slurm, /run and (for another Debian release) the whole root are the cluster's own,
so the machine's files are never touched and clusters do not meet. /home and /tmp are the
machine's. The namespace lives as long as its keeper process; its mounts vanish with it.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from devcluster import prefixes
from devcluster.config import HOSTNAME
from devcluster.layout import Layout
from devcluster.process import Process, spawn, tail, wait_until

#: Owner of each folder under /run; 26.05 wants /run/slurm to be root's.
_RUN_FOLDERS = {
    "munge": "munge",
    "slurm": "root",
    "slurmctld": "slurm",
    "slurmdbd": "slurm",
    "slurmd": "root",
}
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def start_keeper(layout: Layout) -> Process:
    """Start the process that makes a new namespace and then keeps it."""
    script = "set -e\n" + "\n".join(_setup(layout))
    argv = ["unshare", "--mount", "--uts", "--propagation", "private", "sh", "-c", script]
    return spawn(argv, _log(layout), {"PATH": PATH})


def wait_mounted(layout: Layout, keeper: Process) -> None:
    """Wait until everything is mounted; DevclusterError when that failed."""
    log = _log(layout)

    def failed() -> str | None:
        if keeper.alive():
            return None
        return f"cannot set up a mount namespace (is this a restricted container?):\n{tail(log)}"

    def mounted() -> bool:
        try:
            return Path(f"/proc/{keeper.pid}/comm").read_text() == "sleep\n"
        except (FileNotFoundError, ProcessLookupError):
            return False

    wait_until(mounted, "the mount namespace", seconds=20, failed=failed)


def _log(layout: Layout) -> Path:
    return layout.logs / "namespace.log"


def _setup(layout: Layout) -> list[str]:
    """Shell lines that mount everything and end as `sleep`, which tells that they are done."""
    root = str(layout.tree or "")
    state = str(layout.state)
    lines = [f"hostname {HOSTNAME}"]
    if layout.tree is not None:
        for shared in ("/proc", "/sys", "/dev", "/home", "/tmp"):  # noqa: S108 - a mount point
            lines.append(_run("mount", "--rbind", shared, root + shared))
        lines.append(_run("mkdir", "-p", root + state))
        lines.append(_run("touch", f"{root}/etc/hosts"))
        lines.append(_run("mount", "--bind", state, root + state))
        lines += [_bind(layout.etc / name, f"{root}/etc/{name}") for name in ("passwd", "group")]
    lines.append(_bind(layout.etc / "hosts", f"{root}/etc/hosts"))
    lines.append(_bind(layout.slurm_etc, f"{root}/etc/slurm"))
    if layout.generation.prefix is not None:
        lines += _build(layout, layout.generation.prefix)
    lines.append(_run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", f"{root}/run"))
    lines.append(_run("mkdir", f"{root}/run/mysqld"))
    lines.append(_bind(layout.database_socket.parent, f"{root}/run/mysqld"))
    if layout.tree is not None:
        lines.append(f"enter='chroot {shlex.quote(root)}'")
    for folder, owner in _RUN_FOLDERS.items():
        made = f"$enter install -d -m 755 -o {owner} -g {owner} /run/{folder}"
        # Only releases that still need munge have a user of that name.
        lines.append(f"if $enter id {owner} >&2; then {made}; fi")
    lines.append("exec $enter sleep infinity")
    return lines


def _build(layout: Layout, prefix: Path) -> list[str]:
    """The build's programs in the places of the machine's, which jobs look in too; and our
    configuration where a build looks that was made without --sysconfdir.
    """
    lines = [_bind(program, str(own)) for program, own in prefixes.programs(prefix)]
    if (prefix / "etc").is_dir():
        lines.append(_bind(layout.slurm_etc, f"{prefix}/etc"))
    return lines


def _bind(source: Path, target: str) -> str:
    return _run("mount", "--bind", str(source), target)


def _run(*argv: str) -> str:
    return shlex.join(argv)


def inside(keeper: Process, argv: Sequence[str], *, user: str | None, cwd: str) -> list[str]:
    """The command that runs `argv` in the keeper's namespace, as `user` (None: root)."""
    enter = ["nsenter", "--target", str(keeper.pid), "--mount", "--uts", "--root", "--"]
    enter += ["env", f"--chdir={cwd}"]
    if user is not None:
        enter += ["setpriv", "--reuid", user, "--regid", user, "--init-groups", "--"]
    return [*enter, *argv]


def members(keeper: Process) -> list[Process]:
    """Every process inside the namespace but the keeper: daemons, job steps, jobs."""
    try:
        namespace = Path(f"/proc/{keeper.pid}/ns/mnt").stat().st_ino
    except FileNotFoundError:
        return []
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == keeper.pid:
            continue
        try:
            if (entry / "ns/mnt").stat().st_ino != namespace:
                continue
        except OSError:
            # It has ended, or is one not even root may look at: neither is ours.
            continue
        process = Process.of(int(entry.name))
        if process is not None:
            found.append(process)
    return found
