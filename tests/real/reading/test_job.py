"""One job matches scontrol, and its output is at the path that we show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec.structs import asdict

from devcluster import Cluster
from jupyter_slurm_rest.slurm import JobListing
from jupyter_slurm_rest.slurm.wire.version import capabilities_of
from tests.real.comparison import (
    client_of,
    differing,
    lines,
    minutes,
    moment,
    settle,
    shown,
    until,
    versions_of,
    word,
)
from tests.real.versions import seen


def scontrol_job(f: dict[str, str], minor: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "state": f["JobState"],
        "account": f["Account"],
        "qos": f["QOS"],
        "requeue": f["Requeue"] == "1",
        "restarts": int(f["Restarts"]),
        "nice": int(f["Nice"]),
        "priority": int(f["Priority"]),
        "time_minimum": minutes(f["TimeMin"]),
        "eligible_time": moment(f["EligibleTime"]),
        "dependency": word(f["Dependency"]),
        "comment": f.get("Comment", ""),
        "constraints": word(f["Features"]),
        "reservation": word(f.get("Reservation", "")),
        "licenses": word(f["Licenses"]),
        "batch_host": f.get("BatchHost", ""),
        "excluded_nodes": word(f["ExcNodeList"]),
        "required_nodes": word(f["ReqNodeList"]),
        "working_directory": f["WorkDir"],
        "stdin": f["StdIn"],
        "stdout": f["StdOut"].replace("4294967294", "%a"),
        # From 25.11 on it shows nothing for "the same file".
        "stderr": (f["StdErr"] or f["StdOut"]).replace("4294967294", "%a"),
        "tasks": int(f["NumTasks"]),
    }
    if f.get("HetJobOffset", "0") != "0":
        # 25.05 shows /dev/null where others show nothing: there is no script to have files.
        found |= {name: "" for name in ("stdin", "stdout", "stderr") if found[name] == "/dev/null"}
    if "%" in found["stdout"]:
        # scontrol to 24.11 leaves some patterns as they are; slurmd does not (see below).
        del found["stdout"]
    if minor >= 39:
        found["cpus_per_task"] = int(f["CPUs/Task"])
    else:
        # v0.0.38 leaves out a nice value of 0 and the fields of a related bug.
        found["nice"] = found["nice"] or None
    return found


async def test_one_job_matches_scontrol(busy: Cluster) -> None:
    records = {f["JobId"]: f for f in shown(busy, "job", user="root")}
    argv = ["squeue", "--noheader", "--all", "--states=all", "--format=%A %i"]
    ids = dict(line.split() for line in lines(busy, argv, user="root"))
    assert len(records) > 15
    for version in await versions_of(busy):
        minor = capabilities_of(version).api
        with seen(busy, version, "job details"):
            async with client_of(busy, version=version) as client:
                for number, record in records.items():

                    async def compare(
                        record: dict[str, str] = record,
                        wanted: str = ids[number],
                        client: Any = client,
                        minor: int = minor,
                    ) -> dict[str, Any]:
                        theirs = {wanted: scontrol_job(record, minor)}
                        return differing(theirs, {wanted: asdict(await client.job(wanted))})

                    await settle(compare)


async def test_output_path_is_right(busy: Cluster) -> None:
    for version in await versions_of(busy):
        with seen(busy, version, "output files"):
            async with client_of(busy, version=version) as client:
                found = await client.jobs()
                assert isinstance(found, JobListing)
                job_id = next(job.id for job in found.jobs if job.name == "with a blank")
                job = await client.job(job_id)
                assert "%" not in job.stdout
                until(Path(job.stdout).exists, job.stdout)
                until(Path(job.stderr).exists, job.stderr)
                assert job.stdout != job.stderr
