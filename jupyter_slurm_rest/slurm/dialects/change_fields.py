"""Changes of a job from v0.0.39: the fields of slurmctld's job description."""

from __future__ import annotations

import time

from jupyter_slurm_rest.slurm.capabilities import Capabilities
from jupyter_slurm_rest.slurm.changes import JobChange
from jupyter_slurm_rest.slurm.errors import Unsupported

_KEYS = {"begin": "begin_time"}
_UNLIMITED = {"set": True, "infinite": True, "number": 0}


def encode_change(change: JobChange, capabilities: Capabilities) -> dict[str, object]:
    """The fields of an update. Raises :exc:`Unsupported`."""
    if change.nice is not None and not capabilities.nice_changeable:
        raise Unsupported(
            "Changing a job's nice value",
            capabilities.version,
            needs="v0.0.40 (Slurm 23.11.2) or newer",
            advice="Use scontrol.",
        )
    body: dict[str, object] = {}
    for name, value in change.given().items():
        key = _KEYS.get(name, name)
        if value == "UNLIMITED" and name == "time_limit":
            body[key] = _UNLIMITED
        elif name in ("begin", "deadline"):
            moment = value or int(time.time())
            body[key] = moment if capabilities.plain_times else _number(moment)
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
