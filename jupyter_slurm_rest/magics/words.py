"""Times and sizes as people write them."""

from __future__ import annotations

import datetime as dt
from typing import Any


def duration(seconds: int | None) -> str:
    """Seconds in Slurm's style: ``1-02:03:04``, ``2:03:04``, ``3:04``."""
    if seconds is None:
        return ""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    if days:
        return f"{days}-{hour:02}:{minute:02}:{second:02}"
    if hour:
        return f"{hour}:{minute:02}:{second:02}"
    return f"{minute}:{second:02}"


def limit(minutes: Any) -> str:
    """A time limit in minutes, or the word that stands for none."""
    if isinstance(minutes, int):
        return duration(minutes * 60)
    return "" if minutes is None else str(minutes).lower()


def megabytes(mebibytes: int) -> str:
    """MiB, as GiB from 10 GiB on."""
    return f"{mebibytes / 1024:.0f} GiB" if mebibytes >= 10_240 else f"{mebibytes} MiB"


def clock(seconds: float) -> str:
    """The same to the second, for what changes quickly."""
    return dt.datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def moment(seconds: int | None) -> str:
    """Seconds since the epoch in local time."""
    if seconds is None:
        return ""
    try:
        return dt.datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M")
    except (OverflowError, ValueError, OSError):
        # No calendar reaches so far; Slurm says such things of clocks that are wrong.
        return str(seconds)


def exit_code(found: dict[str, Any] | None) -> str:
    """``3``, or with a signal as sacct writes it: ``0:9``; empty where it is not known."""
    if not found:
        return ""
    return f"0:{found['signal']}" if found["signal"] else str(found["code"])


def gpus(tres: dict[str, Any] | None) -> str:
    """``2 x a100, 1 other``: a job's GPUs by type, as far as Slurm names types."""
    if not tres or not tres["gpus"]:
        return ""
    types = tres["gpu_types"]
    others = tres["gpus"] - sum(types.values())
    words = [f"{count} x {kind}" for kind, count in types.items()]
    if others > 0:
        words.append(f"{others} other" if words else str(others))
    return ", ".join(words)
