"""Durations as Slurm writes them: ``90``, ``1:30``, ``1:30:00``, ``2-12:30``."""

from __future__ import annotations

import re
from typing import Final, Literal, Union

Unlimited = Literal["UNLIMITED"]
Minutes = Union[int, Unlimited]  # noqa: UP007 - evaluated on Python 3.10

UNLIMITED: Final[Unlimited] = "UNLIMITED"

_FORMS = (
    'write minutes ("90"), minutes:seconds ("90:30"), hours:minutes:seconds ("1:30:00"), '
    'days-hours ("2-12"), days-hours:minutes ("2-12:30") or "UNLIMITED"'
)
#: sscanf reads ints; larger numbers wrap around there and mean something else here.
_INT_MAX = 2**31 - 1
_CLOCK = re.compile(r"(\d*):?(\d*):?(\d*)", re.ASCII)
_DAYS = re.compile(r"(\d*)-?(\d*):?(\d*):?(\d*)", re.ASCII)


def _well_formed(words: str) -> bool:
    """What Slurm's ``_is_valid_timespec`` accepts (src/common/parse_time.c)."""
    if not re.fullmatch(r"[0-9:-]+", words) or re.search(r":.*-", words):
        return False
    groups = len(re.findall(r"[0-9]+", words))
    dashes, colons = words.count("-"), words.count(":")
    if not groups or dashes > 1 or colons > 2 or words.startswith("-"):
        return False
    return colons == 0 or groups > colons + dashes


def seconds(words: str) -> int | Unlimited:
    """A duration in seconds.

    A bare number is minutes, two numbers are minutes and seconds, as in
    ``time_str2secs`` of Slurm. Raises ``ValueError`` with the accepted forms.
    """
    if words.upper() in ("-1", "INFINITE", UNLIMITED):
        return UNLIMITED
    if not _well_formed(words):
        raise ValueError(f'"{words}" is not a duration; {_FORMS}')
    # Unread numbers are 0: sscanf stops at the first place that does not match.
    match = (_DAYS if "-" in words else _CLOCK).match(words)
    numbers = [int(group or 0) for group in match.groups()] if match else []
    if "-" in words:
        days, hours, minutes, rest = numbers
    elif words.count(":") == 2:
        days, (hours, minutes, rest) = 0, numbers
    else:
        days, hours, (minutes, rest, _) = 0, 0, numbers
    total = days * 86400 + hours * 3600 + minutes * 60 + rest
    if total > _INT_MAX:
        raise ValueError(f'"{words}" is longer than Slurm can count; {_FORMS}')
    return total


def minutes(words: str) -> Minutes:
    """A duration in minutes, seconds rounded up."""
    total = seconds(words)
    return total if total == UNLIMITED else -(-total // 60)


def time_limit(words: str) -> Minutes:
    """``--time`` and ``--time-min``: minutes, where 0 asks for no limit."""
    return minutes(words) or UNLIMITED
