"""``jupyter slurm doctor``: finds what is wrong between this machine and Slurm."""

from __future__ import annotations
