"""Where a job's output goes: ``%j`` and the like, resolved as slurmstepd does."""

from __future__ import annotations

import re

from jupyter_slurm_rest.slurm.models.job import Model

#: ``%%``; a pattern: ``%``, a width, a letter; or a width that no letter follows.
_PATTERN = re.compile(r"%%|%(\d*)([A-Za-z])|%\d*(\d)")
#: What slurmrestd leaves to do where it resolves names itself (v0.0.39 to v0.0.42).
_LEFT = re.compile(r"%(\d*)([JNnst])")
#: Slurm 22.05's; newer releases know ``%b`` and ``%r`` too, and resolve those themselves.
_LETTERS = "AJNajnstux"
_HOST = re.compile(r"%\d*N")
#: Patterns of numbers; what else has a width (``%12q``) is Slurm's to read.
_WIDTH = re.compile(r"%\d+[AJajnst]")
#: What is better left to Slurm where it resolves names.
_SLURMS = re.compile(r"%\d*[brN]")
_ESCAPE = re.compile(r"\\(.?)", re.DOTALL)
_WIDEST = 10
#: Slurm's "no value": what ``%a`` stands for in a job that is not an array.
_NO_TASK = 4294967294


class Naming(Model, frozen=True, kw_only=True):
    """What the patterns stand for. ``None`` or empty: not known (yet)."""

    job_id: int
    array_job_id: int | None = None
    array_task_id: int | None = None
    job_name: str = ""
    user: str = ""
    #: The first node's host, for ``%N``: not always what Slurm calls the node.
    host: str = ""
    #: Relative paths start here.
    directory: str = ""


def resolve(path: str, naming: Naming) -> str:
    """``path`` of a batch job, absolute and with its patterns replaced as slurmd does it.

    A pattern whose value is not known stays as it is, and so do letters that Slurm does not
    know. A backslash anywhere means that nothing is replaced.
    """
    if not path:
        return ""
    if "\\" in path:
        found = _ESCAPE.sub(r"\1", path)
    else:
        found = _PATTERN.sub(lambda match: _replace(match, naming), path)
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
    return _LEFT.sub(lambda match: _value(match, naming) or match[0], path)


def still_open(path: str) -> str:
    """``slurm-8_4294967294.out`` of tasks to come as ``slurm-8_%a.out``."""
    return path.replace(str(_NO_TASK), "%a")


def with_user(path: str, user: str) -> str:
    """``path`` as Slurm resolved it, with the user where 25.05 writes ``(null)`` for ``%u``."""
    return path.replace("(null)", user) if user else path


def loses_width(path: str) -> bool:
    """Whether ``path`` has a width (``%4j``), which 25.05 loses while it resolves names."""
    found = _WIDTH.search(path) is not None
    return found and "\\" not in path and not _SLURMS.search(path)


def names_host(*paths: str) -> bool:
    """Whether one of them has the pattern ``%N``."""
    return any(_HOST.search(path) and "\\" not in path for path in paths)


def _replace(match: re.Match[str], naming: Naming) -> str:
    width, letter, digit = match.groups()
    if digit:
        # Slurm loses all but the last digit, and continues after it.
        return str(digit)
    if not letter:
        return "%"
    if letter not in _LETTERS:
        return f"{width[-1]}{letter}" if width else match[0]
    return _value(match, naming) or match[0]


def _value(match: re.Match[str], naming: Naming) -> str | None:
    """What a pattern stands for; ``None`` where that is not known."""
    values: dict[str, int | str | None] = {
        "A": naming.array_job_id or naming.job_id,
        "a": naming.array_task_id if naming.array_job_id else _NO_TASK,
        # In a batch script there is no step number to add.
        "J": naming.job_id,
        "j": naming.job_id,
        "N": naming.host.partition(".")[0] or None,
        "n": 0,
        "s": "batch",
        "t": 0,
        "u": naming.user or None,
        "x": naming.job_name,
    }
    value = values[match[2]]
    # Slurm ignores the width unless it is a number.
    return f"{value:0{min(int(match[1] or 0), _WIDEST)}d}" if isinstance(value, int) else value
