"""What was recorded, for a terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from devcluster.errors import DevclusterError
from devcluster.record import archive


def show(folder: Path, what: Sequence[str]) -> bytes:
    """The recorded pairs; the requests of one release and API version; one response."""
    pairs = archive.pairs(folder)
    if not what:
        return "".join(f"{release:14}{version}\n" for release, version in pairs).encode()
    release, version, name, *_ = [*what, "", ""]
    if (release, version) not in pairs or len(what) > 3:
        raise DevclusterError(
            "recorded: name nothing, or a release and API version listed, e.g. "
            "24.11.5 v0.0.42, and the name of a response"
        )
    files = archive.read(archive.path_of(folder, release, version))
    index = json.loads(files["index.json"])
    if not name:
        rows = sorted(index.items())
        return "".join(
            f"{one['status']}  {name:32}  {one['method']:6}  {one['path']}\n" for name, one in rows
        ).encode()
    if name not in index:
        raise DevclusterError(f"{release} {version} has no response named {name!r}")
    return files[index[name]["file"]]
