"""Slurm's host lists, as far as a submission needs to count them.

Reads what ``hostlist_create()`` of Slurm's src/common/hostlist.c reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import product

_MOST = 65536
#: Commas and blanks, outside of brackets.
_SEPARATORS = re.compile(r"[, \t\n]+(?![^\[]*\])")
_PART = re.compile(r"[^\[\],\s]+|\[[^\[\]]*\]")


def split(words: str) -> list[str]:
    """``cpu[1,3], gpu1`` -> ``["cpu[1,3]", "gpu1"]``"""
    return [part for part in _SEPARATORS.split(words) if part]


def _numbers(inside: str) -> Iterator[str]:
    for part in inside.split(","):
        match = re.fullmatch(r"([0-9]{1,9})(?:-([0-9]{1,9}))?", part)
        if not match:
            raise ValueError
        first, last = int(match[1]), int(match[2] or match[1])
        if not first <= last < first + _MOST:
            raise ValueError
        yield from (str(number).zfill(len(match[1])) for number in range(first, last + 1))


def _expand(words: str) -> Iterator[str]:
    for part in split(words):
        pieces = _PART.findall(part)
        if "".join(pieces) != part:
            raise ValueError
        choices = [
            list(_numbers(piece[1:-1])) if piece.startswith("[") else [piece] for piece in pieces
        ]
        total = 1
        for choice in choices:
            total *= len(choice)
        if total > _MOST:
            raise ValueError
        yield from map("".join, product(*choices))


def expand(words: str) -> list[str]:
    """``cpu[1-2],gpu1`` -> ``["cpu1", "cpu2", "gpu1"]``, repetitions kept.

    Raises ``ValueError`` for anything that is not a host list, and for more than 65,536 names.
    """
    try:
        hosts: list[str] = []
        for host in _expand(words):
            hosts.append(host)
            if len(hosts) > _MOST:
                raise ValueError
    except ValueError:
        hosts = []
    if not hosts:
        raise ValueError(f'"{words[:60]}" is not a list of nodes; write "node1,node[3-5]"')
    return hosts


def ranged(hosts: Iterable[str]) -> str:
    """``["cpu2", "cpu1", "cpu2"]`` -> ``cpu[2,1-2]``: in their order, as Slurm writes it."""
    groups: list[tuple[str, int, list[list[int]]]] = []
    for host in hosts:
        match = re.fullmatch(r"(.*?)([0-9]{1,9})", host)
        prefix, digits = (match[1], match[2]) if match else (host, "")
        if not digits or not groups or groups[-1][:2] != (prefix, len(digits)):
            groups.append((prefix, len(digits), []))
        spans = groups[-1][2]
        if digits and spans and spans[-1][1] + 1 == int(digits):
            spans[-1][1] += 1
        elif digits:
            spans.append([int(digits), int(digits)])
    return ",".join(map(_written, groups))


def _written(group: tuple[str, int, list[list[int]]]) -> str:
    prefix, width, spans = group
    parts = [
        str(low).zfill(width) + (f"-{str(high).zfill(width)}" if high > low else "")
        for low, high in spans
    ]
    alone = not parts or (len(parts) == 1 and "-" not in parts[0])
    return prefix + "".join(parts) if alone else f"{prefix}[{','.join(parts)}]"
