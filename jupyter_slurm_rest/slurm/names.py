"""Names that people write, and the nearest right ones for those that do not exist."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable

from .errors import InvalidRequest, shorten

#: squeue's short words for states and their flags.
_SHORT = {
    "BF": "BOOT_FAIL",
    "CA": "CANCELLED",
    "CD": "COMPLETED",
    "CF": "CONFIGURING",
    "CG": "COMPLETING",
    "DL": "DEADLINE",
    "F": "FAILED",
    "NF": "NODE_FAIL",
    "OOM": "OUT_OF_MEMORY",
    "PD": "PENDING",
    "PR": "PREEMPTED",
    "R": "RUNNING",
    "RD": "RESV_DEL_HOLD",
    "RF": "REQUEUE_FED",
    "RH": "REQUEUE_HOLD",
    "RQ": "REQUEUED",
    "RS": "RESIZING",
    "RV": "REVOKED",
    "S": "SUSPENDED",
    "SE": "SPECIAL_EXIT",
    "SI": "SIGNALING",
    "SO": "STAGE_OUT",
    "ST": "STOPPED",
    "TO": "TIMEOUT",
}
#: ``UNKNOWN`` is ours, for a state that Slurm does not tell; the others have no short word.
_STATES = frozenset(_SHORT.values()) | {"EXPEDITING", "POWER_UP_NODE", "UNKNOWN"}
#: Names that are told where none is near.
_FEW = 12


def state_names(words: Iterable[str], field: str = "state") -> list[str]:
    """Long names of states and flags, which may be written as for squeue: ``R``, ``cd``.

    ``all`` is every state: no names. Raises :exc:`InvalidRequest` for what is not a state.
    """
    found: list[str] = []
    everything = False
    for written in words:
        word = written.strip().upper()
        if word == "ALL":
            everything = True
        elif word in _SHORT or word in _STATES:
            found.append(_SHORT.get(word, word))
        else:
            raise no_such(field, "job state", written, _STATES, cluster=False)
    return [] if everything else list(dict.fromkeys(found))


def nearest(word: str, known: Collection[str]) -> list[str]:
    """Those of ``known`` that look like ``word``, the likeliest first; case does not count."""
    by_case: dict[str, list[str]] = {}
    for name in sorted(known):
        by_case.setdefault(name.casefold(), []).append(name)
    near = difflib.get_close_matches(word.strip().casefold(), by_case, n=3)
    return [name for key in near for name in by_case[key]]


def no_such(
    field: str, kind: str, word: str, known: Collection[str], *, cluster: bool = True
) -> InvalidRequest:
    """The error for ``word``, which is not among ``known``, with the nearest that are."""
    written = shorten(word, 80)
    what = (
        f"Slurm could not find {kind} {written!r}." if cluster else f"{written!r} is not a {kind}."
    )
    names = nearest(word, known)
    if names:
        advice = f"Did you mean {' or '.join(names)}?"
    elif known and len(known) <= _FEW:
        advice = f"Available: {', '.join(sorted(known))}."
    elif not cluster:
        advice = f"Write one of {', '.join(sorted(known))}."
    else:
        advice = "Check the spelling."
    return InvalidRequest(field, f"{field}: {what}", advice=advice)
