"""The commands of ``%slurm`` by name: which one a line means, and its help."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

from jupyter_slurm_rest.slurm.errors import SlurmError

from . import actions, job_commands, lists
from .arguments import Command, split
from .errors import SlurmMagicError
from .session import Session
from .submit import HELP as SUBMIT_HELP
from .submit import submit

COMMANDS: dict[str, Command] = {
    command.name: command
    for command in (
        lists.jobs,
        job_commands.job,
        job_commands.wait,
        job_commands.output,
        job_commands.tail,
        lists.history,
        lists.nodes,
        lists.partitions,
        lists.account,
        lists.clusters,
        actions.cancel,
        actions.hold,
        actions.release,
        actions.requeue,
        actions.suspend,
        actions.resume,
        actions.signal,
        actions.update,
        lists.doctor,
    )
}
#: Slurm's own commands; each is a magic of its own where that name is free.
SLURM_COMMANDS: dict[str, Command] = {
    "squeue": lists.squeue,
    "sinfo": lists.sinfo,
    "scancel": actions.cancel,
    "sacct": lists.history,
}
NAMES = (*COMMANDS, "submit", "help")
_HELP = ("help", "-h", "--help")


def run(session: Session, line: str, cell: str | None) -> Any:
    """Run the command that ``line`` begins with; without one, ``jobs``.

    Raises :exc:`SlurmMagicError`, also for wrong arguments.
    """
    return _debuggable(line, lambda: _run(session, split(line), cell))


def run_slurm_command(session: Session, name: str, line: str, cell: str | None = None) -> Any:
    """``%squeue``, ``%sbatch`` and others: as Slurm's own commands."""
    if name == "sbatch":
        return _debuggable(line, lambda: submit(session, split(line), cell, sbatch=True))
    command = SLURM_COMMANDS[name]
    return _debuggable(line, lambda: command.run(session, split(line), f"%{name}"))


def _debuggable(line: str, call: Callable[[], Any]) -> Any:
    try:
        return call()
    except SlurmError as error:
        # IPython shows only the error's own line.
        if "--debug" in line.split():
            traceback.print_exc()
        raise SlurmMagicError.of(error) from None


def _run(session: Session, words: list[str], cell: str | None) -> Any:
    name, *rest = words or ["jobs"]
    if name in _HELP:
        asked = [word for word in rest if word not in _HELP]
        print(help_text(asked[0] if asked else ""))
        return None
    if name == "submit":
        return submit(session, rest, cell)
    command = COMMANDS.get(name)
    if command is None:
        raise _no_command(name)
    if cell is not None:
        raise SlurmMagicError("%%slurm only supports submit: use %%slurm submit.")
    return command.run(session, rest)


def help_text(name: str = "") -> str:
    """The help of the command ``name``, or an overview."""
    if name == "submit":
        return SUBMIT_HELP
    if name:
        if name not in COMMANDS:
            raise _no_command(name)
        return COMMANDS[name].parser().format_help().rstrip()
    width = max(map(len, NAMES))
    rows = [f"  {one.name.ljust(width)}  {one.about}" for one in COMMANDS.values()]
    submits = f"  {'submit'.ljust(width)}  Submit a script: a file, or the cell of %%slurm submit."
    return "\n".join(
        [
            "usage: %slurm COMMAND [options]",
            "",
            *rows,
            submits,
            "",
            "Run %slurm COMMAND --help for the options of a command.",
        ]
    )


def _no_command(name: str) -> SlurmMagicError:
    from difflib import get_close_matches

    near = get_close_matches(name, NAMES, n=2)
    meant = f"Did you mean {' or '.join(near)}? " if near else ""
    return SlurmMagicError(f"%slurm has no command {name!r}. {meant}Commands: {', '.join(NAMES)}.")
