"""Tasks of an array that accounting keeps as bits, written as Slurm's commands write them."""

from __future__ import annotations

import itertools
import re

#: Slurm's commands have room for so much (``SLURM_BITSTR_LEN`` of 64, less ``...`` and its end).
_ROOM = 61


def tasks_of(bitmap: str, at_once: int | None = None) -> str:
    """``0xE`` as ``1-3``, and ``1-3%2`` where two run ``at_once`` (0, None: as many as can).

    Empty for anything that is no bit map. Source: ``xlate_array_task_str`` of Slurm, which
    writes many tasks at equal distances as ``0-30:2`` and cuts what is long.
    """
    try:
        bits = int(bitmap, 16)
    except ValueError:
        return ""
    if bits <= 0:
        return ""
    lowest_first = f"{bits:b}"[::-1]
    ranges = [(found.start(), found.end() - 1) for found in re.finditer("1+", lowest_first)]
    tasks = _at_equal_distances(ranges) or _ranges(ranges)
    return f"{tasks}%{at_once}" if at_once else tasks


def _at_equal_distances(ranges: list[tuple[int, int]]) -> str:
    first, last = ranges[0][0], ranges[-1][1]
    if len(ranges) <= 5 or last - first <= 10 or any(low != high for low, high in ranges):
        return ""
    starts = [low for low, _ in ranges]
    distances = {later - sooner for sooner, later in itertools.pairwise(starts)}
    return f"{first}-{last}:{distances.pop()}" if len(distances) == 1 else ""


def _ranges(ranges: list[tuple[int, int]]) -> str:
    text = ",".join(str(low) if low == high else f"{low}-{high}" for low, high in ranges)
    return text if len(text) <= _ROOM else f"{text[: _ROOM - 1]}..."
