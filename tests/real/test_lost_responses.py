"""Submissions over dropped connections are neither lost nor doubled."""

from __future__ import annotations

import asyncio
import os
from collections import Counter

import pytest

from devcluster import Cluster
from jupyter_slurm_rest.slurm.client import SlurmClient
from jupyter_slurm_rest.slurm.credentials import Credentials
from jupyter_slurm_rest.slurm.models import Submitted
from jupyter_slurm_rest.slurm.sbatch import Submitter
from jupyter_slurm_rest.slurm.transport import Limits, Transport

from .fault_proxy import FaultProxy

#: Lost requests are waited for; two hundred take some minutes.
pytestmark = pytest.mark.timeout(1200)

#: How many submissions; SUBMISSIONS=200 for the full measure.
_SUBMISSIONS = int(os.environ.get("SUBMISSIONS", "15"))
_SCRIPT = "#!/bin/sh\n#SBATCH --hold --time=1 --mem=10\n#SBATCH {more}\nsleep 1\n"
_SUBMITTER = Submitter(user="alice", home="/home/alice", directory="/home/alice")


async def _submit_all(cluster: Cluster, proxy: FaultProxy, more: str) -> list[Submitted]:
    token = cluster.token("alice")

    async def credentials(renew: bool = False) -> Credentials:
        return Credentials("alice", token)

    transport = Transport(proxy.url, limits=Limits(connections=8, keepalive=0.0))
    gate = asyncio.Semaphore(20)
    async with SlurmClient(transport, credentials) as client:
        await client.api_version()

        async def submit(number: int) -> Submitted:
            async with gate:
                return await client.submit(
                    _SCRIPT.format(more=more), {"job_name": f"cut{number}"}, submitter=_SUBMITTER
                )

        return await asyncio.gather(*map(submit, range(_SUBMISSIONS)))


def _submit_through_cuts(cluster: Cluster, more: str, seed: int) -> None:
    async def run() -> tuple[list[Submitted], FaultProxy]:
        async with FaultProxy(cluster.ports["slurmrestd"], seed).serving() as proxy:
            return await _submit_all(cluster, proxy, more), proxy

    try:
        told, proxy = asyncio.run(run())
        queued = cluster.run(["squeue", "--noheader", "--user=alice", "--format=%i %j"]).stdout
    finally:
        cluster.run(["scancel", "--user=alice"])
    jobs = dict(line.split() for line in queued.splitlines() if " cut" in line)
    doubles = [name for name, times in Counter(jobs.values()).items() if times > 1]
    assert doubles == []
    lost = {f"cut{number}" for number in range(_SUBMISSIONS)} - set(jobs.values())
    assert lost == set()
    for number, submission in enumerate(told):
        assert jobs[str(submission.job_id)] == f"cut{number}"
    assert min(proxy.cuts.values()) > 0, "every kind of cut was tried"
    # Whose response came says so; all that were cut after slurmrestd had them were found.
    found = sum(submission.recovered for submission in told)
    assert found >= proxy.cuts["after"]


def test_no_submission_is_doubled_or_lost(cluster: Cluster) -> None:
    _submit_through_cuts(cluster, "--requeue", seed=1)


def test_jobs_with_a_comment_are_not_doubled_or_lost(cluster: Cluster) -> None:
    _submit_through_cuts(cluster, "--comment=mine", seed=2)
