"""Options that say where tasks, memory and GPUs go on the nodes.

Follows ``slurm_verify_mem_bind()`` of Slurm's src/common/slurm_resource_info.c,
``verify_dist_type()`` and ``verify_hint()`` of src/common/proc_args.c.
"""

from __future__ import annotations

import re

import msgspec

from .times import UNLIMITED, Unlimited, minutes, seconds
from .values import count

_LEVELS = ("block", "cyclic", "fcyclic")
_INT_MAX = 2**31 - 1


class Switches(msgspec.Struct, frozen=True):
    """``--switches``: the most leaf switches, and how many seconds to wait for them."""

    count: int
    wait: int | Unlimited | None = None


class MemoryUpdate(msgspec.Struct, frozen=True):
    """``--mem-update``: percent kept above the use, and minutes before it applies."""

    margin: int
    delay: int


class MemoryBinding(msgspec.Struct, frozen=True):
    """``--mem-bind``: the kind (``NONE``, ``RANK``, ``LOCAL``, ``MAP``, ``MASK``), its list."""

    kind: str = ""
    values: str = ""
    #: ``None``: neither ``verbose`` nor ``quiet`` was said.
    verbose: bool | None = None
    prefer: bool = False

    def __str__(self) -> str:
        verbosity = {None: "", True: "verbose", False: "quiet"}[self.verbose]
        kind = self.kind.lower()
        full = f"{kind}_mem:{self.values}" if self.values else kind
        return ",".join(filter(None, (verbosity, "prefer" if self.prefer else "", full)))


class NodeShape(msgspec.Struct, frozen=True):
    """``--extra-node-info``: sockets, cores, threads; ``None`` is "any"."""

    sockets: int | None = None
    cores: int | None = None
    threads: int | None = None


def switches(words: str) -> Switches:
    """``--switches=count[@max-time]``."""
    number, at, wait = words.partition("@")
    return Switches(count(number), seconds(wait) if at else None)


def memory_update(words: str) -> MemoryUpdate:
    """``--mem-update=margin@delay``."""
    match = re.fullmatch(r"\s*\+?([0-9]+)@(.+)", words, re.ASCII)
    problem = f'"{words}" is not a memory update; write percent and minutes ("10@5")'
    if not match:
        raise ValueError(problem)
    margin, delay = int(match[1]), minutes(match[2])
    if delay == UNLIMITED or not 0 < margin < 65536 or not 0 < delay < 65536:
        raise ValueError(problem)
    return MemoryUpdate(margin, delay)


def _plane(words: str) -> str:
    match = re.search(r"=\s*\+?([0-9]+)\Z", words, re.ASCII)
    if not match or not 0 < int(match[1]) <= _INT_MAX:
        raise ValueError('a plane distribution needs its size: write "plane=4"')
    return f"plane={int(match[1])}"


def distribution(words: str) -> str:
    """``--distribution``, stars and aliases resolved: ``block:cyclic:cyclic,pack``."""
    if words.lower().startswith("plane"):
        return _plane(words)
    base, _, flag = words.lower().partition(",")
    levels = [level for level in base.split(":") if level]
    for place, level in enumerate(levels):
        if level == "*":
            # Slurm's defaults; that of the cores is what the sockets have.
            levels[place] = ("block", "cyclic", levels[1] if place == 2 else "")[min(place, 2)]
    problem = (
        f'"{words}" is not a distribution; write block, cyclic, arbitrary or plane=<size>, '
        'then optionally ":" and block, cyclic or fcyclic for sockets and cores, '
        'and ",pack" or ",nopack"'
    )
    if flag not in ("", "pack", "nopack"):
        raise ValueError(problem)
    if levels in (["arbitrary"], ["hostfile"]):
        levels = ["arbitrary"]
    elif levels in (["pack"], ["nopack"]) or not (
        1 <= len(levels) <= 3
        and levels[0] in _LEVELS[:2]
        and all(level in _LEVELS for level in levels[1:])
    ):
        raise ValueError(problem)
    return ":".join(levels) + (f",{flag}" if flag else "")


def _expand(values: str, kind: str) -> str:
    """``0x3,1*2`` -> ``3,1,1``, as Slurm keeps lists of CPUs or masks."""
    digits = r"(?:0x)?([0-9a-fA-F]*)" if kind == "MASK" else r"([0-9]*)"
    expanded: list[str] = []
    for item in filter(None, values.split(",")):
        match = re.fullmatch(digits + r"(?:\*([0-9]{1,4}))?", item)
        if not match or (match[2] is not None and int(match[2]) < 1):
            raise ValueError(f'"{item}" is not a number that --mem-bind accepts')
        expanded += [match[1]] * int(match[2] or 1)
    if not expanded:
        raise ValueError(f'--mem-bind needs a list: write "{kind.lower()}_mem:0,1"')
    return ",".join(expanded)


def memory_binding(words: str) -> MemoryBinding:
    """``--mem-bind=[{quiet|verbose},]type``."""
    kind = values = ""
    verbose: bool | None = None
    prefer = False
    # A comma separates words, but also the numbers within a list.
    for word in re.split(r",(?![0-9]|[0-9a-fA-F]*(?:,|\Z))", words):
        low = word.lower()
        if low in ("p", "prefer"):
            prefer = True
        elif low in ("q", "quiet", "v", "verbose"):
            verbose = low.startswith("v")
        elif low in ("no", "none", "rank", "local"):
            kind, values = ("NONE" if low.startswith("no") else low.upper()), ""
        elif match := re.match(r"(map|mask)_?mem[^:=]*[:=]([^:=]*)", low):
            kind = match[1].upper()
            values = _expand(match[2], kind)
        else:
            raise ValueError(
                f'"{word}" is not a memory binding; write none, rank, local, prefer, '
                '"map_mem:<list>" or "mask_mem:<list>"'
            )
    return MemoryBinding(kind, values, verbose, prefer)


def _at_least(words: str) -> int | None:
    if words == "" or words.startswith("*"):
        return None
    match = re.match(r"\s*\+?([0-9]+)([km]?)(?:-([0-9]+)([km]?))?\Z", words, re.ASCII | re.I)
    if not match:
        raise ValueError
    number = int(match[1]) * {"": 1, "k": 1024, "m": 1048576}[match[2].lower()]
    if number > _INT_MAX:
        raise ValueError
    return number


def node_shape(words: str) -> NodeShape:
    """``--extra-node-info=sockets[:cores[:threads]]``, ``*`` for any."""
    parts = words.split(":")
    try:
        if len(parts) > 3:
            raise ValueError
        return NodeShape(*(_at_least(part) for part in parts))
    except ValueError:
        raise ValueError(
            f'"{words}" is not sockets:cores:threads; write "2", "2:8" or "2:8:1", "*" for any'
        ) from None


def hint(words: str) -> str:
    """``--hint``."""
    known = ("compute_bound", "memory_bound", "multithread", "nomultithread")
    for word in words.lower().split(","):
        if word not in known:
            raise ValueError(f'"{word}" is not a hint; write one of ' + ", ".join(known))
    return words


def gpu_binding(words: str) -> str:
    """``--gpu-bind``."""
    body = re.sub(r"(?i)^verbose,", "", words)
    if not re.match(
        r"(?i)(closest|none|(map(_gpu)?:[0-9*,]+\Z)|(mask(_gpu)?:[0-9a-fx*,]+\Z)"
        r"|((per_task|single):\s*\+?[0-9]+))",
        body,
    ):
        raise ValueError(
            f'"{words}" is not a GPU binding; write closest, none, "map:<list>", "mask:<list>", '
            '"per_task:<number>" or "single:<number>"'
        )
    return words


def gpu_frequency(words: str) -> str:
    """``--gpu-freq``."""
    for part in words.split(","):
        if not re.fullmatch(r"(verbose|(memory=)?(low|medium|highm1|high|[0-9]+))", part, re.I):
            raise ValueError(
                f'"{words}" is not a GPU frequency; write low, medium, high, highm1 or MHz, '
                'optionally with "memory=<the same>" and "verbose" ("medium,memory=high")'
            )
    return words


def cpu_frequency(words: str) -> str:
    """``--cpu-freq=p1[-p2][:p3]``; only its form, since slurm.conf decides the rest."""
    frequency = r"(low|medium|highm1|high|him1|hi|lo|med|[0-9]+)"
    governor = r"(co|perf|pow|user|onde|sche)\w*"
    if not re.fullmatch(
        rf"({governor}|{frequency}\w*(-{frequency}\w*)?(:{governor})?)", words, re.I
    ):
        raise ValueError(
            f'"{words}" is not a CPU frequency; write low, medium, high, highm1 or kHz, a range of '
            'two with its governor ("low-high:ondemand"), or a governor'
        )
    return words


#: What Slurm's commands write, by the letters that sbatch looks at.
_FREQUENCIES = {
    "lo": "Low", "med": "Medium", "highm1": "Highm1", "him1": "Highm1", "hi": "High",
    "co": "Conservative", "perf": "Performance", "pow": "PowerSave", "user": "UserSpace",
    "onde": "OnDemand", "sche": "SchedUtil",
}  # fmt: skip


def cpu_frequency_words(words: str) -> str:
    """``--cpu-freq`` as Slurm writes it: ``low-high:ondemand`` -> ``Low-High:OnDemand``"""

    def spelled(match: re.Match[str]) -> str:
        part = match[0].lower()
        return next((name for start, name in _FREQUENCIES.items() if part.startswith(start)), part)

    span, _, governor = words.partition(":")
    if governor and "-" not in span:
        # Slurm reports only the single frequency.
        words = span
    return re.sub(r"[^-:]+", spelled, words)


def accounting_frequency(words: str) -> str:
    """``--acctg-freq=task=30,energy=60`` or a number of seconds."""
    for part in words.split(","):
        if part and not re.match(
            r"(?i)\s*\+?[0-9]+|.*(task|energy|network|filesystem)=[0-9]+", part
        ):
            raise ValueError(
                f'"{part}" is not a sampling interval; write seconds ("30") or '
                '"task=30,energy=60,network=60,filesystem=60"'
            )
    return words
