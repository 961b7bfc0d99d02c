"""What has to be on the machine: apt packages, and a debootstrap tree for another release."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from devcluster import users
from devcluster.errors import DevclusterError
from devcluster.generations import SLURM_PACKAGES, Release, release_of
from devcluster.layout import Layout, home
from devcluster.process import run_logged, tail

_POLICY = Path("/usr/sbin/policy-rc.d")


def ensure_installed(layout: Layout) -> None:
    """Install what `layout` needs and this machine lacks, users too; minutes the first time."""
    require_root()
    home().mkdir(parents=True, exist_ok=True)
    with locked(home() / "install.lock"):
        ensure_packages(layout.generation.host_packages)
        if layout.tree is not None and not layout.tree.exists():
            _bootstrap(layout.tree.name, layout.tree)
        users.ensure_users()


def require_root() -> None:
    if os.geteuid() != 0:
        raise DevclusterError(
            "devcluster needs root: it starts Slurm's daemons, which run jobs as several users. "
            "Run it with sudo."
        )


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on `path`; waits for another process that holds it."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def slurm_release(layout: Layout) -> Release:
    """The Slurm release that is installed for `layout`."""
    prefix, tree = layout.generation.prefix, layout.tree
    argv = ["slurmctld" if prefix is None else str(prefix / "sbin/slurmctld"), "-V"]
    if tree is not None:
        argv = ["chroot", str(tree), *argv]
    try:
        done = subprocess.run(argv, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise DevclusterError(f"Slurm is not usable in {prefix or tree or '/'}: {error}") from error
    return release_of(done.stdout)


def ensure_packages(packages: Sequence[str]) -> None:
    """Install those of the Debian packages that this machine lacks."""
    missing = [package for package in packages if not _installed(package)]
    if not missing:
        return
    if shutil.which("apt-get") is None:
        raise DevclusterError(
            f"no apt-get on this machine, and these packages are missing: {', '.join(missing)}. "
            "devcluster runs on Debian and Ubuntu."
        )
    log = home() / "apt.log"
    print(f"devcluster: installing {' '.join(missing)} (log: {log})", flush=True)
    install = ["apt-get", "-o", "DPkg::Lock::Timeout=300", "install", "--yes"]
    install += ["--no-install-recommends", *missing]
    with _no_service_starts():
        # The package lists may be absent or old: only then are they worth fetching.
        if _logged(install, log) != 0:
            _logged(["apt-get", "-o", "DPkg::Lock::Timeout=300", "update"], log)
            if _logged(install, log) != 0:
                raise DevclusterError(
                    f"apt-get could not install {' '.join(missing)}; end of {log}:\n{tail(log)}"
                )


def _installed(package: str) -> bool:
    if shutil.which("dpkg-query") is None:
        return False
    query = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", package]
    done = subprocess.run(query, capture_output=True, text=True)
    return done.stdout == "installed"


@contextmanager
def _no_service_starts() -> Iterator[None]:
    """Keep package scripts from starting the machine's own slurmctld, MariaDB and munge."""
    if _POLICY.exists():
        yield
        return
    _POLICY.write_text("#!/bin/sh\nexit 101\n")
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink(missing_ok=True)


def _bootstrap(suite: str, tree: Path) -> None:
    """Build the tree beside its place and move it there, so a half-made one is never used."""
    scripts = Path("/usr/share/debootstrap/scripts")
    # An older debootstrap does not know newer suites by name; they are made like sid.
    script = suite if (scripts / suite).exists() else "sid"
    partial = tree.with_name(tree.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.parent.mkdir(parents=True, exist_ok=True)
    log = home() / f"debootstrap-{suite}.log"
    argv = ["debootstrap", "--variant=minbase", f"--include={','.join(SLURM_PACKAGES)}"]
    argv += [suite, str(partial), _mirror(), str(scripts / script)]
    print(f"devcluster: making a Debian {suite} tree in {tree} (log: {log})", flush=True)
    if _logged(argv, log) != 0:
        raise DevclusterError(f"debootstrap {suite} failed; end of {log}:\n{tail(log)}")
    partial.rename(tree)


def _mirror() -> str:
    """The Debian archive this machine's apt already uses; DEVCLUSTER_MIRROR overrides it."""
    chosen = os.environ.get("DEVCLUSTER_MIRROR")
    if chosen:
        return chosen
    targets = ["apt-get", "indextargets", "--format", "$(SITE) $(ORIGIN) $(LABEL) $(COMPONENT)"]
    done = subprocess.run(targets, capture_output=True, text=True, check=True)
    for line in done.stdout.splitlines():
        site, *kind = line.split()
        if kind == ["Debian", "Debian", "main"]:
            return site
    raise DevclusterError(
        "this machine's apt knows no Debian archive; set DEVCLUSTER_MIRROR to the URL of one"
    )


def _logged(argv: Sequence[str], log: Path) -> int:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    return run_logged(argv, log, env)
