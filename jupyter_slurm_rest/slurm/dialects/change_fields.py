"""Changes of a job from v0.0.39: the fields of slurmctld's job description."""

from __future__ import annotations

import time

from jupyter_slurm_rest.slurm.changes import JobChange

_KEYS = {"begin": "begin_time"}
_UNLIMITED = {"set": True, "infinite": True, "number": 0}


def encode_change(change: JobChange) -> dict[str, object]:
    """The body of an update."""
    body: dict[str, object] = {}
    for name, value in change.given().items():
        key = _KEYS.get(name, name)
        if value == "UNLIMITED" and name == "time_limit":
            body[key] = _UNLIMITED
        elif name in ("begin", "deadline"):
            body[key] = _number(value or int(time.time()))
        elif name in ("time_limit", "time_minimum", "priority"):
            # v0.0.40 warns of a bare number.
            body[key] = _number(value)
        elif name in ("excluded_nodes", "required_nodes"):
            # An empty list changes nothing; an empty string removes.
            body[key] = str(value).split(",") if value else ""
        else:
            body[key] = value
    return body


def _number(value: object) -> dict[str, object]:
    return {"set": True, "infinite": False, "number": value}
