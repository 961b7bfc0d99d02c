"""Job states: one base state and flags, out of every way that Slurm writes them."""

from __future__ import annotations

from jupyter_slurm_rest.slurm.endings import normalized
from jupyter_slurm_rest.slurm.models import ExitCode

from .values import Exit, ExitStatus, Words, exit_code, words

PENDING_STATES = frozenset({"PENDING"})
ACTIVE_STATES = frozenset({"RUNNING", "SUSPENDED"})
FINISHED_STATES = frozenset(
    {
        "COMPLETED",
        "CANCELLED",
        "FAILED",
        "TIMEOUT",
        "NODE_FAIL",
        "PREEMPTED",
        "BOOT_FAIL",
        "DEADLINE",
        "OUT_OF_MEMORY",
    }
)
BASE_STATES = PENDING_STATES | ACTIVE_STATES | FINISHED_STATES
#: How a run ended that was not its job's last: accounting's words only.
PARTIAL_STATES = frozenset({"REQUEUED", "RESIZING", "REVOKED"})

#: Up to v0.0.39 a flag hides the base state; these flags occur with one base only.
#: COMPLETING is not among them: it does not tell how the job ended.
_BASE_BEHIND = {
    "CONFIGURING": "RUNNING",
    "EXPEDITING": "PENDING",
    "POWER_UP_NODE": "RUNNING",
    "RESIZING": "RUNNING",
    "SIGNALING": "RUNNING",
    "STOPPED": "RUNNING",
    "REQUEUED": "PENDING",
    "REQUEUE_FED": "PENDING",
    "REQUEUE_HOLD": "PENDING",
    "SPECIAL_EXIT": "PENDING",
    "REVOKED": "PENDING",
    "RESV_DEL_HOLD": "PENDING",
}


def job_state(value: Words) -> tuple[str, tuple[str, ...]]:
    """``(base, flags)``, base in capitals, ``UNKNOWN`` where Slurm does not say it."""
    if type(value) is list and len(value) == 1 and value[0] in BASE_STATES:
        return value[0], ()
    base = ""
    flags: list[str] = []
    for word in words(value):
        # slurmdb adds who cancelled: "CANCELLED by 1000".
        name = word.partition(" ")[0].upper()
        if not base and name in BASE_STATES:
            base = name
        else:
            flags.append(name)
    if not base:
        base = next((_BASE_BEHIND[flag] for flag in flags if flag in _BASE_BEHIND), "UNKNOWN")
    return base, tuple(flag for flag in flags if flag != "UNKNOWN")


def run_state(value: Words, end: int | None) -> tuple[str, tuple[str, ...]]:
    """``(state, flags)`` of a run as slurmdbd records it; ``end`` is when it ended.

    As sacct has it, a run that went back into the queue is ``REQUEUED`` (one of
    :data:`PARTIAL_STATES`), where the API may write ``PENDING`` and a flag.
    """
    state, flags = job_state(value)
    if end is None or state in FINISHED_STATES:
        return state, flags
    how = next((flag for flag in flags if flag in PARTIAL_STATES), state)
    return how, tuple(flag for flag in flags if flag != how)


def ended(value: Exit, state: str) -> ExitCode | None:
    """How a record of slurmdbd in ``state`` ended; ``None`` before, or when it is lost."""
    if state not in FINISHED_STATES | PARTIAL_STATES:
        return None
    found = exit_code(value)
    # v0.0.37 to v0.0.39 write 0 for all that ended by themselves.
    worded = isinstance(value, ExitStatus) and isinstance(value.status, str)
    lost = worded and state == "FAILED" and found == ExitCode()
    return None if lost else normalized(found, state)
