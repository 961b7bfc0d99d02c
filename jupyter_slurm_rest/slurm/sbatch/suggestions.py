"""What was most likely meant by a value that sbatch does not read."""

from __future__ import annotations

import re

from jupyter_slurm_rest.slurm.errors import Replacement

from .lexer import Setting

_SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(d|h|m|s)[a-z]*[\s,]*", re.IGNORECASE)
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?", re.IGNORECASE)
#: MiB of each unit.
_MIB = {"K": 1 / 1024, "": 1, "M": 1, "G": 1024, "T": 1024 * 1024}
_TIMES = ("time", "time_min")
_SIZES = ("mem", "mem_per_cpu", "mem_per_gpu", "tmp")


def suggest(field: str, words: str) -> str:
    """A value of ``field`` that sbatch reads, in place of ``words``; empty where none is known."""
    if field in _TIMES:
        return _time(words)
    return _size(words) if field in _SIZES else ""


def replacement_for(setting: Setting) -> Replacement | None:
    """What to write instead of the value of ``setting``."""
    value = setting.value or ""
    word = setting.words[-1]
    instead = suggest(setting.option.field, value)
    if not instead or not word.unquoted or not word.value.endswith(value):
        return None
    return Replacement(word.end - len(value) + 1, word.end + 1, instead)


def _time(words: str) -> str:
    """``1day`` and ``1h30m`` as ``1-00:00:00`` and ``01:30:00``."""
    found = _DURATION.findall(words)
    if not found or _DURATION.sub("", words):
        return ""
    total = round(sum(float(number) * _SECONDS[unit.lower()] for number, unit in found))
    days, rest = divmod(total, 86400)
    if not total or days > 10_000:
        return ""
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    return f"{days}-{clock}" if days else clock


def _size(words: str) -> str:
    """``1.5G`` as ``1536M``."""
    match = _SIZE.fullmatch(words)
    if not match:
        return ""
    mib = float(match[1]) * _MIB[match[2].upper()]
    return f"{round(mib)}M" if 1 <= mib < 2**31 else ""
