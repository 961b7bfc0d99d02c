"""v0.0.37 and v0.0.38 (Slurm 21.08 to 23.11): sbatch's words, flat records."""

from __future__ import annotations

import msgspec

from jupyter_slurm_rest.slurm.models import Partition

from .base import Dialect
from .change_words import encode_change, encode_change_37
from .envelope import decode
from .partitions import FlatRows, flat_partition

FIRST = 37
_COMMON = frozenset({"tasks changed by id"})
_NEWER = frozenset({"reading licences"})
#: v0.0.37's own faults.
_OLDER = frozenset({"numbered qos", "start is eligible"})


def decode_partitions(body: bytes) -> list[Partition]:
    return [flat_partition(row) for row in decode(body, FlatRows).partitions or []]


def decode_partitions_37(body: bytes) -> list[Partition]:
    # v0.0.37 writes an amount of memory where the default time limit belongs.
    return [
        msgspec.structs.replace(partition, default_time=None)
        for partition in decode_partitions(body)
    ]


def dialect(minor: int) -> Dialect:
    return Dialect(
        minor=minor,
        decode_partitions=decode_partitions if minor >= 38 else decode_partitions_37,
        encode_change=encode_change if minor >= 38 else encode_change_37,
        features=_COMMON | (_NEWER if minor >= 38 else _OLDER),
    )
