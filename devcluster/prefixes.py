"""Slurm builds in a folder of their own (`./configure --prefix=...`), each a generation more.

A build is known by its release: `<home>/prefixes/23.11.11` is a link to its folder.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from devcluster.errors import DevclusterError
from devcluster.generations import GENERATIONS, Generation, release_of
from devcluster.layout import home

_NEEDED = ("sbin/slurmctld", "sbin/slurmd", "sbin/slurmdbd", "sbin/slurmrestd", "bin/squeue")
_PROGRAM_FOLDERS = ("/usr/bin", "/usr/sbin")


def names() -> list[str]:
    """All generations: the three, and the builds that were named once."""
    return [*GENERATIONS, *sorted(link.name for link in _folder().glob("[!.]*") if link.is_dir())]


def find(name: str) -> Generation:
    """The generation called `name`; DevclusterError names the known ones."""
    known = GENERATIONS.get(name)
    if known is not None:
        return known
    if name in names():
        return Generation(name, prefix=(_folder() / name).resolve())
    raise DevclusterError(f"no generation named {name!r}; there are: {', '.join(names())}")


def register(prefix: Path) -> Generation:
    """The generation of the build in `prefix`, named by its release; remembered for `find`."""
    prefix = prefix.resolve()
    missing = [program for program in _NEEDED if not (prefix / program).is_file()]
    if missing:
        raise DevclusterError(
            f"{prefix} holds no Slurm to bring up: {', '.join(missing)} missing there"
        )
    argv = [str(prefix / "sbin/slurmctld"), "-V"]
    try:
        done = subprocess.run(argv, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise DevclusterError(f"Slurm is not usable in {prefix}: {error}") from error
    release = release_of(done.stdout)
    link = _folder() / release.text
    link.parent.mkdir(parents=True, exist_ok=True)
    new = link.with_name(f".{release.text}.{os.getpid()}")
    new.symlink_to(prefix)
    new.rename(link)
    return Generation(release.text, prefix=prefix)


def programs(prefix: Path) -> Iterator[tuple[Path, Path]]:
    """Each program of a build and the machine's own of that name, which it takes the place of."""
    for program in sorted([*(prefix / "bin").iterdir(), *(prefix / "sbin").iterdir()]):
        for folder in _PROGRAM_FOLDERS:
            own = Path(folder, program.name)
            with contextlib.suppress(OSError):
                if own.resolve(strict=True).is_file():
                    yield program, own


def _folder() -> Path:
    return home() / "prefixes"
