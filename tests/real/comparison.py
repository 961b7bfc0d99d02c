"""A client of a real cluster, and the output of Slurm's commands to compare it with."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from devcluster import Cluster
from jupyter_slurm_rest.slurm import SlurmClient

#: Records by name.
Table = dict[str, dict[str, Any]]


@asynccontextmanager
async def client_of(
    cluster: Cluster, user: str = "alice", version: str | None = None
) -> AsyncIterator[SlurmClient]:
    """A client as ``user``, through the newest API version or the one named."""
    client = SlurmClient.from_url(
        cluster.url, user=user, token=cluster.token(user), api_version=version
    )
    async with client:
        yield client


async def versions_of(cluster: Cluster) -> list[str]:
    async with client_of(cluster) as client:
        return await client.versions()


def submit(cluster: Cluster, *options: str, script: str = "sleep 600", user: str = "alice") -> int:
    """A job's number; its output is thrown away unless the options say where it goes."""
    home = "/root" if user == "root" else f"/home/{user}"
    argv = ["sbatch", "--parsable", f"--chdir={home}", "--output=/dev/null", *options]
    done = cluster.run(argv, user=user, input=f"#!/bin/sh\n{script}\n")
    return int(done.stdout)


def lines(cluster: Cluster, argv: list[str], user: str = "alice") -> list[str]:
    """What a command prints; every time in it as seconds since the epoch."""
    done = cluster.run(argv, user=user, env={"SLURM_TIME_FORMAT": "%s"})
    return [line for line in done.stdout.splitlines() if line.strip()]


def states(cluster: Cluster, job: int) -> dict[str, str]:
    """squeue's ids and states of a job and what belongs to it."""
    argv = ["squeue", "--noheader", "--states=all", f"--jobs={job}", "--format=%i %T"]
    return dict(line.split() for line in lines(cluster, argv))


def gone(cluster: Cluster, job: int, *ids: str) -> bool:
    """Whether none of the records ``ids`` (or none at all) is live."""
    found = states(cluster, job)
    live = {name for name, state in found.items() if state in ("PENDING", "RUNNING", "SUSPENDED")}
    return not (live & set(ids) if ids else live)


def until(ready: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, f"{what}: not within {seconds} seconds"
        time.sleep(0.2)


def until_state(cluster: Cluster, job: int, state: str) -> None:
    """Until squeue shows every record of ``job`` in ``state``."""

    def there() -> bool:
        found = states(cluster, job)
        return bool(found) and set(found.values()) == {state}

    until(there, f"job {job} {state}")


def shown(cluster: Cluster, *what: str, user: str = "alice") -> list[dict[str, str]]:
    """``scontrol show`` as records; values may hold blanks, keys are as Slurm writes them."""
    found = []
    for line in lines(cluster, ["scontrol", "--oneliner", "show", *what], user):
        pieces = re.split(r"(?:^|\s)([A-Z][A-Za-z/:]*)=", line)
        found.append(dict(zip(pieces[1::2], (text.strip() for text in pieces[2::2]), strict=True)))
    return found


def seconds(written: str) -> int | None:
    """``1-02:03:04`` and shorter as seconds; ``None`` for INVALID and the like."""
    match = re.fullmatch(r"(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+)", written)
    if match is None:
        return None
    days, hours, minutes, rest = (int(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + rest


def minutes(written: str) -> int | str | None:
    """A limit as we write it."""
    if written in ("UNLIMITED", "INFINITE"):
        return "UNLIMITED"
    found = seconds(written)
    return None if found is None else found // 60


def moment(written: str) -> int | None:
    """An epoch as a command prints it; ``None`` for N/A, Unknown and the like."""
    return int(written) if written.isdigit() and written != "0" else None


def word(written: str) -> str:
    """A word; empty for what Slurm prints for nothing."""
    return "" if written in ("(null)", "N/A", "None", "None assigned", "Unknown") else written


T = TypeVar("T")


async def settle(compare: Callable[[], Awaitable[dict[str, tuple[T, T]]]]) -> None:
    """Assert that there is no difference; Slurm may move between two looks, so look again."""
    found: dict[str, tuple[T, T]] = {}
    for _ in range(5):
        found = await compare()
        if not found:
            return
        await asyncio.sleep(1)
    raise AssertionError(f"differing (theirs, ours): {found}")


def differing(
    theirs: dict[str, dict[str, T]], ours: dict[str, dict[str, T]], *, close: tuple[str, ...] = ()
) -> dict[str, tuple[T | str, T | str]]:
    """Differences between two tables, by ``record.field``; ``close`` may be 2 apart."""
    found: dict[str, tuple[T | str, T | str]] = {}
    for name in theirs.keys() ^ ours.keys():
        found[name] = ("there", "-") if name in theirs else ("-", "there")
    for name in theirs.keys() & ours.keys():
        for field, value in theirs[name].items():
            mine = ours[name][field]
            near = (
                field in close
                and isinstance(value, int)
                and isinstance(mine, int)
                and abs(value - mine) <= 2
            )
            if value != mine and not near:
                found[f"{name}.{field}"] = (value, mine)
    return found
