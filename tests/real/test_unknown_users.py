"""A slurmrestd whose host cannot resolve the cluster's users, as in a container."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from devcluster import Cluster
from jupyter_slurm_rest.doctor.checks import examine
from jupyter_slurm_rest.queue.my_jobs import MyJobs
from jupyter_slurm_rest.queue.records import NoEvents
from jupyter_slurm_rest.queue.source import RestSource
from jupyter_slurm_rest.queue.watcher import Settings
from jupyter_slurm_rest.server.cluster import ConfiguredCluster as Looked
from jupyter_slurm_rest.server.settings import read_clusters
from jupyter_slurm_rest.slurm import JobListing
from jupyter_slurm_rest.slurm.accounting import HistoryQuery
from jupyter_slurm_rest.slurm.errors import InvalidRequest
from jupyter_slurm_rest.slurm.models.job_filter import JobFilter
from tests.real.comparison import client_of, gone, lines, submit, until, until_state
from tests.real.instances import chosen_generations, need_root, own_cluster

ALICE, BOB = "alice", "bob"


@pytest.fixture(scope="module", params=chosen_generations())
def strange(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    need_root()
    found = own_cluster(request.param, "strangers", slurmrestd_knows_users=False)
    found.up()
    yield found
    found.down()


def accounted(cluster: Cluster, *jobs: int) -> None:
    """Until slurmdbd knows them."""
    wanted = ",".join(map(str, jobs))
    argv = ["sacct", "-X", "-n", "--allusers", f"-j{wanted}", "--format=jobid"]
    until(lambda: len(lines(cluster, argv, user="root")) == len(jobs), f"{wanted} in sacct")


async def test_user_names_are_resolved(strange: Cluster) -> None:
    mine, other = submit(strange), submit(strange, user=BOB)
    accounted(strange, mine, other)
    async with client_of(strange) as client:
        queue = await client.jobs()
        assert isinstance(queue, JobListing)
        assert {job.job_id: job.user for job in queue.jobs}.items() >= {
            mine: ALICE,
            other: BOB,
        }.items()
        assert (await client.job(mine)).user == ALICE
        history = await client.history(HistoryQuery(users=[ALICE]))
        assert {job.user for job in history.jobs} == {ALICE}
        if (await client.capabilities()).job_states:

            async def user() -> str:
                return ALICE

            table = await MyJobs(RestSource(client, user), ALICE)(None)
            assert {(row.job_id, row.user) for row in table.rows.values()} == {(mine, ALICE)}
            assert await client.resolves(ALICE) is False
            with pytest.raises(InvalidRequest, match="not find user 'nosuchuser'"):
                await client.history(HistoryQuery(users=["nosuchuser"]))
    lines(strange, ["scancel", str(mine), str(other)], user="root")


async def test_output_goes_where_the_job_writes_it(strange: Cluster) -> None:
    job = submit(strange, "--output=/tmp/%u-%x-%j.out", "--job-name=strange")
    until_state(strange, job, "RUNNING")
    accounted(strange, job)
    async with client_of(strange) as client:
        assert (await client.whole_job(job)).stdout == f"/tmp/alice-strange-{job}.out"  # noqa: S108 - never opened
    lines(strange, ["scancel", str(job)], user="root")


async def test_canceling_by_filter(strange: Cluster) -> None:
    mine = submit(strange, "--job-name=of-both")
    other = submit(strange, "--job-name=of-both", user=BOB)
    accounted(strange, mine, other)
    async with client_of(strange) as client:
        results = await client.cancel_matching(JobFilter(name="of-both"))
    assert [(one.id, one.ok) for one in results] == [(str(mine), True)]
    until(lambda: gone(strange, mine), f"{mine} cancelled")
    assert not gone(strange, other)
    lines(strange, ["scancel", str(other)], user="root")


async def test_the_doctor_reports_it(strange: Cluster, tmp_path: Path) -> None:
    job = submit(strange)
    accounted(strange, job)
    token = tmp_path / "token"
    token.touch(mode=0o600)
    token.write_text(strange.token(ALICE))
    tokens = {"provider": "file", "path": str(token)}
    settings = read_clusters({"here": {"url": strange.url, "tokens": tokens}})["here"]
    cluster = Looked("here", settings, ttl=0.0, events=NoEvents(), watching=Settings(lease=0.0))
    found = {finding.subject: finding async for finding in examine(cluster)}
    await cluster.close()
    assert found["users"].verdict == "warning"
    assert "does not know the user alice" in found["users"].text
    lines(strange, ["scancel", str(job)], user="root")
