"""How one API version is spoken.

Most structures read every version at once, because the scalars of
:mod:`~jupyter_slurm_rest.slurm.wire.envelope` do; what differs depends on
:mod:`~jupyter_slurm_rest.slurm.wire.version`.
"""

from __future__ import annotations

import msgspec

from jupyter_slurm_rest.slurm.models import Partition
from jupyter_slurm_rest.slurm.models.job import JobUpdate

from .actions import encode_update, encode_update_in_words
from .partitions import flat_partitions, nested_partitions
from .version import Capabilities, capabilities_of


class Dialect(msgspec.Struct, frozen=True):
    """The parts of the wire that differ from version to version."""

    capabilities: Capabilities

    @property
    def version(self) -> str:
        return self.capabilities.version

    def update_time(self, epoch: int) -> str:
        """``epoch`` for slurmctld's lists."""
        return f"{self.capabilities.update_time_prefix}{epoch}"

    def decode_partitions(self, body: bytes) -> list[Partition]:
        """Every partition of a response."""
        read = flat_partitions if self.capabilities.flat_partitions else nested_partitions
        found = read(body)
        if not self.capabilities.misplaced_default_time:
            return found
        return [msgspec.structs.replace(partition, default_time=None) for partition in found]

    def encode_change(self, change: JobUpdate) -> dict[str, object]:
        """The body that changes a job. Raises :exc:`Unsupported`."""
        if not self.capabilities.changes_in_words:
            return self.change_body(encode_update(change, self.capabilities))
        body = encode_update_in_words(change)
        if self.capabilities.blank_in_time_minimum and "time_minimum" in body:
            body["time minimum"] = body.pop("time_minimum")
        return body

    def change_body(self, fields: dict[str, object]) -> dict[str, object]:
        """``fields`` as the body of a change."""
        if not self.capabilities.environment_in_changes:
            return fields
        # 23.02 refuses an empty list as well.
        return {**fields, "environment": ["SLURM_CHANGE=1"]}


__all__ = ["Dialect", "dialect_of"]


def dialect_of(version: str, release: str = "") -> Dialect:
    """How to speak ``v0.0.NN`` to ``release``. Raises :exc:`InvalidRequest`."""
    return Dialect(capabilities_of(version, release))
