"""P2 to P4: everybody's jobs, of a long queue and of a short one."""

from __future__ import annotations

import time
from collections.abc import Iterator

from devcluster import Cluster

from .jupyter import Jupyter, ours
from .queues import ME, newest_api, plain, resident, restart_slurmrestd
from .relay import Relay
from .results import Result, median

_MB = 1e6
#: Queues up to this are listed at once, to begin with.
_LISTED = 5_000


def long_queue(cluster: Cluster, jobs: int, *, refreshes: int) -> Iterator[Result]:
    """P2: a queue that is never dumped. The first page is that of a server just started."""
    where = f"all jobs, long queue, {cluster.generation} ({cluster.release}): "
    restart_slurmrestd(cluster)
    names = [f"fresh{number}" for number in range(5)]
    with ours(
        dict.fromkeys(names, cluster.url),
        cluster.token(ME),
        refresh=0.0,
        slurmrestd_share=1.0,
        max_jobs_dump=jobs // 4,
    ) as server:
        before = resident(cluster)
        server.probe(reset=True)
        firsts = [_first_page(server, names[0])]
        busy = server.probe(reset=True)
        curve = [resident(cluster)]
        later = []
        for _ in range(refreshes):
            later.append(server.jobs(names[0], scope="all", limit=100).seconds)
            curve.append(resident(cluster))
        commands = []
        for name in names[1:]:
            # The machine's time wanders: each pair is measured one after the other.
            begun = time.perf_counter()
            cluster.run(["squeue", "-h"])
            commands.append(time.perf_counter() - begun)
            firsts.append(_first_page(server, name))
    with Relay(cluster.url) as relay:
        traits = {"refresh": 0.0, "slurmrestd_share": 1.0, "max_jobs_dump": jobs // 4}
        with ours({"counted": relay.url}, cluster.token(ME), **traits) as server:
            _first_page(server, "counted")
            page = relay.received
            whole_index = _until_whole(server, "counted")
            asked_whole = relay.whole
    moments = [curve[refreshes * part // 100] for part in (10, 50, 100)]
    grown = [f"{(moment - curve[0]) / _MB:.0f}" for moment in moments]
    first, squeue = median(firsts), median(commands)
    yield Result("P2.first", where + "the first page of rows, median", first, "s", 0.3)
    yield Result("P2.squeue", where + "squeue, median", squeue, "s")
    yield Result(
        "P2.ratio", where + "time of the first page relative to squeue", first / squeue, "x", 2.0
    )
    yield Result("P2.whole", where + "time until every job is found", whole_index, "s")
    sent = where + "bytes from slurmrestd for the first page"
    yield Result("P2.upstream", sent, page / 1e3, "kB", 700, counted=True)
    # A short queue is listed once.
    listed = 0 if jobs > _LISTED else 1
    asked = where + "requests for all jobs or all states"
    yield Result("P2.unbounded", asked, asked_whole, "requests", listed, counted=True)
    yield Result(
        "P2.work",
        where + "longest step on the event loop for it, CPU time",
        busy["worked"] * 1e3,
        "ms",
        50,
    )
    yield Result("P2.later", where + "a refresh, median", median(later), "s")
    yield Result(
        "P2.memory",
        where + f"memory growth of slurmrestd over {refreshes} refreshes",
        (curve[-1] - curve[0]) / _MB,
        "MB",
        50,
        note=f"at 10, 50 and 100 %: {', '.join(grown)}",
    )
    yield Result(
        "P2.memory.first",
        where + "memory growth of slurmrestd from a server's first page",
        (curve[0] - before) / _MB,
        "MB",
    )


def _until_whole(server: Jupyter, name: str) -> float:
    begun = time.monotonic()
    while time.monotonic() < begun + 300:
        if "searching for" not in server.jobs(name, scope="all", limit=1).json()["note"]:
            return time.monotonic() - begun
        time.sleep(0.1)
    raise RuntimeError("not every job was found")


def _first_page(server: Jupyter, name: str) -> float:
    response = server.jobs(name, scope="all", limit=100)
    told = response.json()
    if told["strategy"] != "index" or len(told["jobs"]) != 100:
        raise RuntimeError(f"strategy {told['strategy']}, {len(told['jobs'])} rows")
    return response.seconds


def short_queue(cluster: Cluster, jobs: int) -> Iterator[Result]:
    """P3 and P4: a queue that is dumped; ``jobs`` are in it."""
    where = f"all jobs, {jobs:,}, {cluster.generation} ({cluster.release}): "
    restart_slurmrestd(cluster)
    api = newest_api(cluster)
    ratios, whole, worked = [], [], []
    names = [f"fresh{n}" for n in range(6)]
    with ours(
        dict.fromkeys(names, cluster.url),
        cluster.token(ME),
        refresh=0.0,
        slurmrestd_share=1.0,
        max_jobs_dump=jobs * 2,
    ) as server:
        server.jobs(names[0], scope="mine")
        time.sleep(1)
        server.probe(reset=True)
        time.sleep(3)
        idle = server.probe(reset=True)
        # Without the response to the browser: only the reading is measured.
        server.jobs(names[0], scope="all", limit=1)
        busy = server.probe(reset=True)
        for name in names[1:]:
            # slurmrestd's own time wanders: each pair is measured one after the other.
            restart_slurmrestd(cluster)
            alone, size = plain(cluster, api)
            restart_slurmrestd(cluster)
            before = server.probe()["cpu"]
            response = server.jobs(name, scope="all", limit=5000)
            worked.append(server.probe()["cpu"] - before)
            whole.append(response.seconds)
            ratios.append(response.seconds / alone)
        name = names[-1]
        told = response.json()
        if told["strategy"] != "dump" or len(told["jobs"]) < min(jobs, 5000) * 0.9:
            raise RuntimeError(f"strategy {told['strategy']}, {len(told['jobs'])} rows")
        etag = response.headers["etag"]
        same = [
            server.jobs(name, {"If-None-Match": etag}, scope="all", limit=5000) for _ in range(20)
        ]
        if same[-1].status != 304:
            raise RuntimeError(f"an unchanged queue returned {same[-1].status}")
        cluster.run(["bash", "-c", _CHANGE_TEN])
        changed = _until_new(server, name, told["version"])
    yield Result(
        "P3.whole",
        where + "time until the table is complete",
        median(whole),
        "s",
        note=f"{size / _MB:.0f} MB from slurmrestd",
    )
    yield Result("P3.ratio", where + "relative to slurmrestd's own time", median(ratios), "x", 1.15)
    yield Result("P3.work", where + "CPU time of the Jupyter server", median(worked), "s")
    yield Result(
        "P3.same", where + "an unchanged refresh", median([s.seconds for s in same]) * 1e3, "ms", 20
    )
    unchanged = same[-1].received / 1e3
    yield Result(
        "P3.same.bytes", where + "bytes of an unchanged refresh", unchanged, "kB", 2, counted=True
    )
    ten = where + "bytes after 10 jobs changed"
    yield Result("P3.delta", ten, changed / 1e3, "kB", 20, counted=True)
    table = busy["tables"][names[0]]
    yield Result(
        "P4.memory",
        where + "memory growth of the Jupyter server relative to the table's size",
        (busy["resident"] - idle["resident"]) / table,
        "x",
        2,
        note=f"table {table / _MB:.1f} MB",
    )
    yield Result(
        "P4.stall",
        where + "longest block of the event loop",
        busy["longest"] * 1e3,
        "ms",
        50,
        note=f"on this machine, an idle loop is blocked for {idle['longest'] * 1e3:.0f} ms",
    )
    yield Result(
        "P4.work",
        where + "longest step on the event loop, CPU time",
        busy["worked"] * 1e3,
        "ms",
        50,
    )


_CHANGE_TEN = (
    "for job in $(squeue -h -t PD -u bob -o %A | sort -n | tail -10); "
    "do scontrol update jobid=$job name=changed; done"
)


def _until_new(server: Jupyter, name: str, since: str) -> float:
    until = time.monotonic() + 300
    while time.monotonic() < until:
        response = server.jobs(name, scope="all", limit=5000, since=since)
        told = response.json()
        if told["version"] != since:
            if told["delta"] is None or len(told["jobs"]) != 10:
                raise RuntimeError(f"{len(told['jobs'])} rows, delta {told['delta']}")
            return float(response.received)
        time.sleep(0.5)
    raise RuntimeError("the change was never seen")
