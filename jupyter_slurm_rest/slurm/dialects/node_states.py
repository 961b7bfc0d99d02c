"""What state a node is in: the word that ``sinfo`` has for it, and whether jobs can start."""

from __future__ import annotations

from collections.abc import Collection

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
