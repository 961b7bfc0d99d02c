"""What a family of API versions brings."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from jupyter_slurm_rest.slurm.changes import JobChange
from jupyter_slurm_rest.slurm.errors import Unsupported
from jupyter_slurm_rest.slurm.models import Partition


class Dialect(msgspec.Struct, frozen=True, kw_only=True):
    """One API version, and how it differs from the others."""

    #: 45 for ``v0.0.45``.
    minor: int
    decode_partitions: Callable[[bytes], list[Partition]]
    #: The body that changes a job.
    encode_change: Callable[[JobChange], dict[str, object]]
    #: Names of what this version has beyond the least: see :meth:`require`.
    features: frozenset[str] = frozenset()

    @property
    def version(self) -> str:
        return f"v0.0.{self.minor}"

    def update_time(self, epoch: int) -> str:
        """``epoch`` for slurmctld's lists: v0.0.40 and v0.0.41 refuse a bare number."""
        return f"uts{epoch}" if self.minor >= 39 else str(epoch)

    def has(self, feature: str) -> bool:
        return feature in self.features

    def require(self, feature: str, needs: str, advice: str = "") -> None:
        """Raise :exc:`Unsupported` unless this version has ``feature``."""
        if not self.has(feature):
            raise Unsupported(feature.capitalize(), self.version, needs=needs, advice=advice)
