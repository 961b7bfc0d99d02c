"""The queues to measure on: real clusters, filled over REST."""

from __future__ import annotations

import http.client
import time
from pathlib import Path
from urllib.parse import urlsplit

from devcluster import Cluster, rest
from devcluster.fill import fill

#: Whose view is measured; the queue is everybody else's.
ME = "alice"
_OTHERS = ("bob", "carol")
MINE = 10


def filled(generation: str, instance: str, jobs: int) -> Cluster:
    """A cluster with ``jobs`` in its queue, :data:`MINE` of them mine, some in arrays, some
    running. A cluster that is up is filled up to the number."""
    cluster = Cluster(generation, instance, slurm_conf=["MaxJobCount=200000"])
    cluster.up()
    there = _count(cluster)
    if there > jobs:
        cluster.down()
        cluster.up()
        there = 0
    if there == 0:
        for user, account in (("bob", "particles"), ("carol", "chemistry")):
            for _ in range(2):
                wrap = ["sbatch", "-A", account, "-t", "30", "--mem=50", "--wrap", "sleep 1700"]
                cluster.run([*wrap, "--array=1-20%2"], user=user)
        fill(cluster, MINE, users=(ME,))
        there = _count(cluster)
    missing = jobs - there
    if missing > 0:
        fill(cluster, missing, users=_OTHERS)
    settle(cluster)
    return cluster


def _count(cluster: Cluster) -> int:
    return len(cluster.run(["squeue", "-h", "-o", "%i"]).stdout.splitlines())


def settle(cluster: Cluster) -> None:
    """Wait until accounting and ``diag`` know of every job; give slurmrestd a fresh start."""

    def heard() -> str:
        argv = ["sacct", "-n", "-X", "-a", "-S", "now-1day", "-s", "PD,R", "-o", "jobid"]
        return cluster.run(argv).stdout

    def counted() -> int:
        lines = cluster.run(["sdiag"]).stdout.splitlines()
        return sum(int(line.split(":")[1]) for line in lines if line.startswith("Jobs pending:"))

    waiting = len(cluster.run(["squeue", "-h", "-t", "PD", "-o", "%i"]).stdout.splitlines())
    before = ""
    for _ in range(60):
        now = heard()
        # slurmctld counts its jobs every half minute.
        if now == before and counted() >= waiting:
            break
        before = now
        time.sleep(2)
    restart_slurmrestd(cluster)


def restart_slurmrestd(cluster: Cluster) -> None:
    cluster.stop("slurmrestd")
    cluster.start("slurmrestd")


def resident(cluster: Cluster) -> int:
    """Bytes that slurmrestd holds now."""
    pid = cluster.running()["slurmrestd"]
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("slurmrestd does not run")


def newest_api(cluster: Cluster) -> str:
    return rest.api_versions(cluster.url, ME, cluster.token(ME))[-1]


def plain(cluster: Cluster, api: str, path: str = "jobs/") -> tuple[float, int]:
    """Seconds and bytes of a response for a client that does nothing with it."""
    connection = http.client.HTTPConnection(urlsplit(cluster.url).netloc, timeout=600)
    headers = {**rest.credentials(ME, cluster.token(ME)), "Accept": "application/json"}
    begun = time.perf_counter()
    connection.request("GET", f"/slurm/{api}/{path}", headers=headers)
    response = connection.getresponse()
    size = 0
    while chunk := response.read(1 << 20):
        size += len(chunk)
    connection.close()
    return time.perf_counter() - begun, size
