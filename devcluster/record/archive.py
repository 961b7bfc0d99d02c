"""Recorded responses in one compressed archive for each release and API version.

Members: index.json (name -> {method, path, sent, status, content_type, file}) and the bodies.
"""

from __future__ import annotations

import io
import tarfile
from functools import cache
from pathlib import Path

SUFFIX = ".tar.xz"


def path_of(folder: Path, release: str, version: str) -> Path:
    """Where the responses of ``release`` through ``version`` are kept."""
    return folder / release / f"{version}{SUFFIX}"


def pairs(folder: Path) -> list[tuple[str, str]]:
    """Every recorded (release, API version), oldest first."""
    found = folder.glob(f"*/v0.0.*{SUFFIX}")
    return sorted((path.parent.name, path.name.removesuffix(SUFFIX)) for path in found)


def write(path: Path, files: dict[str, bytes]) -> None:
    """The same files make the same archive."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:xz", preset=9) as archive:
        for name, content in sorted(files.items()):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


@cache
def read(path: Path) -> dict[str, bytes]:
    """Every file of an archive by name, byte for byte; kept, as tests ask many times."""
    found = {}
    with tarfile.open(path, "r:xz") as archive:
        for member in archive:
            content = archive.extractfile(member)
            if content is not None:
                found[member.name] = content.read()
    return found
