"""Durations and points in time as Slurm writes them.

Clock and time zone are those of this process, as sbatch takes them from its host.
"""

from __future__ import annotations

import re
import time
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


_MOMENTS = 'write "now+1hour", "16:00", "tomorrow", "noon", "2030-01-20" or "2030-01-20T12:34:00"'
_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_HOURS = {"midnight": 0, "noon": 12, "elevenses": 11, "fika": 15, "teatime": 16}

_UTS = re.compile(r"uts(\d+)\Z", re.IGNORECASE | re.ASCII)
_NOW = re.compile(
    r"now[ \t]*(?:([+-])([\d\s]+)(seconds?|minutes?|hours?|days?|weeks?)?)?",
    re.IGNORECASE | re.ASCII,
)
_WORD = re.compile(r"today|tomorrow|" + "|".join(_HOURS), re.IGNORECASE)
_ISO = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)", re.ASCII)
_DATE = re.compile(r"(\d\d?)[./]?(\d\d?)[./]?(\d\d)?", re.ASCII)
_CLOCK_TIME = re.compile(r"(\d\d?):(\d\d)(?::(\d\d))?\s*(am|pm)?", re.IGNORECASE | re.ASCII)


class _Reading:
    """Date and time of day as far as they have been read."""

    def __init__(self, now: float) -> None:
        self.now = now
        self.date: tuple[int, int, int | None] | None = None
        self.clock: tuple[int, int, int] | None = None

    def take_day(self, epoch: float) -> None:
        day = time.localtime(epoch)
        self.date = (day.tm_mon, day.tm_mday, day.tm_year)

    def take_moment(self, epoch: float) -> None:
        self.take_day(epoch)
        local = time.localtime(epoch)
        self.clock = (local.tm_hour, local.tm_min, local.tm_sec)


def _read_now(match: re.Match[str], reading: _Reading) -> None:
    sign, count, unit = match.groups()
    delta = 0
    if sign:
        digits = "".join(count.split())
        if not digits:
            raise ValueError
        scale = _UNITS[unit.lower().rstrip("s")] if unit else 1
        delta = int(digits) * scale * (-1 if sign == "-" else 1)
    reading.take_moment(reading.now + delta)


def _read_clock(match: re.Match[str], reading: _Reading) -> None:
    hour, minute, second = (int(group or 0) for group in match.group(1, 2, 3))
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError
    half = (match.group(4) or "").lower()
    if half and hour > 12:
        raise ValueError
    if half == "pm" and hour < 12:
        hour += 12
    elif half == "am" and hour == 12:
        hour = 0
    reading.clock = (hour, minute, second)


def _read_date(month: str, day: str, year: int | None, reading: _Reading) -> None:
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        raise ValueError
    reading.date = (int(month), int(day), year)


def _read(words: str, reading: _Reading) -> None:
    position = 0
    while position < len(words):
        if words[position] in " \t-T":
            # Slurm skips every capital T, so that "TODAY" is not a day for it.
            position += 1
            continue
        if match := _WORD.match(words, position):
            word = match.group().lower()
            if word in _HOURS:
                reading.clock = (_HOURS[word], 0, 0)
            else:
                reading.take_day(reading.now + (86400 if word == "tomorrow" else 0))
        elif match := _NOW.match(words, position):
            _read_now(match, reading)
        elif match := _CLOCK_TIME.match(words, position):
            _read_clock(match, reading)
        elif match := _ISO.match(words, position):
            _read_date(match[2], match[3], int(match[1]), reading)
        elif match := _DATE.match(words, position):
            year = 2000 + int(match[3]) if match[3] else None
            _read_date(match[1], match[2], year, reading)
        else:
            raise ValueError
        position = match.end()


def _resolve(reading: _Reading) -> float:
    today = time.localtime(reading.now)
    clock = reading.clock or (0, 0, 0)
    if reading.date is None:
        later_today = clock[:2] > (today.tm_hour, today.tm_min)
        reading.take_day(reading.now if later_today else reading.now + 86400)
    assert reading.date is not None  # noqa: S101 - set in both branches
    month, day, year = reading.date
    if year is None:
        ahead = (month, day, *clock[:2]) > (
            today.tm_mon,
            today.tm_mday,
            today.tm_hour,
            today.tm_min,
        )
        year = today.tm_year if ahead else today.tm_year + 1
    return time.mktime((year, month, day, *clock, 0, 0, -1))


def epoch(words: str, now: float | None = None) -> int:
    """Seconds since the epoch that ``words`` mean, seen from ``now``.

    Like ``parse_time`` of Slurm: a time of day is the next one to come, a date
    without a year the next such date. Raises ``ValueError`` with the accepted forms.
    """
    if match := _UTS.match(words):
        # Slurm takes smaller numbers for a mistake.
        if int(match[1]) >= 1_000_000 and len(match[1]) < 12:
            return int(match[1])
        raise ValueError(f'"{words}" is not a time; {_MOMENTS}')
    reading = _Reading(time.time() if now is None else now)
    try:
        _read(words, reading)
        if reading.date is None and reading.clock is None:
            raise ValueError
        return int(_resolve(reading))
    except (ValueError, OverflowError, OSError):
        raise ValueError(f'"{words}" is not a time that Slurm reads; {_MOMENTS}') from None
