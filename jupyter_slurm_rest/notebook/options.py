"""sbatch's options as keyword arguments, and what can be changed of a job."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from pathlib import PurePath
from typing import Any

from jupyter_slurm_rest.slurm.errors import InvalidRequest

#: Options that say how sbatch itself works, not what the job is.
_OF_THE_COMMAND = {"clusters", "cluster", "wait", "test_only", "parsable", "wrap"}
#: sbatch's names of what a job's update calls otherwise.
_CHANGES = {
    "time": "time_limit",
    "time_min": "time_minimum",
    "job_name": "name",
    "constraint": "constraints",
    "exclude": "excluded_nodes",
    "nodelist": "required_nodes",
}


def sbatch_options(given: Mapping[str, Any]) -> dict[str, str | int | bool]:
    """``given`` as the server takes it: ``None`` left out, lists joined, durations written.

    Raises :exc:`InvalidRequest` for a name that sbatch does not have, with the nearest.
    """
    from jupyter_slurm_rest.slurm.sbatch.options import OPTIONS

    fields = {one.name.replace("-", "_"): one.field for one in OPTIONS if not one.early}
    known = set(fields) - _OF_THE_COMMAND
    found: dict[str, str | int | bool] = {}
    for written, value in given.items():
        name = written.replace("-", "_")
        if name not in known:
            raise _unknown(written, "an option of sbatch", known)
        if value is not None:
            found[fields[name]] = _words(written, value)
    return found


def changes(given: Mapping[str, Any]) -> dict[str, str | int | bool]:
    """The body of a job's update. Raises :exc:`InvalidRequest` for what cannot be changed."""
    from jupyter_slurm_rest.slurm.models.job import JobUpdate

    known = {*JobUpdate.__struct_fields__, *_CHANGES}
    found: dict[str, str | int | bool] = {}
    for name, value in given.items():
        if name not in known:
            raise _unknown(name, "a property that can be changed", known)
        if value is not None:
            found[_CHANGES.get(name, name)] = _words(name, value)
    return found


def _words(name: str, value: Any) -> str | int | bool:
    if isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, dt.timedelta):
        minutes, seconds = divmod(max(1, round(value.total_seconds())), 60)
        return f"{minutes}:{seconds:02}"
    if isinstance(value, dt.datetime):
        return value.astimezone().strftime("%Y-%m-%dT%H:%M:%S")
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, (list, tuple, set, frozenset, range)):
        return ",".join(str(_words(name, one)) for one in value)
    if isinstance(value, Mapping):
        return ",".join(f"{key}={one}" for key, one in value.items())
    raise InvalidRequest(name, f"{name}: a {type(value).__name__} is not a value of an option.")


def _unknown(name: str, kind: str, known: Collection[str]) -> InvalidRequest:
    # Imported at the first use: it brings the whole client with it.
    from jupyter_slurm_rest.slurm.names import nearest

    near = nearest(name.replace("-", "_"), known)
    advice = f"Did you mean {' or '.join(near)}?" if near else ""
    return InvalidRequest(name, f"{name} is not {kind}. {advice}".strip(), advice=advice)
