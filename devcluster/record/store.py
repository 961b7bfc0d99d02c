"""Recorded responses: the body byte for byte as <name>.json (or .txt), the rest in index.json.

All of one release and API version are in one archive: tests/fixtures/24.11.5/v0.0.42.tar.xz.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from devcluster.errors import DevclusterError
from devcluster.generations import Release
from devcluster.record import archive
from devcluster.record.calls import Call, Version
from devcluster.rest import Response


class Store:
    """Collects the responses of one release; `finish` writes them all or nothing."""

    def __init__(self, folder: Path, release: str) -> None:
        self._folder = folder
        self._release = release
        self._files: dict[str, dict[str, bytes]] = {}
        self._index: dict[str, dict[str, Any]] = {}

    def put(self, version: Version, call: Call, response: Response) -> None:
        if b"eyJ" in response.body:
            raise DevclusterError(f"the response to {call.name} holds a token; it is not recorded")
        suffix = "json" if response.content_type.startswith("application/json") else "txt"
        file = f"{call.name}.{suffix}"
        index = self._index.setdefault(version.text, {})
        if call.name in index:
            raise DevclusterError(f"two recorded calls are named {call.name}")
        index[call.name] = {
            "method": call.method,
            "path": call.path,
            "sent": call.raw if call.raw is not None else call.body,
            "status": response.status,
            "content_type": response.content_type,
            "file": file,
        }
        self._files.setdefault(version.text, {})[file] = response.body

    def finish(self) -> None:
        """Replace what was recorded of this release line (22.05.x) before."""
        line = Release(self._release).number[:2]
        self._folder.mkdir(parents=True, exist_ok=True)
        for old in self._folder.iterdir():
            if old.is_dir() and Release(old.name).number[:2] == line:
                shutil.rmtree(old)
        for version, files in self._files.items():
            index = json.dumps(self._index[version], indent=1, sort_keys=True) + "\n"
            place = archive.path_of(self._folder, self._release, version)
            archive.write(place, {**files, "index.json": index.encode()})
