"""What real daemons answered, as the recorder wrote it down (see devcluster/record)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jupyter_slurm_rest.slurm.negotiation import KNOWN
from jupyter_slurm_rest.slurm.transport import Answer

FIXTURES = Path(__file__).parent.parent / "fixtures"


@dataclass(frozen=True)
class Recording:
    """The answers of one release through one API version."""

    folder: Path

    @property
    def release(self) -> str:
        return self.folder.parent.name

    @property
    def version(self) -> str:
        return self.folder.name

    @property
    def minor(self) -> int:
        return int(self.version.rpartition(".")[2])

    def __str__(self) -> str:
        return f"{self.release}-{self.version}"

    @cached_property
    def index(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = json.loads((self.folder / "index.json").read_text())
        return found

    def has(self, name: str) -> bool:
        return name in self.index

    def path(self, name: str) -> str:
        return str(self.index[name]["path"])

    def body(self, name: str) -> bytes:
        return (self.folder / str(self.index[name]["file"])).read_bytes()

    def answer(self, name: str, seconds: float = 0.01) -> Answer:
        entry = self.index[name]
        return Answer(entry["status"], entry["content_type"], self.body(name), seconds)


RECORDINGS = [
    Recording(index.parent)
    for index in sorted(FIXTURES.glob("*/*/index.json"))
    if index.parent.name in KNOWN
]
