"""The line of ``%slurm submit``: sbatch's own options, read by the same parser."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from .errors import SlurmMagicError

_FIRST_WORD = re.compile(r"""(?:[^\s"'\\]|\\.|"[^"]*"|'[^']*')+""")
#: Options that are about the call, not about the job.
_OF_THE_CALL = ("clusters", "wait", "test_only")


@dataclass(frozen=True)
class SbatchLine:
    """What was asked for."""

    options: dict[str, str | bool]
    cluster: str | None
    wait: bool
    test_only: bool


def read_line(line: str, *, takes_file: bool) -> tuple[SbatchLine, str]:
    """The options, and the script's file name where one is taken (before any option)."""
    # Here, not above: only who submits waits for the parser to be loaded.
    from jupyter_slurm_rest.slurm.errors import InvalidRequest
    from jupyter_slurm_rest.slurm.sbatch import options_of, parse_script

    line, name = line.strip(), ""
    if takes_file:
        name, line = _file_name(line)
    try:
        options = options_of(parse_script(f"#!/bin/sh\n#SBATCH {line}\n"))
    except InvalidRequest as error:
        # The parser speaks of the line of a script that the person has not written.
        said = error.message.removeprefix("Line 2: ")
        raise SlurmMagicError(said, error.advice) from None
    cluster = options.get("clusters")
    asked = SbatchLine(
        {name: value for name, value in options.items() if name not in _OF_THE_CALL},
        str(cluster) if cluster else None,
        bool(options.get("wait")),
        bool(options.get("test_only")),
    )
    return asked, name


def _file_name(line: str) -> tuple[str, str]:
    """The first word, unquoted as a shell does, and what follows it."""
    found = _FIRST_WORD.match(line)
    if found is None or found[0].startswith("-"):
        raise SlurmMagicError(
            "Which script? Write %slurm submit FILE [options],",
            "or put the script into a cell that begins with %%slurm submit.",
        )
    return shlex.split(found[0])[0], line[found.end() :]
