"""v0.0.40 to v0.0.42 (Slurm 23.11 to 26.05): lists of states, optional numbers."""

from __future__ import annotations

from . import v39
from .base import Dialect

FIRST = 40

FEATURES = frozenset(
    {"licences", "history by user", "job states", "fairshare", "flags", "jobs killed together"}
)


def dialect(minor: int) -> Dialect:
    return Dialect(
        minor=minor,
        decode_partitions=v39.decode_partitions,
        features=FEATURES
        | ({"resolved files", "task ids misread"} if minor <= 41 else {"resolved files"}),
    )
