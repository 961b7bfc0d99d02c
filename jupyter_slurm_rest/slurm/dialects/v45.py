"""v0.0.43 to v0.0.45 (Slurm 25.05 and newer)."""

from __future__ import annotations

from . import v39, v42
from .base import Dialect
from .change_fields import encode_change

FIRST = 43


def dialect(minor: int) -> Dialect:
    return Dialect(
        minor=minor,
        decode_partitions=v39.decode_partitions,
        encode_change=encode_change,
        features=v42.FEATURES | ({"requeue"} if minor >= 45 else set()),
    )
