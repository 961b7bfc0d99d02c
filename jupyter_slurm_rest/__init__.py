"""Slurm in Jupyter over slurmrestd.

The Python API (:class:`Slurm`, :class:`Job`, ...) is imported when it is first named, so that
importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ._version import __version__

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from .executor import SlurmExecutor
    from .notebook.job import Job, JobFailed
    from .notebook.slurm import AsyncSlurm, Slurm
    from .slurm.errors import SlurmError

__all__ = [
    "AsyncSlurm",
    "Job",
    "JobFailed",
    "Slurm",
    "SlurmError",
    "SlurmExecutor",
    "__version__",
    "load_ipython_extension",
]
#: Where each name of the Python API is defined.
_API = {
    "AsyncSlurm": "notebook.slurm",
    "Job": "notebook.job",
    "JobFailed": "notebook.job",
    "Slurm": "notebook.slurm",
    "SlurmError": "slurm.errors",
    "SlurmExecutor": "executor",
}


def __getattr__(name: str) -> Any:
    if name not in _API:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_API[name]}"), name)


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
