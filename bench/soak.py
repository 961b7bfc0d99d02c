"""Twenty clients for half an hour while jobs come and go and slurmctld restarts.

``python -m bench.soak [--minutes 30] [--generation trixie]``. Ends with 1 when a row is
lost or stale at the end (compared with squeue), when the Jupyter server's memory grew, or
when connections were left behind.
"""

from __future__ import annotations

import argparse
import random
import sys
import threading
import time
from pathlib import Path
from typing import Any

from devcluster import Cluster
from devcluster.errors import DevclusterError

from .jupyter import Jupyter, Response, ours
from .queues import ME, settle
from .results import Result, table

CLIENTS = 20
#: Seconds after the last change in which every view must have read again. A slow machine
#: takes long for a reading, and then rests for long (``slurmrestd_share``).
_CATCH_UP = 300.0


class Client(threading.Thread):
    """Looks at one list again and again, applying differences as a panel does."""

    def __init__(self, server: Jupyter, stop: threading.Event, scope: str) -> None:
        super().__init__(daemon=True)
        self._server = server
        self._stopped = stop
        self.scope = scope
        self._version = ""
        #: When Slurm was asked for what the client has.
        self.as_of = 0.0
        #: Seconds: the oldest list that it was given.
        self.oldest = 0.0
        self.rows: list[dict[str, Any]] = []
        self.looks = self.failures = self.differences = 0

    def run(self) -> None:
        while not self._stopped.is_set():
            self.look()
            self._stopped.wait(random.uniform(1, 6))  # noqa: S311 - no secret

    def look(self) -> None:
        self.looks += 1
        try:
            response: Response = self._server.jobs(
                "soak", scope=self.scope, limit=5000, since=self._version
            )
        except (RuntimeError, OSError):
            self.failures += 1
            return
        told = response.json()
        if (delta := told["delta"]) is None:
            self.rows = told["jobs"]
        else:
            self.differences += 1
            gone = {*delta["removed"], *(job["id"] for job in told["jobs"])}
            self.rows = [row for row in self.rows if row["id"] not in gone]
            for at, job in zip(delta["at"], told["jobs"], strict=True):
                self.rows.insert(at, job)
        self._version = told["version"]
        self.as_of = told["as_of"]
        self.oldest = max(self.oldest, time.time() - self.as_of)

    def live(self) -> dict[str, str]:
        states = ("PENDING", "RUNNING", "SUSPENDED")
        return {row["id"]: row["state"] for row in self.rows if row["state"] in states}


def churn(cluster: Cluster, stop: threading.Event) -> None:
    """Short jobs, held jobs, arrays, cancellations."""
    while not stop.is_set():
        user = random.choice((ME, "bob", "carol"))  # noqa: S311 - no secret
        batch = ["sbatch", "--parsable", "-t2", "--mem=20"]
        kind = random.randrange(4)  # noqa: S311 - no secret
        try:
            if kind == 0:
                cluster.run([*batch, "-H", "--wrap", "true"], user=user)
            elif kind == 1:
                cluster.run([*batch, "--array=1-4%2", "--wrap", "sleep 3"], user=user)
            elif kind == 2:
                cluster.run([*batch, "--wrap", "sleep 5"], user=user)
            else:
                cluster.run(["scancel", "-u", user, "-t", "PD"], user=user)
        except DevclusterError:
            # slurmctld is being restarted.
            stop.wait(1)
        stop.wait(1)


def squeue(cluster: Cluster, *options: str) -> dict[str, str]:
    lines = cluster.run(["squeue", "-h", "-o", "%i|%T", *options]).stdout.splitlines()
    return dict(line.split("|") for line in lines if not line.endswith("|COMPLETING"))


def soak(cluster: Cluster, minutes: float) -> list[Result]:
    cluster.up()
    settle(cluster)
    with ours({"soak": cluster.url}, cluster.token(ME, lifespan=7200)) as server:
        stop, quiet = threading.Event(), threading.Event()
        clients = [Client(server, stop, ("mine", "all")[n % 2]) for n in range(CLIENTS)]
        for client in clients:
            client.look()
            if client.failures:
                raise RuntimeError(f"the list {client.scope} cannot be read")
            client.start()
        busy = threading.Thread(target=churn, args=(cluster, quiet), daemon=True)
        busy.start()
        seconds = minutes * 60
        time.sleep(seconds / 5)
        before = server.probe()["resident"]
        for _ in range(2):
            time.sleep(seconds / 5)
            cluster.stop("slurmctld")
            time.sleep(5)
            cluster.start("slurmctld")
        time.sleep(seconds * 2 / 5)
        quiet.set()
        busy.join(30)
        # A queue that stands still can be compared: only held jobs stay in it.
        for user in (ME, "bob", "carol"):
            cluster.run(["scancel", "-u", user])
            for _ in range(5):
                cluster.run(["sbatch", "-H", "--mem=20", "--wrap", "true"], user=user)
        # Accounting hears of it some seconds late.
        time.sleep(10)
        still = time.time()
        stop.set()
        for client in clients:
            client.join(30)
        while time.time() < still + _CATCH_UP:
            late = [client for client in clients if client.as_of < still]
            for client in late:
                client.look()
            if not late:
                break
            time.sleep(2)
        grown = server.probe()["resident"] - before
        everybody, mine = squeue(cluster), squeue(cluster, "-u", ME)
        wrong: list[str] = []
        for client in clients:
            expected = mine if client.scope == "mine" else everybody
            seen = client.live().items()
            wrong += [f"{client.scope} lacks {row}" for row in expected.items() - seen]
            wrong += [f"{client.scope} still has {row}" for row in seen - expected.items()]
        connections = _left_behind(server.pid)
    looks = sum(client.looks for client in clients)
    return [
        Result(
            "S.rows",
            "rows missing or stale at the end",
            len(wrong),
            "rows",
            0,
            note="; ".join(sorted(set(wrong))[:5]),
        ),
        Result(
            "S.oldest",
            "age of the oldest list that a client received (while slurmctld restarted)",
            max(client.oldest for client in clients),
            "s",
        ),
        Result("S.memory", "memory growth of the Jupyter server", grown / 1e6, "MB", 20),
        Result("S.connections", "connections not closed", connections, "sockets", 0),
        Result(
            "S.looks",
            f"requests of {CLIENTS} clients in {minutes:g} minutes",
            looks,
            "requests",
            note=f"{sum(c.differences for c in clients)} served as deltas, "
            f"{sum(c.failures for c in clients)} failed",
        ),
    ]


def _left_behind(pid: int) -> int:
    """Sockets that the other side has closed and the server has not (CLOSE_WAIT)."""
    inodes = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            name = str(link.readlink())
        except FileNotFoundError:
            continue
        if name.startswith("socket:["):
            inodes.add(name[8:-1])
    lines = Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]
    return sum(fields[3] == "08" and fields[9] in inodes for fields in map(str.split, lines))


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--generation", default="trixie")
    parser.add_argument("--instance", default="soak")
    options = parser.parse_args()
    cluster = Cluster(options.generation, options.instance)
    try:
        results = soak(cluster, options.minutes)
    finally:
        cluster.down()
    print(table(results))
    return 0 if all(one.ok for one in results) else 1


if __name__ == "__main__":
    sys.exit(main())
