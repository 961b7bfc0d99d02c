"""States of jobs and nodes, in every way that Slurm writes them."""

from __future__ import annotations

from collections.abc import Collection

from jupyter_slurm_rest.slurm.endings import normalized
from jupyter_slurm_rest.slurm.models import ExitCode

from .envelope import Exit, ExitStatus, Words, exit_code, words

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
        # slurmdb adds who canceled it: "CANCELLED by 1000".
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


#: Flags that keep new jobs away. POWERED_DOWN does not: Slurm powers the node up for a job.
_CLOSED = frozenset(
    {
        "BLOCKED",
        "DRAIN",
        "EXTERNAL",
        "FAIL",
        "INVALID",
        "INVALID_REG",
        "MAINTENANCE",
        "POWERING_DOWN",
        "POWER_DOWN",
        "POWER_DRAIN",
        "REBOOT_ISSUED",
    }
)
_OPEN_STATES = frozenset({"IDLE", "MIXED", "ALLOCATED"})

#: The sign that sinfo adds for a flag, the first that is set.
_SIGNS = {
    "MAINTENANCE": "$",
    "REBOOT_ISSUED": "^",
    "REBOOT_REQUESTED": "@",
    "POWERING_UP": "#",
    "POWERING_DOWN": "%",
    "POWERED_DOWN": "~",
    "POWER_DOWN": "!",
    "NOT_RESPONDING": "*",
}
#: What an idle node without a sign is called.
_IDLE_WORDS = {
    "PERFCTRS": "perfctrs",
    "RESERVED": "reserved",
    "BLOCKED": "blocked",
    "PLANNED": "planned",
}
_SIGNED_BASES = frozenset({"DOWN", "ALLOCATED", "IDLE", "MIXED", "FUTURE"})


def takes_jobs(base: str, flags: Collection[str]) -> bool:
    """Whether a job can start on a node in this state."""
    if base not in _OPEN_STATES or not _CLOSED.isdisjoint(flags):
        return False
    # A node that Slurm is powering up does not respond yet, and gets jobs already.
    return "NOT_RESPONDING" not in flags or "POWERING_UP" in flags


def sinfo_state(base: str, flags: Collection[str], *, mixed_failing: bool = True) -> str:
    """The word of ``sinfo --format=%T``: ``idle``, ``mixed#``, ``drained~``.

    Args:
        base: The base state: IDLE, MIXED, ALLOCATED, DOWN, ...
        flags: The flags beside it.
        mixed_failing: A failing node in part use is ``failing``, not ``fail``.
    """
    flags = set(flags)
    silent = "*" if "NOT_RESPONDING" in flags else ""
    busy = base in ("ALLOCATED", "MIXED")
    if "INVALID_REG" in flags:
        return "inval"
    if "MAINTENANCE" in flags and not busy and base != "DOWN" and "DRAIN" not in flags:
        return f"maint{silent}"
    if not busy and "REBOOT_ISSUED" in flags:
        return "reboot^"
    if not busy and "REBOOT_REQUESTED" in flags:
        return f"reboot{silent}"
    sign = next((sign for flag, sign in _SIGNS.items() if flag in flags), "")
    completing = "COMPLETING" in flags
    if "DRAIN" in flags:
        return f"draining{sign}" if busy or completing else f"drained{sign}"
    if "FAIL" in flags:
        ends = completing or base == "ALLOCATED" or (base == "MIXED" and mixed_failing)
        return f"{'failing' if ends else 'fail'}{silent}"
    if completing and base not in ("DOWN", "ALLOCATED"):
        return f"completing{sign}"
    if base == "ALLOCATED" and completing and not sign:
        return "allocated+"
    if base == "IDLE" and not sign:
        return next((word for flag, word in _IDLE_WORDS.items() if flag in flags), "idle")
    if base == "MIXED" and not sign and "PLANNED" in flags:
        return "mixed-"
    return f"{base.lower()}{sign if base in _SIGNED_BASES else silent}"
