"""Fills a queue with waiting jobs over REST, fast: for the benchmarks."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from devcluster import rest
from devcluster.cluster import Cluster
from devcluster.errors import DevclusterError
from devcluster.users import USERS

_WORKERS = 6
_SCRIPT = "#!/bin/bash\n#SBATCH --job-name=filled\nsrun hostname\n"
_PARTITIONS = ("debug", "long", "gpu")
_MONTH = 30 * 86400


def fill(cluster: Cluster, count: int, *, users: tuple[str, ...] = USERS) -> float:
    """Submit `count` jobs that wait: held, for a begin time, or for a held job.

    Returns the seconds it took. DevclusterError with Slurm's response when one is refused.
    """
    tokens = {user: cluster.token(user) for user in users}
    version = rest.api_versions(cluster.url, users[0], tokens[users[0]])[-1]
    begun = time.monotonic()
    anchor = _Client(cluster, version, tokens).submit(users[0], _job(version, 0, None))
    numbers = _Numbers(1, count)
    failures: list[Exception] = []

    def work() -> None:
        client = _Client(cluster, version, tokens)
        try:
            for number in numbers:
                user = users[number % len(users)]
                client.submit(user, _job(version, number, anchor))
        except Exception as error:  # noqa: BLE001 - told by the main thread
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(_WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return time.monotonic() - begun


class _Numbers:
    """Hands each number to one thread."""

    def __init__(self, first: int, end: int) -> None:
        self._iterator = iter(range(first, end))
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[int]:
        return self

    def __next__(self) -> int:
        with self._lock:
            return next(self._iterator)


class _Client:
    """One kept connection to slurmrestd."""

    def __init__(self, cluster: Cluster, version: str, tokens: dict[str, str]) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(cluster.url).netloc, timeout=60)
        self._path = f"/slurm/{version}/job/submit"
        self._tokens = tokens

    def submit(self, user: str, body: dict[str, Any]) -> int:
        headers = rest.credentials(user, self._tokens[user])
        headers["Content-Type"] = "application/json"
        self._connection.request("POST", self._path, json.dumps(body), headers)
        response = self._connection.getresponse()
        content = response.read()
        try:
            job = int(json.loads(content)["job_id"])
        except (ValueError, KeyError):
            job = 0
        if job == 0:
            words = content.decode(errors="replace")[:500]
            raise DevclusterError(f"a job was refused with {response.status}: {words}")
        return job


def _job(version: str, number: int, anchor: int | None) -> dict[str, Any]:
    old = int(version.rpartition(".")[2]) <= 38
    job: dict[str, Any] = {
        "name": f"filled-{number}",
        "current_working_directory": "/tmp",  # noqa: S108 - the job never runs
        "environment": {"PATH": "/usr/bin:/bin"} if old else ["PATH=/usr/bin:/bin"],
        "partition": _PARTITIONS[number % len(_PARTITIONS)],
        "tasks": 1 + number % 4,
        "time_limit": 1 + number % 20,
        "comment": f"waiting job number {number}",
    }
    kind = number % 10
    if kind == 9 and anchor is not None:
        job["dependency"] = f"afterok:{anchor}"
    elif kind in {7, 8}:
        begin = int(time.time()) + _MONTH
        job["begin_time"] = f"uts{begin}" if old else begin
    else:
        job["hold"] = True
    return {"script": _SCRIPT, "job": job}
