"""What is wrong with a script."""

from __future__ import annotations

import msgspec

from jupyter_slurm_rest.slurm.errors import InvalidRequest


class Replacement(msgspec.Struct, frozen=True):
    """What to write in a line from ``column`` (counted from 1) up to ``end_column``."""

    column: int
    end_column: int
    text: str


class ScriptError(InvalidRequest):
    """A script that sbatch would refuse, or that we cannot submit as sbatch would.

    ``line`` and ``column`` count from 1. ``field`` is the option's name with
    underscores, or ``script``.
    """

    def __init__(
        self,
        line: int,
        column: int,
        message: str,
        *,
        field: str = "script",
        advice: str = "",
        replacement: Replacement | None = None,
    ) -> None:
        super().__init__(field, f"Line {line}: {message}", advice=advice)
        self.line = line
        self.column = column
        #: What was most likely meant.
        self.replacement = replacement
        #: All faults of the script, if they were looked for.
        self.faults: list[ScriptError] = []
