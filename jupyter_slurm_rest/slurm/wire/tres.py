"""Trackable resources: ``cpu=4,mem=8G,gres/gpu:a100=2`` and ``gpu:a100:2(IDX:0-1)``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from jupyter_slurm_rest.slurm.models import Gres, Tres

from .envelope import Number, Text, number

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
        typed = sum(self.gpu_types.values())
        gpus = self.known.get("gres/gpu", typed)
        return Tres(
            cpus=self.known.get("cpu"),
            memory=self.known.get("mem"),
            nodes=self.known.get("node"),
            # Over typed and untyped nodes Slurm may count the untyped ones only.
            gpus=gpus if gpus >= typed else gpus + typed,
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
    found = []
    for (name, kind), amount in total.items():
        count = taken.pop((name, kind), 0)
        # What has no type, or was given without asking for one, is counted under "(null)".
        untyped = min(taken.get((name, "null"), 0), amount - count)
        if untyped > 0:
            taken[name, "null"] -= untyped
            count += untyped
        found.append(Gres(name=name, type=kind, total=amount, used=count))
    return found


_SHARDS = re.compile(r"(?:^|,)shard:[^,(]*\(([^)]*)\)")


def shared_gpus(used: str) -> int:
    """How many GPUs jobs share, by a node's ``gres_used``: these cannot be allocated as a whole."""
    count = 0
    for inside in _SHARDS.findall(used.replace("(null)", "null")):
        if inside.startswith("IDX:"):
            # Slurm 22.05 lists the GPUs.
            count += count_ranges(inside[len("IDX:") :])
        else:
            # Then, for each GPU, shards in use and shards; "-" for one that a job has whole.
            count += sum(part.partition("/")[0] not in ("0", "-") for part in inside.split(","))
    return count


def count_ranges(ranges: str) -> int:
    """How many numbers ``0-3,8`` are; 0 for anything else."""
    found = 0
    for part in ranges.split(","):
        first, _, last = part.partition("-")
        if first.isdigit() and (last or first).isdigit():
            found += int(last or first) - int(first) + 1
    return found


def with_gpus(tres: Tres | None, detail: list[str] | None) -> Tres | None:
    """What a job has, with its GPUs as they were given on each of its nodes.

    TRES names only types that are accounted, and counts wrong over typed and untyped nodes.
    """
    counts: dict[str, int] = {}
    for node in detail or []:
        for (name, kind), amount in _gres_items(node).items():
            if name == "gpu" and amount:
                counts[kind] = counts.get(kind, 0) + amount
    if tres is None or not counts:
        return tres
    types = {kind: amount for kind, amount in counts.items() if kind and kind != "null"}
    return msgspec.structs.replace(tres, gpus=sum(counts.values()), gpu_types=types)


def with_gpu_types(tres: Tres | None, requested: Iterable[tuple[str, int]]) -> Tres | None:
    """What a job asked for, with the types of GPUs that it named.

    ``requested`` are ``tres_per_job`` and the like (``gres:gpu:a100:2``, ``gres/gpu:a100=2``), each
    with how many times it counts.
    """
    if tres is None or not tres.gpus:
        return tres
    for written, times in requested:
        plain = written.replace("gres:", "").replace("gres/", "").replace("=", ":")
        items = {kind: n for (name, kind), n in _gres_items(plain).items() if name == "gpu"}
        types = {kind: n * times for kind, n in items.items() if kind}
        if types:
            if len(items) == 1:
                types = dict.fromkeys(types, tres.gpus)
            return msgspec.structs.replace(tres, gpu_types=types)
    return tres
