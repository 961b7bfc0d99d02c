"""Values that several resources share."""

from __future__ import annotations

from typing import Literal

import msgspec

#: A number that Slurm may also leave unset (``None``) or set to "no limit".
Limit = int | Literal["UNLIMITED"] | None


class Model(msgspec.Struct, frozen=True, gc=False):
    """Base of the vocabulary: immutable, so that snapshots can be shared.

    Without ``gc``: models cannot form cycles, and a table of thousands of rows would only
    make Python's collector stop the event loop for longer and more often.
    """


#: Slurm names them in many ways ("TERM", "11", "User defined signal 1"), or not at all.
#: The numbers are Linux's: that is where jobs run.
_SIGNALS = (
    "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT"
    " STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS"
)
_NAMES = dict(enumerate(_SIGNALS.split(), start=1))


def signal_name(number: int) -> str:
    """``KILL`` for 9; empty for numbers without a name."""
    return _NAMES.get(number, "")


class ExitCode(Model, frozen=True, kw_only=True):
    """How a job or step ended: ``code`` 0-255, and the signal that killed it."""

    code: int = 0
    signal: int = 0
    signal_name: str = ""


class Tres(Model, frozen=True, kw_only=True):
    """Trackable resources of one record.

    ``memory`` is in MiB. ``gpus`` counts GPUs of every type; ``gpu_types`` splits
    them (``{"a100": 2}``) where Slurm names types. ``other`` holds the rest by
    Slurm's own name (``{"billing": 8, "license/matlab": 1}``).
    """

    cpus: int | None = None
    memory: int | None = None
    nodes: int | None = None
    gpus: int = 0
    gpu_types: dict[str, int] = {}
    other: dict[str, int] = {}
