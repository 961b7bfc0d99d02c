"""What is wrong with a script."""

from __future__ import annotations

from jupyter_slurm_rest.slurm.errors import InvalidRequest


class ScriptError(InvalidRequest):
    """A script that sbatch would refuse, or that we cannot submit as sbatch would.

    ``line`` and ``column`` count from 1. ``field`` is the option's name with
    underscores, or ``script``.
    """

    def __init__(
        self, line: int, column: int, message: str, *, field: str = "script", advice: str = ""
    ) -> None:
        super().__init__(field, f"Line {line}: {message}", advice=advice)
        self.line = line
        self.column = column
