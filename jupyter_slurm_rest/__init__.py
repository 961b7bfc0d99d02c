"""Slurm in Jupyter over slurmrestd: entry points only, so that importing it costs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._version import __version__

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["__version__", "load_ipython_extension"]


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Where JupyterLab finds the prebuilt frontend of a development install."""
    return [{"src": "labextension", "dest": "jupyter-slurm-rest"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """The server extension; imported here, not above, to keep kernels free of the server."""
    from jupyter_slurm_rest.server.app import SlurmRest

    return [{"module": "jupyter_slurm_rest", "app": SlurmRest}]


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register ``%slurm`` and ``%%slurm``: what ``%load_ext jupyter_slurm_rest`` calls."""
    from jupyter_slurm_rest.notebook import register

    register(shell)
