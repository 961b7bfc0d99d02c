"""v0.0.40 to v0.0.42 (Slurm 23.11 to 26.05): lists of states, optional numbers."""

from __future__ import annotations

from . import v39
from .base import Dialect
from .change_fields import encode_change

FIRST = 40

FEATURES = frozenset(
    {
        "fairshare",
        "flags",
        "history by user",
        "job states",
        "jobs killed together",
        "reading licences",
        "stored scripts",
        "truncated times",
    }
)

#: What v0.0.40 and v0.0.41 do in the releases before 24.11.
_OLD = frozenset({"silent refusals", "task ids misread"})


def dialect(minor: int) -> Dialect:
    return Dialect(
        minor=minor,
        decode_partitions=v39.decode_partitions,
        encode_change=encode_change,
        features=FEATURES | {"resolved files"} | (_OLD if minor <= 41 else frozenset()),
    )
