"""Answers recorded from real slurmrestd daemons by `python3 -m devcluster record`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "fixtures"


@dataclass(frozen=True)
class Recorded:
    """One answer: the request that was sent and what came back, the body byte for byte."""

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


def recorded(name: str) -> list[Recorded]:
    """The answers to the call `name`, one for each release and API version that has it."""
    found = [
        _load(index, name)
        for index in sorted(_FOLDER.glob("*/v0.0.*/index.json"))
        if name in json.loads(index.read_text())
    ]
    if not found:
        raise LookupError(f"no recorded answer is named {name!r}")
    return found


def recorded_by(api_version: str, name: str, release: str = "") -> Recorded:
    """The answer to `name` from an API version; `release` (e.g. "24.11") chooses between two."""
    for answer in reversed(recorded(name)):
        if answer.api_version == api_version and answer.release.startswith(release):
            return answer
    raise LookupError(f"{name!r} was not recorded from {api_version} of Slurm {release or 'any'}")


def _load(index: Path, name: str) -> Recorded:
    entry = json.loads(index.read_text())[name]
    body = (index.parent / entry.pop("file")).read_bytes()
    version = index.parent
    return Recorded(version.parent.name, version.name, name, body=body, **entry)
