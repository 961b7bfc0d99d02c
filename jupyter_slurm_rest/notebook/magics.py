"""``%slurm`` and ``%%slurm``, as IPython registers them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.core.magic import Magics, line_cell_magic, magics_class

if TYPE_CHECKING:
    from .api import SlurmApi


@magics_class
class SlurmMagics(Magics):
    """``%slurm`` and ``%%slurm``. All magics of a kernel use one connection to the server."""

    _api: SlurmApi | None = None

    def close(self) -> None:
        """Close the connection to the server."""
        if self._api is not None:
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
        # Imported at the first use: %load_ext does not wait for the HTTP client to load.
        from .api import SlurmApi
        from .commands import run

        self._api = self._api or SlurmApi()
        return run(self._api, line, cell)
