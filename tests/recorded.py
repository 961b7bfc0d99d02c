"""Responses recorded from real slurmrestd daemons by `python3 -m devcluster record`.

`python3 -m devcluster recorded` lists them, and prints one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from devcluster.record import archive

FIXTURES = Path(__file__).parent / "fixtures"
#: Every (release, API version) that was recorded, oldest first.
PAIRS = archive.pairs(FIXTURES)


@dataclass(frozen=True)
class Recorded:
    """One response: the request that was sent and what came back, the body byte for byte."""

    release: str
    api_version: str
    name: str
    method: str
    path: str
    sent: Any
    status: int
    content_type: str
    body: bytes

    def __str__(self) -> str:
        return f"{self.release}-{self.api_version}-{self.name}"

    def json(self) -> Any:
        return json.loads(self.body)


@cache
def responses(release: str, api_version: str) -> dict[str, Recorded]:
    """All responses of a release through an API version, by name."""
    files = archive.read(archive.path_of(FIXTURES, release, api_version))
    found = {}
    for name, entry in json.loads(files["index.json"]).items():
        body = files[entry.pop("file")]
        found[name] = Recorded(release, api_version, name, body=body, **entry)
    return found


def recorded(name: str) -> list[Recorded]:
    """The responses to the call `name`, one for each release and API version that has it."""
    found = [responses(*pair)[name] for pair in PAIRS if name in responses(*pair)]
    if not found:
        raise LookupError(f"no recorded answer is named {name!r}")
    return found


def recorded_by(api_version: str, name: str, release: str = "") -> Recorded:
    """The response to `name` from an API version; `release` (e.g. "24.11") chooses between two."""
    for response in reversed(recorded(name)):
        if response.api_version == api_version and response.release.startswith(release):
            return response
    raise LookupError(f"{name!r} was not recorded from {api_version} of Slurm {release or 'any'}")
