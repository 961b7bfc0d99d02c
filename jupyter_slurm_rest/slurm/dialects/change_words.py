"""Changes of a job to v0.0.38: sbatch's option names, and values as sbatch reads them."""

from __future__ import annotations

import time

from jupyter_slurm_rest.slurm.changes import JobChange
from jupyter_slurm_rest.slurm.errors import Unsupported

#: Ours to Slurm's, where they differ.
_KEYS = {
    "begin": "begin_time",
    "excluded_nodes": "exclude_nodes",
    "required_nodes": "nodelist",
}


def encode_change(change: JobChange) -> dict[str, object]:
    """The body of an update to v0.0.38. Raises :exc:`Unsupported`."""
    if change.name is not None:
        # slurmrestd takes the key and changes nothing.
        raise Unsupported(
            "Changing a job's name", "v0.0.38", needs="v0.0.39 or newer", advice="Use scontrol."
        )
    body: dict[str, object] = {}
    for name, value in change.given().items():
        if name in ("begin", "deadline"):
            body[_KEYS.get(name, name)] = f"uts{value or int(time.time())}"
        elif name == "requeue":
            # Whichever key is there counts, whatever its value.
            body["requeue" if value else "no_requeue"] = True
        else:
            body[_KEYS.get(name, name)] = value
    return body
