"""A server extension that puts a made-up queue of 100,000 jobs behind the real routes.

For P6, which measures the panel and the server's paging, not slurmrestd.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from jupyter_slurm_rest.queue.source import Accounted, Dump, Numbered, State
from jupyter_slurm_rest.queue.watcher import Settings, Watcher
from jupyter_slurm_rest.server.context import ClusterEvents
from jupyter_slurm_rest.slurm.models import Diag, JobSummary
from jupyter_slurm_rest.slurm.wire.version import Capabilities, capabilities_of

JOBS = 100_000


class Crowd:
    """A ``Source`` whose queue never changes."""

    seconds = 0.0
    requests = 0

    def __init__(self) -> None:
        now = int(time.time())
        self._rows = [_row(number, now) for number in range(1, JOBS + 1)]

    async def dump(self, update_time: int | None) -> Dump | None:
        return None if update_time else Dump(self._rows, 1)

    async def states(self, job_ids: Iterable[int] | None = None) -> Mapping[int, State]:
        return {}

    async def numbered(self, numbers: Sequence[int]) -> Numbered:
        return Numbered({}, {})

    async def records(self, job_id: int) -> list[JobSummary]:
        return []

    async def accounted(self, wanted: Accounted) -> list[JobSummary]:
        return []

    async def diag(self) -> Diag:
        return Diag(jobs_pending=JOBS, jobs_running=0)

    async def capabilities(self) -> Capabilities:
        return capabilities_of("v0.0.42")

    async def has_accounting(self) -> bool:
        return False

    async def user(self) -> str:
        return "alice"


def _row(number: int, now: int) -> JobSummary:
    runs = number % 7 == 0
    return JobSummary(
        id=str(number),
        job_id=number,
        name=f"job-{number * 7919 % JOBS}",
        user=f"user{number % 300}" if number % 10 else "alice",
        account=f"account{number % 40}",
        partition=("debug", "long", "gpu")[number % 3],
        qos="normal",
        state="RUNNING" if runs else "PENDING",
        reason="" if runs else "Priority",
        submit_time=now - number,
        start_time=now - number % 3600 if runs else None,
        elapsed=number % 3600 if runs else None,
        time_limit=number % 1440,
        nodes=f"cpu{number % 100}" if runs else "",
        node_count=1,
        cpus=number % 64,
        memory=number % 4096,
        priority=number * 31 % 10_007,
    )


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "bench.crowd"}]


def _load_jupyter_server_extension(app: Any) -> None:
    async def replace() -> None:
        # After every extension has been loaded, in whatever order.
        (extension,) = app.extension_manager.extension_apps["jupyter_slurm_rest"]
        for name, cluster in extension.context.clusters.items():
            settings = Settings(max_jobs_dump=10 * JOBS)
            cluster.watcher = Watcher(Crowd(), ClusterEvents(app.event_logger, name), settings)

    app.io_loop.add_callback(replace)
