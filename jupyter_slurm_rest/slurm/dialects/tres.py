"""Trackable resources: ``cpu=4,mem=8G,gres/gpu:a100=2`` and ``gpu:a100:2(IDX:0-1)``."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from jupyter_slurm_rest.slurm.models import Gres, Tres

from .values import Number, Text, number

_UNITS = {"K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40, "P": 2**50, "E": 2**60}
_MIB = 2**20


def _count(written: str, unit: int = 1) -> int:
    """``written`` with its suffix, in ``unit`` (bytes) when it has no suffix."""
    scale = _UNITS.get(written[-1:].upper())
    try:
        if scale is None:
            return int(float(written) * unit)
        return int(float(written[:-1]) * scale)
    except ValueError:
        return 0


class _Sum:
    """Collects single resources into a :class:`Tres`."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}
        self.gpu_types: dict[str, int] = {}
        self.other: dict[str, int] = {}

    def add(self, name: str, count: int) -> None:
        if name in ("cpu", "mem", "node", "gres/gpu"):
            self.known[name] = count
        elif name.startswith("gres/gpu:"):
            self.gpu_types[name[len("gres/gpu:") :]] = count
        else:
            self.other[name] = count

    def tres(self) -> Tres:
        return Tres(
            cpus=self.known.get("cpu"),
            memory=self.known.get("mem"),
            nodes=self.known.get("node"),
            gpus=self.known.get("gres/gpu", sum(self.gpu_types.values())),
            gpu_types=self.gpu_types,
            other=self.other,
        )


@lru_cache(maxsize=4096)
def parse_tres(written: str | None) -> Tres | None:
    """A TRES string of slurmctld, or ``None`` for an empty one.

    Jobs of a queue share few distinct strings: hence the cache.
    """
    if not written:
        return None
    total = _Sum()
    for item in written.split(","):
        name, sign, value = item.partition("=")
        if not sign:
            continue
        # Memory without a suffix is in MiB.
        total.add(name, _count(value, _MIB) // _MIB if name == "mem" else _count(value))
    return total.tres()


class TresEntry(msgspec.Struct):
    """One resource as slurmdb lists it."""

    type: Text = None
    name: Text = None
    count: Number = None


TresList = list[TresEntry] | None


def entry_name(entry: TresEntry) -> str:
    """Slurm's whole name of a resource: ``gres/gpu:a100``."""
    return f"{entry.type}/{entry.name}" if entry.name else entry.type or ""


def read_tres(entries: TresList) -> Tres | None:
    """The TRES list of an accounting record, or ``None`` for an empty one."""
    if not entries:
        return None
    total = _Sum()
    for entry in entries:
        count = number(entry.count)
        if count is not None and entry.type:
            total.add(entry_name(entry), count)
    return total.tres()


def write_tres(entries: TresList) -> str:
    """The same list as Slurm writes it on a line: ``cpu=64,gres/gpu=4``."""
    counted = [(entry_name(entry), number(entry.count)) for entry in entries or []]
    return ",".join(f"{name}={count}" for name, count in counted if count is not None)


_GRES = re.compile(r"[^,(]+(?:\([^)]*\))?")
_COUNT = re.compile(r"\d+[KMGTPE]?$", re.IGNORECASE)


def _gres_items(written: str) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    for item in _GRES.findall(written.replace("(null)", "null")):
        name, *rest = item.partition("(")[0].strip().split(":")
        # A gres without a count is one of them: "craynetwork".
        amount = _count(rest.pop()) if rest and _COUNT.match(rest[-1]) else 1
        kind = next((word for word in rest if word not in ("no_consume", "")), "")
        if name and name != "null":
            counts[name, kind] = counts.get((name, kind), 0) + amount
    return counts


def parse_gres(configured: str, used: str) -> list[Gres]:
    """A node's resources from its ``gres`` and ``gres_used``."""
    total, taken = _gres_items(configured), _gres_items(used)
    found = [
        Gres(name=name, type=kind, total=amount, used=taken.get((name, kind), 0))
        for (name, kind), amount in total.items()
    ]
    # Jobs that ask for no type are counted under "(null)" when the node has only one.
    untyped = taken.get(("gpu", "null"), 0)
    gpus = [gres for gres in found if gres.name == "gpu"]
    if untyped and len(gpus) == 1:
        one = msgspec.structs.replace(gpus[0], used=gpus[0].used + untyped)
        found[found.index(gpus[0])] = one
    return found
