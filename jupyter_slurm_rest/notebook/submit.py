"""``%slurm submit``, ``%%slurm submit``, ``%sbatch`` and ``%%sbatch``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_slurm_rest.redaction import printable

from . import tables
from .errors import SlurmMagicError
from .job_commands import wait_for
from .session import Session, check_variable

#: Options that do not become part of the job.
_OF_THE_CALL = ("clusters", "cluster", "wait", "test_only")
HELP = """\
usage: %slurm submit [sbatch options] FILE [ARGUMENT ...]
       %slurm submit FILE [sbatch options] [ARGUMENT ...]
       %%slurm submit [sbatch options] [ARGUMENT ...]     the cell is the script
       %sbatch, %%sbatch                                  the same, with options before FILE

Submit a batch script. Options are sbatch's, long or short, and override the script's #SBATCH
lines. An argument that begins with - and comes right after FILE needs -- before it.

options beside those of sbatch:
  --job NAME     Also assign the job to this variable.
  --wait, -W     Wait until the job has ended; raise an error if it failed.
  --test-only    Check the script without submitting it.
  -M, --cluster  The cluster to use. Default: the first one.
  --debug        Show where in the code an error comes from."""


@dataclass
class SbatchLine:
    """What ``%slurm submit`` was given: sbatch options, and what concerns the call itself."""

    options: dict[str, str | bool] = field(default_factory=dict)
    cluster: str | None = None
    job: str | None = None
    wait: bool = False
    test_only: bool = False
    help: bool = False
    file: str = ""
    arguments: list[str] = field(default_factory=list)


def read_line(words: Sequence[str], *, takes_file: bool, sbatch: bool = False) -> SbatchLine:
    """The options, the script's file where one is taken, and its arguments.

    With ``sbatch``, everything behind the file belongs to the script, as on its own command
    line; otherwise options may also follow a file that comes first.
    """
    # Imported at the first use: only submitting needs the parser.
    from jupyter_slurm_rest.slurm.errors import InvalidRequest
    from jupyter_slurm_rest.slurm.sbatch import options_of
    from jupyter_slurm_rest.slurm.sbatch.script import Component, ParsedScript

    line = SbatchLine()
    try:
        settings, rest = _options(words, line)
        if takes_file and rest:
            line.file, *rest = rest
            if not sbatch and len(rest) == len(words) - 1:
                later, rest = _options(rest, line)
                settings += later
        options = options_of(ParsedScript("", [Component([], settings)], []))
    except InvalidRequest as error:
        # The line number is that of no script.
        raise SlurmMagicError(error.message.removeprefix("Line 1: "), error.advice) from None
    line.arguments = rest
    line.options = {name: value for name, value in options.items() if name not in _OF_THE_CALL}
    cluster = options.get("clusters") or options.get("cluster")
    line.cluster = str(cluster) if cluster else None
    line.wait, line.test_only = bool(options.get("wait")), bool(options.get("test_only"))
    return line


def _options(words: Sequence[str], line: SbatchLine) -> tuple[list[Any], list[str]]:
    """The sbatch options that ``words`` begin with, and what follows; ours go into ``line``."""
    from jupyter_slurm_rest.slurm.sbatch.lexer import Word, leading_options

    settings: list[Any] = []
    placed = [Word(word, 1, 0, 0) for word in words]
    index = 0
    while index < len(words):
        name, equals, value = words[index].partition("=")
        if name == "--job":
            index += 1 if equals else 2
            if index > len(words):
                raise SlurmMagicError("--job needs the name of a variable.")
            line.job = value if equals else words[index - 1]
            check_variable(line.job)
        elif words[index] in ("-h", "--help"):
            line.help = True
            index += 1
        elif words[index] == "--debug":
            index += 1
        else:
            found = next(leading_options(placed, index), None)
            if found is None:
                break
            several, index = found
            settings += several
            if not several:  # After "--".
                break
    return settings, list(words[index:])


def submit(
    session: Session, words: Sequence[str], cell: str | None, *, sbatch: bool = False
) -> Any:
    """Submit the cell or, without one, a file; returns the job."""
    line = read_line(words, takes_file=cell is None, sbatch=sbatch)
    if line.help:
        print(HELP)
        return None
    if cell is not None:
        return _submit(session, line, cell, None)
    if not line.file:
        name = "sbatch" if sbatch else "slurm submit"
        raise SlurmMagicError(
            f"No script given. Use %{name} [options] FILE,",
            f"or put the script into a cell that begins with %%{name}.",
        )
    file = Path(line.file).expanduser().absolute()
    try:
        script = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SlurmMagicError(f"The script {line.file} cannot be read: {reason}.") from None
    return _submit(session, line, script, file)


def _submit(session: Session, line: SbatchLine, script: str, file: Path | None) -> Any:
    api = session.api
    cluster = api.cluster(line.cluster)
    # As with sbatch: relative paths start in the current directory, and the file names the job.
    body = {
        "script": script,
        "options": line.options,
        "directory": str(Path.cwd()),
        "path": str(file or ""),
        "args": line.arguments,
    }
    path = f"clusters/{cluster}/jobs"
    if line.test_only:
        return tables.options_table(api.call("POST", path, query={"validate": "true"}, body=body))
    submitted = api.call("POST", path, body=body)
    for warning in submitted["warnings"]:
        print(printable(warning))
    job = session.job(str(submitted["job_id"]), line.cluster)
    session.assign(line.job, job)
    return wait_for(job, check=True) if line.wait else job
