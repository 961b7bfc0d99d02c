"""Responses recorded from real daemons (see devcluster/record)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jupyter_slurm_rest.slurm.transport import Response
from tests.recorded import FIXTURES, PAIRS, Recorded, responses

__all__ = ["FIXTURES", "RECORDINGS", "Recording"]


@dataclass(frozen=True)
class Recording:
    """The responses of one release through one API version: ``FIXTURES / release / version``."""

    folder: Path

    @property
    def release(self) -> str:
        return self.folder.parent.name

    @property
    def line(self) -> tuple[int, ...]:
        """The release line, ``(23, 11)``."""
        return tuple(int(part) for part in self.release.split(".")[:2])

    @property
    def version(self) -> str:
        return self.folder.name

    @property
    def minor(self) -> int:
        return int(self.version.rpartition(".")[2])

    def __str__(self) -> str:
        return f"{self.release}-{self.version}"

    @property
    def index(self) -> dict[str, Recorded]:
        return responses(self.release, self.version)

    def has(self, name: str) -> bool:
        """Whether it was asked, and is served."""
        return name in self.index and self.index[name].status != 404

    def path(self, name: str) -> str:
        return self.index[name].path

    def job_id(self, name: str) -> str:
        """The id of the job that the call ``name`` asked for."""
        return self.path(name).rpartition("/")[2]

    def body(self, name: str) -> bytes:
        return self.index[name].body

    def response(self, name: str, seconds: float = 0.01) -> Response:
        entry = self.index[name]
        return Response(entry.status, entry.content_type, entry.body, seconds)


RECORDINGS = [Recording(FIXTURES / release / version) for release, version in PAIRS]
