"""``python -m jupyter_slurm_rest.doctor``: for when the command is not on the path."""

from __future__ import annotations

from .app import main

main()
