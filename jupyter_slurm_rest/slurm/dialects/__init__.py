"""slurmrestd's API versions: wire to models and models to wire.

Most structures read every version at once, because the scalars of
:mod:`~jupyter_slurm_rest.slurm.dialects.values` do; what differs hangs on
:mod:`~jupyter_slurm_rest.slurm.capabilities`.
"""

from __future__ import annotations

from jupyter_slurm_rest.slurm.capabilities import capabilities_of

from .base import Dialect

__all__ = ["Dialect", "dialect_of"]


def dialect_of(version: str, release: str = "") -> Dialect:
    """How to speak ``v0.0.NN`` to ``release``. Raises :exc:`InvalidRequest`."""
    return Dialect(capabilities_of(version, release))
