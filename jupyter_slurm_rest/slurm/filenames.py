"""Where a job's output goes: ``%j`` and the like, resolved as slurmstepd does."""

from __future__ import annotations

import re

from .models.values import Model

#: ``%`` and a pattern's letter, with a width between them.
_PATTERN = re.compile(r"%(\d*)(.)", re.DOTALL)
_WIDEST = 10


class Naming(Model, frozen=True, kw_only=True):
    """What the patterns stand for. ``None`` or empty: not known (yet)."""

    job_id: int
    array_job_id: int | None = None
    array_task_id: int | None = None
    job_name: str = ""
    user: str = ""
    #: The first node, for ``%N``.
    node: str = ""
    #: Relative paths start here.
    directory: str = ""
    restarts: int | None = None


def resolve(path: str, naming: Naming) -> str:
    """``path`` of a batch job, absolute and with its patterns replaced.

    A pattern whose value is not known stays as it is. A backslash anywhere means that
    nothing is replaced, as in Slurm; so are letters that Slurm does not know.
    """
    if not path:
        return ""
    if "\\" in path:
        found = path.replace("\\", "")
    else:
        found = _PATTERN.sub(lambda match: _replace(match, naming), path)
    if found.startswith("/") or not naming.directory:
        return found
    return f"{naming.directory.rstrip('/')}/{found}"


def still_open(path: str) -> str:
    """``path`` as Slurm resolved it for tasks to come, with ``%a`` for their numbers.

    Slurm writes its "no value" there: ``slurm-8_4294967294.out``.
    """
    return path.replace("4294967294", "%a")


def _replace(match: re.Match[str], naming: Naming) -> str:
    width, letter = match[1], match[2]
    if letter == "%" and not width:
        return "%"
    value = _value(letter, naming)
    if value is None:
        return match[0]
    # Slurm ignores the width of what is no number.
    return f"{value:0{min(int(width or 0), _WIDEST)}d}" if isinstance(value, int) else value


def _value(letter: str, naming: Naming) -> int | str | None:
    task = naming.array_task_id
    values: dict[str, int | str | None] = {
        "A": naming.array_job_id or naming.job_id,
        "a": task,
        "b": None if task is None else task % 10,
        # In a batch script there is no step number to add.
        "J": naming.job_id,
        "j": naming.job_id,
        "N": naming.node.partition(".")[0] or None,
        "n": 0,
        "r": naming.restarts,
        "s": "batch",
        "t": 0,
        "u": naming.user or None,
        "x": naming.job_name,
    }
    return values.get(letter)
