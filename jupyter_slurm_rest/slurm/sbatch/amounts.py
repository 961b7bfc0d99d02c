"""Counts and sizes as sbatch reads them."""

from __future__ import annotations

import re

import msgspec

_INT_MAX = 2**31 - 1
_UINT16_MAX = 2**16 - 3
#: Slurm's C library reads a number like this: blanks, a sign, decimal digits.
_NUMBER = re.compile(r"[ \t\n\v\f\r]*([+-]?[0-9]+)", re.ASCII)
_SIZE = re.compile(r"[ \t\n\v\f\r]*([+-]?[0-9]+)(?:([kmgt])b?)?\Z", re.IGNORECASE | re.ASCII)
_NODES = re.compile(
    r"[ \t\n\v\f\r]*([+-]?[0-9]+)([km]{0,2})[ \t\n\v\f\r]*\Z", re.IGNORECASE | re.ASCII
)
_MIB = {"": 1, "M": 1, "G": 1024, "T": 1024 * 1024}
#: MAX_JOB_SIZE_BITMAP of src/common/slurm_opt.h
_MAX_LISTED_NODES = 2**16


class NodeCount(msgspec.Struct, frozen=True):
    """``--nodes``: least and most nodes; ``sizes`` when only some counts will do."""

    least: int
    most: int
    sizes: str = ""

    def __str__(self) -> str:
        if self.sizes:
            return self.sizes
        return str(self.least) if self.least == self.most else f"{self.least}-{self.most}"


def _integer(words: str) -> int:
    match = _NUMBER.match(words)
    if not match or match.end() != len(words):
        raise ValueError(f'"{words}" is not a whole number')
    return int(match[1])


def count(words: str) -> int:
    """A whole number of at least 1."""
    number = not_negative(words)
    if number < 1:
        raise ValueError(f'"{words}" is too small; write a whole number of at least 1')
    return number


def not_negative(words: str) -> int:
    """A whole number of at least 0."""
    number = _integer(words)
    if number < 0:
        raise ValueError(f'"{words}" is negative; write a whole number of at least 0')
    if number >= _INT_MAX:
        raise ValueError(f'"{words}" is larger than Slurm can count')
    return number


def small(words: str) -> int:
    """A whole number that fits in Slurm's 16 bits."""
    number = _integer(words)
    if not 0 <= number < _UINT16_MAX + 1:
        raise ValueError(f'"{words}" is out of range; write 0 to {_UINT16_MAX}')
    return number


def zero_or_one(words: str) -> int:
    """0 or 1."""
    number = _integer(words)
    if number not in (0, 1):
        raise ValueError(f'"{words}" is neither 0 nor 1')
    return number


def switch(words: str) -> int:
    """0 or 1, and 1 when nothing is said."""
    return zero_or_one(words) if words else 1


def ports(words: str) -> int:
    """``--resv-ports[=count]``: 0 leaves the number to Slurm."""
    return not_negative(words) if words else 0


def mebibytes(words: str) -> int:
    """A size in MiB: ``4096``, ``4G``, ``4GB``, ``1T``; kibibytes are rounded up."""
    match = _SIZE.match(words)
    if not match or int(match[1]) < 0:
        raise ValueError(
            f'"{words}" is not an amount of memory; write a whole number and K, M, G or T '
            '("4G", "512M"; without a letter it is M)'
        )
    number, unit = int(match[1]), (match[2] or "").upper()
    size = -(-number // 1024) if unit == "K" else number * _MIB[unit]
    if size >= 2**62:
        raise ValueError(f'"{words}" is larger than Slurm can count')
    return size


def _one_node_count(words: str) -> int | None:
    match = _NODES.match(words)
    if not match or match[2].upper() not in ("", "K", "M", "KM"):
        raise ValueError
    factors = {"": 1, "K": 1024, "M": 1024**2, "KM": 1024**3}
    number = int(match[1]) * factors[match[2].upper()]
    return number if 0 <= number <= _INT_MAX else None


def _listed_node_counts(words: str) -> NodeCount:
    counts: set[int] = set()
    for part in words.split(","):
        match = re.fullmatch(r"([0-9]{1,6})(?:-([0-9]{1,6})(?::([0-9]{1,6}))?)?", part)
        if not match:
            raise ValueError
        first = int(match[1])
        last = int(match[2] or first)
        step = int(match[3] or 1)
        if last < first or last >= _MAX_LISTED_NODES or not step:
            raise ValueError
        counts.update(range(first, last + 1, step))
    return NodeCount(min(counts), max(counts), words)


def nodes(words: str) -> NodeCount:
    """``--nodes``: ``4``, ``2-4``, ``1k``, ``1,2,4`` or ``2-8:2``."""
    problem = f'"{words}" is not a number of nodes; write "4", "2-4", "1,2,4" or "2-8:2"'
    try:
        if "," in words or ":" in words:
            return _listed_node_counts(words)
        if "-" in words:
            low, _, high = words.partition("-")
            # As Slurm does it: nothing, or nothing countable, before the dash means 1.
            fewest = _one_node_count(low) if low.strip() else None
            most = _one_node_count(high)
            if most is None:
                raise ValueError
            least = 1 if fewest is None else fewest
        else:
            number = _one_node_count(words)
            if number is None:
                raise ValueError
            least = most = number
    except ValueError:
        raise ValueError(problem) from None
    if most and most < least:
        raise ValueError(f'"{words}" asks for at least {least} but at most {most} nodes')
    return NodeCount(least, most)


def nice(words: str) -> int:
    """``--nice[=adjustment]``: 100 without a number."""
    if not words:
        return 100
    match = _NUMBER.match(words)
    # strtoll() takes what is not a number for 0; that is never what a person means.
    if not match or match.end() != len(words) or abs(int(match[1])) > _INT_MAX - 3:
        raise ValueError(f'"{words}" is not an adjustment; write a whole number')
    return int(match[1])


def priority(words: str) -> int | str:
    """``--priority``: a number or ``TOP``."""
    if words.upper() == "TOP":
        return "TOP"
    match = _NUMBER.match(words)
    if not match or match.end() != len(words) or not 0 <= int(match[1]) < 2**32 - 2:
        raise ValueError(f'"{words}" is not a priority; write a whole number of at least 0, or TOP')
    return int(match[1])
