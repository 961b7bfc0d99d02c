"""v0.0.39 (Slurm 23.02 to 24.05). No packaged Slurm serves it: built from its sources,
not tested on a real daemon."""

from __future__ import annotations

from jupyter_slurm_rest.slurm.models import Partition

from .base import Dialect
from .change_fields import encode_change
from .envelope import decode
from .partitions import NestedRows, nested_partition

FIRST = 39


def decode_partitions(body: bytes) -> list[Partition]:
    return [nested_partition(row) for row in decode(body, NestedRows).partitions or []]


def dialect(minor: int) -> Dialect:
    return Dialect(
        minor=minor,
        decode_partitions=decode_partitions,
        encode_change=encode_change,
        features=frozenset(
            {"reading licences", "history by user", "resolved files", "task ids misread"}
        ),
    )
