"""Records what the tests saw on real daemons, by release, API version and feature.

With SLURM_SEEN=docs/slurm-versions.json in the environment each test that says
``with seen(cluster, version, "history"):`` writes its outcome there; then
``python -m tests.real.versions.table`` brings docs/slurm-versions.md up to date.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from devcluster import Cluster

#: Outcomes by release, API version and row.
Results = dict[str, dict[str, dict[str, str]]]
Outcome = Literal["right", "refused", "wrong"]

#: What a user does: the rows of the table.
ROWS = (
    "my jobs",
    "all jobs",
    "history",
    "job details",
    "steps",
    "steps of another user's job",
    "output files",
    "nodes",
    "partitions",
    "reservations",
    "licenses",
    "account",
    "fairshare",
    "submit",
    "change: time limit",
    "change: name and comment",
    "change: partition",
    "change: QOS and account",
    "change: nodes",
    "change: begin time",
    "change: priority",
    "change: one array task",
    "hold and release",
    "cancel",
    "cancel one array task",
    "cancel one component of a heterogeneous job",
    "signal",
    "requeue",
    "suspend and resume",
    "cancel by filter",
    "expired and rejected tokens",
    "while slurmdbd is down",
)


@contextmanager
def seen(cluster: Cluster, version: str, row: str, *, refused: bool = False) -> Iterator[None]:
    """What happens inside was right through ``version``, or was ``refused`` in words."""
    if row not in ROWS:
        raise ValueError(f"{row!r} is not a row of the table: {', '.join(ROWS)}")
    try:
        yield
    except BaseException:
        _keep(cluster.release, version, row, "wrong")
        raise
    _keep(cluster.release, version, row, "refused" if refused else "right")


def load(path: Path) -> Results:
    found: Results = json.loads(path.read_text()) if path.exists() else {}
    return found


def _keep(release: str, version: str, row: str, outcome: Outcome) -> None:
    file = os.environ.get("SLURM_SEEN")
    if not file:
        return
    with Path(file).open("a+") as results_file:
        # Tests of several releases run side by side.
        fcntl.flock(results_file, fcntl.LOCK_EX)
        results_file.seek(0)
        results: Results = json.loads(results_file.read() or "{}")
        results.setdefault(release, {}).setdefault(version, {})[row] = outcome
        results_file.truncate(0)
        results_file.write(json.dumps(results, indent=1, sort_keys=True) + "\n")
