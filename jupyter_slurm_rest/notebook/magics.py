"""``%slurm`` and ``%%slurm``: they find the command and run it."""

from __future__ import annotations

import inspect
from typing import Any

from IPython.core.magic import Magics, line_cell_magic, magics_class

from . import commands
from .api import SlurmApi, SlurmMagicError
from .commands import Command

COMMANDS: dict[str, Command] = {
    command.__name__: command
    for command in (
        commands.jobs,
        commands.job,
        commands.output,
        commands.history,
        commands.nodes,
        commands.partitions,
        commands.account,
        commands.clusters,
        commands.submit,
        commands.cancel,
        commands.hold,
        commands.release,
        commands.requeue,
        commands.suspend,
        commands.resume,
        commands.signal,
    )
}


@magics_class
class SlurmMagics(Magics):
    """``%slurm`` and ``%%slurm``."""

    def __init__(self, shell: Any, api: SlurmApi | None = None) -> None:
        super().__init__(shell)
        self._api = api or SlurmApi()

    def close(self) -> None:
        """Close the connection to the server."""
        self._api.close()

    @line_cell_magic
    def slurm(self, line: str, cell: str | None = None) -> Any:
        """Slurm, through the Jupyter server.

        ::

          %slurm jobs [--all] [--state S] ...     the queue
          %slurm job ID                           one job
          %slurm output ID [--stderr]             the end of its output
          %slurm history [--days N]               finished jobs
          %slurm nodes | partitions | account | clusters
          %slurm submit FILE [sbatch options]     submit a script
          %%slurm submit [sbatch options]         submit the cell
          %slurm cancel | hold | release | requeue | suspend | resume ID ...
          %slurm signal NAME ID ...

        ``%slurm COMMAND --help`` explains one of them.
        """
        name, _, rest = line.strip().partition(" ")
        command = COMMANDS.get(name or "jobs")
        if command is None:
            known = ", ".join(COMMANDS)
            raise SlurmMagicError(f"%slurm has no command {name!r}. Commands: {known}.")
        if rest.strip() in ("-h", "--help"):
            print(inspect.getdoc(command))
            return None
        if cell is None:
            return command(self._api, rest)
        if name == "submit":
            return commands.submit_cell(self._api, rest, cell)
        raise SlurmMagicError("%%slurm takes a cell for submit only: write %%slurm submit.")
