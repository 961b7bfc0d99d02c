"""``%slurm`` and ``%%slurm``, as IPython registers them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from IPython.core.magic import Magics, line_cell_magic, magics_class

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from .session import Session

#: Slurm's own commands, which are magics where their names are free; and which take a cell.
LINE_MAGICS = ("sbatch", "squeue", "sinfo", "scancel", "sacct")
CELL_MAGICS = ("sbatch",)
_ASKED = re.compile(r"(%{1,2}slurm)[ \t]+(\w+)[ \t]*\?{1,2}[ \t]*\n?")


@magics_class
class SlurmMagics(Magics):
    """``%slurm`` and ``%%slurm``. All magics of a kernel use one connection to the server."""

    _session: Session | None = None

    @property
    def session(self) -> Session:
        """The connection, made at the first use: %load_ext does not wait for an HTTP client."""
        if self._session is None:
            from .session import Session

            self._session = Session({} if self.shell is None else self.shell.user_ns)
        return self._session

    def close(self) -> None:
        """Close the connection to the server."""
        if self._session is not None:
            self._session.close()

    @line_cell_magic
    def slurm(self, line: str, cell: str | None = None) -> Any:
        """Slurm, through the Jupyter server.

        %slurm jobs [--all] [--state S] ...     the queue
        %slurm job ID                           one job
        %slurm wait ID                          wait until it has ended
        %slurm output ID | tail [-f] ID         the end of its output
        %slurm history [--days N]               finished jobs
        %slurm nodes | partitions | account | clusters
        %slurm submit [sbatch options] FILE     submit a script
        %%slurm submit [sbatch options]         submit the cell
        %slurm cancel | hold | release | requeue | suspend | resume ID ...
        %slurm update ID ... --time T ...       change jobs
        %slurm signal NAME ID ...
        %slurm doctor                           check the way to Slurm

        %slurm help lists all commands, %slurm COMMAND --help explains one of them.
        """
        from .commands import run

        return run(self.session, line, cell)

    def slurm_command(self, name: str, line: str, cell: str | None = None) -> Any:
        """``%squeue`` and others."""
        from .commands import run_slurm_command

        return run_slurm_command(self.session, name, line, cell)


def add_to(shell: InteractiveShell) -> None:
    """Register the magics, Slurm's own command names where they are free, and completion."""
    found = shell.magics_manager.registry.get("SlurmMagics")
    if isinstance(found, SlurmMagics):
        return  # %load_ext again, or %reload_ext.
    magics = SlurmMagics(shell=shell)
    shell.register_magics(magics)
    for kind, names in (("line", LINE_MAGICS), ("cell", CELL_MAGICS)):
        for name in names:
            if name not in shell.magics_manager.magics[kind]:
                _add_command(shell, magics, name, kind)
    shell.input_transformers_cleanup.append(help_for_question_mark)

    def complete_slurm(context: Any) -> Any:
        from .completion import complete

        return complete(magics.session, context)

    complete_slurm.matcher_api_version = 2  # type: ignore[attr-defined]
    shell.Completer.custom_matchers.append(complete_slurm)


def _add_command(shell: InteractiveShell, magics: SlurmMagics, name: str, kind: str) -> None:
    def run(line: str, cell: str | None = None) -> Any:
        return magics.slurm_command(name, line, cell)

    run.__doc__ = f"Like Slurm's {name}, through the Jupyter server; %{name} --help explains it."
    shell.magics_manager.magics[kind][name] = run


def help_for_question_mark(lines: list[str]) -> list[str]:
    """``%slurm submit?`` as ``%slurm help submit``; IPython would look for a name ``submit``."""
    if len(lines) != 1 or not (asked := _ASKED.fullmatch(lines[0])):
        return lines
    return [f"%slurm help {asked[2]}\n"]
