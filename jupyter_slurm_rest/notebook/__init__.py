"""``%slurm`` and ``%%slurm``: Slurm in a notebook, through the Jupyter server.

The kernel never holds a Slurm token: it asks the server extension, as the panel does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def register(shell: InteractiveShell) -> None:
    """Add the magics to ``shell``."""
    from .magics import add_to

    add_to(shell)
