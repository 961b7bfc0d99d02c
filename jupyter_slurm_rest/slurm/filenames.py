"""Where a job's output goes: ``%j`` and the like, resolved as slurmstepd does."""

from __future__ import annotations

import re

from .models.values import Model

#: ``%`` and a pattern's letter, with a width between them.
_PATTERN = re.compile(r"%(\d*)(.)", re.DOTALL)
_WIDEST = 10


#: What slurmrestd leaves to do where it resolves names itself (v0.0.39 to v0.0.42).
_LEFT = "JNnst"
#: Slurm's "no value": what ``%a`` stands for in a job that is no array.
_NO_TASK = 4294967294


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


def resolve(path: str, naming: Naming, letters: str = "AJNajnstux") -> str:
    """``path`` of a batch job, absolute and with its patterns (``letters``) replaced.

    A pattern whose value is not known stays as it is. A backslash anywhere means that
    nothing is replaced, as in Slurm; so are letters that Slurm does not know. Newer
    releases know ``%b`` and ``%r`` too; those resolve them themselves.
    """
    if not path:
        return ""
    if "\\" in path:
        found = path.replace("\\", "")
    else:
        found = _PATTERN.sub(lambda match: _replace(match, naming, letters), path)
    if found.startswith("/") or not naming.directory:
        return found
    return f"{naming.directory.rstrip('/')}/{found}"


def finish(path: str, naming: Naming) -> str:
    """``path`` as slurmrestd resolved it, with what it left to do.

    For tasks to come Slurm writes its "no value", where ``%a`` says more.
    """
    if naming.array_job_id and naming.array_task_id is None:
        path = still_open(path)
    path = with_user(path, naming.user)
    return _PATTERN.sub(lambda match: _replace(match, naming, _LEFT), path)


def still_open(path: str) -> str:
    """``slurm-8_4294967294.out`` of tasks to come as ``slurm-8_%a.out``."""
    return path.replace(str(_NO_TASK), "%a")


def with_user(path: str, user: str) -> str:
    """``path`` as Slurm resolved it, with the user where 25.05 writes ``(null)`` for ``%u``."""
    return path.replace("(null)", user) if user else path


def _replace(match: re.Match[str], naming: Naming, letters: str) -> str:
    width, letter = match[1], match[2]
    if letter == "%" and not width and letters != _LEFT:
        return "%"
    value = _value(letter, naming) if letter in letters else None
    if value is None:
        return match[0]
    # Slurm ignores the width of what is no number.
    return f"{value:0{min(int(width or 0), _WIDEST)}d}" if isinstance(value, int) else value


def _value(letter: str, naming: Naming) -> int | str | None:
    values: dict[str, int | str | None] = {
        "A": naming.array_job_id or naming.job_id,
        "a": naming.array_task_id if naming.array_job_id else _NO_TASK,
        # In a batch script there is no step number to add.
        "J": naming.job_id,
        "j": naming.job_id,
        "N": naming.node.partition(".")[0] or None,
        "n": 0,
        "s": "batch",
        "t": 0,
        "u": naming.user or None,
        "x": naming.job_name,
    }
    return values.get(letter)
