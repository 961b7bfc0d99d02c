"""slurmrestd's API versions: wire to models and models to wire, by family.

Most structures read every version at once, because the scalars of
:mod:`~jupyter_slurm_rest.slurm.dialects.values` do; a family module holds what differs.
"""

from __future__ import annotations

from jupyter_slurm_rest.slurm.errors import InvalidRequest

from . import v38, v39, v42, v45
from .base import Dialect

__all__ = ["Dialect", "dialect_of"]


def dialect_of(version: str) -> Dialect:
    """How to speak ``v0.0.NN``; newer than known is spoken as the newest known."""
    try:
        minor = int(version.rpartition(".")[2])
    except ValueError:
        raise InvalidRequest("api_version", f"{version!r} is no API version") from None
    if minor >= v45.FIRST:
        return v45.dialect(minor)
    if minor >= v42.FIRST:
        return v42.dialect(minor)
    if minor >= v39.FIRST:
        return v39.dialect(minor)
    if minor >= v38.FIRST:
        return v38.dialect(minor)
    raise InvalidRequest("api_version", f"{version} is older than what is spoken here")
