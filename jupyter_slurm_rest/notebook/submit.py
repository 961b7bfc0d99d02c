"""``%slurm submit`` and ``%%slurm submit``."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_slurm_rest.redaction import printable

from . import tables
from .api import SlurmApi
from .errors import SlurmMagicError
from .job import Job

_FIRST_WORD = re.compile(r"""(?:[^\s"'\\]|\\.|"[^"]*"|'[^']*')+""")
#: Options that do not become part of the job.
_OF_THE_CALL = ("clusters", "wait", "test_only")


@dataclass(frozen=True)
class SbatchLine:
    """The arguments of ``%slurm submit``: sbatch options, and what concerns the call itself."""

    options: dict[str, str | bool]
    cluster: str | None
    wait: bool
    test_only: bool


def read_line(line: str, *, takes_file: bool) -> tuple[SbatchLine, str]:
    """The options, and the script's file name where one is taken (before any option)."""
    # Imported at the first use: only submitting needs the parser.
    from jupyter_slurm_rest.slurm.errors import InvalidRequest
    from jupyter_slurm_rest.slurm.sbatch import options_of, parse_script

    line, name = line.strip(), ""
    if takes_file:
        name, line = _file_name(line)
    try:
        options = options_of(parse_script(f"#!/bin/sh\n#SBATCH {line}\n"))
    except InvalidRequest as error:
        # The line number is that of the script made here, which the user has not seen.
        message = error.message.removeprefix("Line 2: ")
        raise SlurmMagicError(message, error.advice) from None
    cluster = options.get("clusters")
    arguments = SbatchLine(
        {name: value for name, value in options.items() if name not in _OF_THE_CALL},
        str(cluster) if cluster else None,
        bool(options.get("wait")),
        bool(options.get("test_only")),
    )
    return arguments, name


def _file_name(line: str) -> tuple[str, str]:
    """The first word, unquoted as a shell does, and what follows it."""
    word = _FIRST_WORD.match(line)
    if word is None or word[0].startswith("-"):
        raise SlurmMagicError(
            "No script given. Use %slurm submit FILE [options],",
            "or put the script into a cell that begins with %%slurm submit.",
        )
    return shlex.split(word[0])[0], line[word.end() :]


def submit(api: SlurmApi, line: str) -> Any:
    """Submit a script: %slurm submit FILE [options], or a cell: %%slurm submit [options].

    Options are sbatch's, long or short, and win over the script's #SBATCH lines.
    --test-only checks the script without submitting it, --wait waits until the job has
    ended, -M selects the cluster.
    """
    arguments, name = read_line(line, takes_file=True)
    file = Path(name).expanduser().absolute()
    try:
        script = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SlurmMagicError(f"The script {name} cannot be read: {reason}.") from None
    return _submit(api, arguments, script, file)


def submit_cell(api: SlurmApi, line: str, cell: str) -> Any:
    """``%%slurm submit``: the cell is the script."""
    arguments, _ = read_line(line, takes_file=False)
    return _submit(api, arguments, cell)


def _submit(api: SlurmApi, arguments: SbatchLine, script: str, file: Path | None = None) -> Any:
    cluster = api.cluster(arguments.cluster)
    # As with sbatch: relative paths start in the current directory, and the file names the job.
    body = {
        "script": script,
        "options": arguments.options,
        "directory": str(Path.cwd()),
        "path": str(file or ""),
    }
    path = f"clusters/{cluster}/jobs"
    if arguments.test_only:
        return tables.options_table(api.call("POST", path, query={"validate": "true"}, body=body))
    submitted = api.call("POST", path, body=body)
    for warning in submitted["warnings"]:
        print(printable(warning))
    job = Job(api, cluster, str(submitted["job_id"]))
    return job.wait() if arguments.wait else job
