"""The columns of the option table: what one row says about one option of sbatch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec


def _text(words: str) -> str:
    return words


class Option(msgspec.Struct, frozen=True):
    """One long option of sbatch: how it is written, which Slurm has it, how it is sent."""

    # How it is written.
    name: str
    short: str = ""
    argument: Literal["none", "required", "optional"] = "required"
    #: Reads the value; raises ``ValueError`` with what would be right.
    #: Not called for options without an argument.
    read: Callable[[str], Any] = _text
    #: Environment variables that set it.
    environment: tuple[str, ...] = ()
    #: Whether the next component of a heterogeneous job starts with it again.
    inherited: bool = False
    #: sbatch looks for it on its command line only: in a script it does nothing.
    early: bool = False
    #: The field of :class:`JobSpec` that another option of the same meaning has.
    alias: str = ""

    # Which sbatch has it.
    #: The first release that has it (``23.02``); empty for 21.08 and older.
    since: str = ""
    #: The first release that no longer has it, and the option that took its place.
    dropped: tuple[str, str] | None = None
    #: Values that came later: release, and a pattern of the whole value.
    later_values: Mapping[str, str] = {}

    # How slurmrestd takes it. An option without a key or flag is worked out together with
    # others: in ``resolve.py``, ``wire/submit_v0037.py`` and ``wire/submit_v0039.py``.
    #: The job's field, from v0.0.39 on, that takes the value as it is.
    key: str = ""
    #: The job's flag, from v0.0.39 on, that the option sets.
    flag: str = ""
    #: The field of v0.0.37 and v0.0.38, where it differs from ``key``.
    old_key: str = ""
    #: The first API version that takes it: 41 for ``v0.0.41``.
    api: int = 37
    #: The last one, if a newer version has lost it.
    last_api: int | None = None
    #: No API version takes it: what to do instead.
    unsupported: str | None = None
    #: It concerns only the command sbatch; it is accepted, with a warning.
    ignored: bool = False

    @property
    def field(self) -> str:
        """Its field of :class:`JobSpec`, also its name in calls, errors and forms."""
        return self.alias or self.name.replace("-", "_")

    @property
    def key_in_words(self) -> str:
        """The field of v0.0.37 and v0.0.38 that takes its value in sbatch's words."""
        return self.old_key or self.key
