"""The queue as Slurm's own commands show it, task by task."""

from __future__ import annotations

import re
from collections.abc import Iterable

from devcluster import Cluster
from jupyter_slurm_rest.slurm.models import JobSummary
from jupyter_slurm_rest.slurm.models.job_id import known_ranges
from tests.real.comparison import lines

#: One line of squeue or of ours: what is compared of one task.
Line = dict[str, str]
Lines = dict[str, Line]

_FORMAT = "%i|%T|%r|%u|%P|%j|%l"
_FIELDS = ("state", "reason", "user", "partition", "name", "time_limit")


def squeue(cluster: Cluster, *options: str) -> Lines:
    """Live jobs by id, every task of an array on a line of its own.

    22.05's leaves out the last task of a list like ``0-60:5``: it gets the line before.
    """
    argv = ["squeue", "--noheader", "--array", f"--format={_FORMAT}", *options]
    found = {}
    for line in lines(cluster, argv, user="root"):
        name, *values = line.split("|")
        found[name] = dict(zip(_FIELDS, values, strict=True))
    if cluster.generation == "host":
        for first, last in _stepped(cluster, options):
            if first in found:
                found.setdefault(last, found[first])
    return found


def _stepped(cluster: Cluster, options: tuple[str, ...]) -> list[tuple[str, str]]:
    """The first and the last task of each list like ``0-60:5``."""
    argv = ["squeue", "--noheader", "--format=%F|%K", *options]
    found = []
    for line in lines(cluster, argv, user="root"):
        array, listed = line.split("|")
        for some in known_ranges(listed) if ":" in listed else []:
            found.append((f"{array}_{some[0]}", f"{array}_{some[-1]}"))
    return found


def ours(rows: Iterable[JobSummary]) -> tuple[Lines, set[str]]:
    """The same of our rows, and arrays of which Slurm cut the list of waiting tasks."""
    found: Lines = {}
    cut: set[str] = set()
    for row in rows:
        if "..." in (row.array_tasks or ""):
            cut.add(str(row.array_job_id))
        for name in tasks(row):
            found[name] = {
                "state": row.state,
                "reason": row.reason or "None",
                "user": row.user,
                "partition": row.partition,
                "name": row.name,
                "time_limit": _limit(row.time_limit),
                "flags": ",".join(row.flags),
            }
    return found, cut


def tasks(row: JobSummary) -> list[str]:
    """The ids under which squeue has what the row stands for, as far as it can be read."""
    if not row.array_tasks:
        return [row.id]
    return [f"{row.array_job_id}_{n}" for some in known_ranges(row.array_tasks) for n in some]


def differing(
    theirs: Lines, mine: Lines, cut: set[str], fields: Iterable[str] = _FIELDS
) -> list[str]:
    """Differences, in words."""
    found = [f"{name}: not in squeue" for name in mine.keys() - theirs.keys()]
    for name, line in theirs.items():
        if name not in mine:
            if name.partition("_")[0] not in cut:
                found.append(f"{name}: only in squeue ({line['state']} {line['reason']})")
            continue
        for field in fields:
            same = mine[name][field] == line[field]
            if field == "reason":
                # squeue prints a sentence instead of the code where there is one.
                same = same or " " in line[field]
            if field == "state":
                same = same or line[field] in mine[name]["flags"].split(",")
            if not same:
                found.append(f"{name}.{field}: {line[field]} is {mine[name][field]} here")
    return found


def _limit(minutes: int | str | None) -> str:
    if not isinstance(minutes, int):
        return str(minutes or "")
    days, rest = divmod(minutes, 1440)
    hours, left = divmod(rest, 60)
    if days:
        return f"{days}-{hours:02}:{left:02}:00"
    return f"{hours}:{left:02}:00" if hours else f"{left}:00"


def sacct(cluster: Cluster, since: int) -> dict[tuple[str, str], str]:
    """alice's allocations since then: states by raw number and submission."""
    argv = ["sacct", "--noheader", "--allocations", "--duplicates", "--parsable2"]
    argv += [
        "--user=alice",
        f"--starttime={_local(cluster, since)}",
        "--format=jobidraw,submit,state",
    ]
    found = {}
    for line in lines(cluster, argv, user="root"):
        job, submitted, state = line.split("|")
        found[job, submitted] = state.partition(" ")[0]
    return found


def _local(cluster: Cluster, epoch: int) -> str:
    return lines(cluster, ["date", f"--date=@{epoch}", "+%Y-%m-%dT%H:%M:%S"], user="root")[0]


def sinfo(cluster: Cluster) -> dict[str, tuple[str, int]]:
    """State and allocated CPUs of each node."""
    found = {}
    for line in lines(cluster, ["sinfo", "--noheader", "--Node", "--format=%N|%T|%C"], user="root"):
        name, state, cpus = line.split("|")
        found[name] = (state, int(re.split("/", cpus)[0]))
    return found
