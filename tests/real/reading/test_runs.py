"""Requeued jobs and placeholder times match squeue and sacct."""

from __future__ import annotations

import time
from typing import Any

from devcluster import Cluster
from jupyter_slurm_rest.slurm.accounting import HistoryQuery
from jupyter_slurm_rest.slurm.models import JobSummary
from tests.real.comparison import client_of, lines, moment, settle, submit, until, until_state

SACCT = "state,submit,start,end,elapsedraw"


def sacct(cluster: Cluster, job: int) -> list[dict[str, object]]:
    """The runs of ``job`` in accounting, oldest first."""
    argv = ["sacct", "-X", "-D", "-n", "-P", f"--jobs={job}", f"--format={SACCT}"]
    found: list[dict[str, object]] = []
    for line in lines(cluster, argv):
        state, submitted, start, end, elapsed = line.split("|")
        times: dict[str, object] = {
            "state": state.partition(" ")[0],
            "submit_time": moment(submitted),
            "start_time": moment(start),
            "end_time": moment(end),
            "elapsed": int(elapsed) if moment(start) else None,
        }
        found.append(times)
    return found


def shown(job: JobSummary) -> dict[str, object]:
    return {
        "state": job.state,
        "submit_time": job.submit_time,
        "start_time": job.start_time,
        "end_time": job.end_time,
        "elapsed": job.elapsed,
    }


def requeue(cluster: Cluster, job: int) -> None:
    """Put ``job`` back into the queue, not to start again."""
    until_state(cluster, job, "RUNNING")
    lines(cluster, ["scontrol", "requeue", str(job)], user="root")
    until_state(cluster, job, "PENDING")
    lines(cluster, ["scontrol", "update", f"job={job}", "StartTime=now+1hour"], user="root")


async def test_history_has_requeued_runs_and_what_could_never_start(cluster: Cluster) -> None:
    again = submit(cluster, "--requeue", "--job-name=again")
    held = submit(cluster, "--hold", "--job-name=held")
    after = submit(cluster, f"--dependency=afterok:{again}", "--job-name=after")
    requeue(cluster, again)
    lines(cluster, ["scancel", str(held), str(after)])
    start = int(time.time()) - 3600
    async with client_of(cluster) as client:

        async def compare() -> dict[str, Any]:
            query = HistoryQuery(users=["alice"], start=start, limit=5000)
            rows = {job.job_id: shown(job) for job in (await client.history(query)).jobs}
            theirs = {job: sacct(cluster, job)[0] for job in (again, held, after)}
            wrong = [job for job in theirs if theirs[job] != rows.get(job)]
            return {str(job): (theirs[job], rows.get(job)) for job in wrong}

        await settle(compare)
        assert [sacct(cluster, job)[0]["state"] for job in (again, held)] == [
            "REQUEUED",
            "CANCELLED",
        ]
        pending = HistoryQuery(users=["alice"], states=["PENDING"], start=start, limit=5000)
        assert again not in [job.job_id for job in (await client.history(pending)).jobs]
    lines(cluster, ["scancel", str(again)])


async def test_a_job_that_was_requeued_is_its_newest_run(cluster: Cluster) -> None:
    """With its own steps and none of the first run's."""
    job = submit(cluster, "--requeue", script="srun true; sleep 600")
    until(lambda: len(lines(cluster, ["sacct", "-n", f"-j{job}"])) > 2, "a step of the first run")
    requeue(cluster, job)
    until(lambda: len(sacct(cluster, job)) > 1, "a record of the second run")
    async with client_of(cluster) as client:
        found = await client.accounting_job(job)
        assert shown(found) == sacct(cluster, job)[-1]
        assert (found.state, found.steps) == ("PENDING", [])
        assert (await client.whole_job(job)).steps == []
    lines(cluster, ["scancel", str(job)])


async def test_an_unlimited_job_has_no_end(cluster: Cluster) -> None:
    job = submit(cluster, "--partition=long")
    until_state(cluster, job, "RUNNING")
    lines(cluster, ["scontrol", "update", f"job={job}", "TimeLimit=UNLIMITED"], user="root")
    waits = submit(cluster, "--hold")
    lines(cluster, ["scontrol", "update", f"job={waits}", "TimeLimit=UNLIMITED"], user="root")
    argv = ["squeue", "-h", f"-j{job},{waits}", "--format=%l %e"]
    assert sorted(lines(cluster, argv)) == ["UNLIMITED N/A", "UNLIMITED NONE"]
    async with client_of(cluster) as client:
        for number in (job, waits):
            found = await client.job(number)
            assert (found.time_limit, found.end_time) == ("UNLIMITED", None)
    lines(cluster, ["scancel", str(job), str(waits)])
