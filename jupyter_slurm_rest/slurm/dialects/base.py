"""How one API version is spoken."""

from __future__ import annotations

import msgspec

from jupyter_slurm_rest.slurm.capabilities import Capabilities
from jupyter_slurm_rest.slurm.changes import JobChange
from jupyter_slurm_rest.slurm.models import Partition

from . import change_fields, change_words
from .partitions import flat_partitions, nested_partitions


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
        """Every partition of an answer."""
        read = flat_partitions if self.capabilities.flat_partitions else nested_partitions
        found = read(body)
        if not self.capabilities.misplaced_default_time:
            return found
        return [msgspec.structs.replace(partition, default_time=None) for partition in found]

    def encode_change(self, change: JobChange) -> dict[str, object]:
        """The body that changes a job. Raises :exc:`Unsupported`."""
        if not self.capabilities.changes_in_words:
            return self.change_body(change_fields.encode_change(change, self.capabilities))
        body = change_words.encode_change(change)
        if self.capabilities.blank_in_time_minimum and "time_minimum" in body:
            body["time minimum"] = body.pop("time_minimum")
        return body

    def change_body(self, fields: dict[str, object]) -> dict[str, object]:
        """``fields`` as the body of a change."""
        if not self.capabilities.environment_in_changes:
            return fields
        # 23.02 refuses an empty list as well.
        return {**fields, "environment": ["SLURM_CHANGE=1"]}
