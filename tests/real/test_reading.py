"""What we read is what Slurm's own commands print at the same moment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devcluster import Cluster
from jupyter_slurm_rest.slurm import JobList
from jupyter_slurm_rest.slurm.history import HistoryQuery
from jupyter_slurm_rest.slurm.models import Job, JobSummary, Node, Partition

from .talking import (
    client_of,
    differing,
    lines,
    minutes,
    moment,
    seconds,
    settle,
    shown,
    states,
    submit,
    until,
    until_state,
    versions_of,
    word,
)

Table = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def busy(cluster: Cluster) -> Iterator[Cluster]:
    """A cluster of its own with one job of every kind: the others leave odd ones behind."""
    own = Cluster(cluster.generation, f"{cluster.layout.instance}-reading")
    own.up()
    try:
        fill(own)
        yield own
    finally:
        own.down()


def fill(cluster: Cluster) -> None:
    done = submit(cluster, "--job-name=done", "--ntasks=2", script="srun hostname\nexit 3")
    killed = submit(cluster, "--job-name=killed")
    until_state(cluster, killed, "RUNNING")
    lines(cluster, ["scancel", str(killed)])
    submit(
        cluster,
        "--job-name=with a blank",
        "--output=out-%x-%4j-%u-%n-%2t-%s-%J.log",
        "--error=/tmp/%j.err",
        "--comment=a comment, with = signs",
        "--time=1:00",
        "--nice=5",
        "--mail-type=END,FAIL",
        "--constraint=intel",
    )
    submit(cluster, "--partition=gpu", "--gres=gpu:a100:2", "--cpus-per-task=4", "--mem=2G")
    submit(cluster, "--array=0-5%2", "--time=20", "--output=%A_%a.out")
    submit(cluster, "--ntasks=1", ":", "--ntasks=2", "--partition=gpu", "--gres=gpu:1")
    stopped = submit(cluster, user="bob")
    submit(cluster, "--partition=long", "--time=2-00:00:00", "--licenses=matlab:2")
    submit(cluster, "--nodes=2", "--exclusive", "--time=10")
    submit(cluster, "--hold", "--qos=high", "--exclude=cpu1", "--time-min=2", user="carol")
    held = submit(cluster, "--hold", user="bob")
    lines(cluster, ["scontrol", "hold", str(held)], user="root")
    submit(cluster, f"--dependency=afterok:{killed}", "--account=particles")
    submit(cluster, "--begin=now+2days", "--reservation=maintenance", user="root")
    submit(cluster, "--begin=now+1hour", "--nodelist=cpu2", "--requeue", "--array=1-3")
    until_state(cluster, stopped, "RUNNING")
    lines(cluster, ["scontrol", "suspend", str(stopped)], user="root")
    until(lambda: states(cluster, done) == {str(done): "FAILED"}, f"job {done} FAILED")
    until(lambda: "COMPLETING" not in states(cluster, killed).values(), f"job {killed} ended")


SQUEUE = "%i|%A|%j|%u|%a|%P|%q|%T|%V|%S|%e|%M|%l|%N|%D|%C|%Q|%r"


def squeue(cluster: Cluster) -> Table:
    argv = ["squeue", "--noheader", "--all", "--states=all", f"--format={SQUEUE}"]
    found: Table = {}
    for line in lines(cluster, argv, user="root"):
        f = dict(zip(SQUEUE.replace("%", "").split("|"), line.split("|"), strict=True))
        waits = f["T"] == "PENDING"
        found[f["i"]] = {
            "job_id": int(f["A"]),
            "name": f["j"],
            "user": f["u"],
            "account": f["a"],
            "partition": f["P"],
            "qos": f["q"],
            "state": f["T"],
            "submit_time": moment(f["V"]),
            "start_time": None if waits else moment(f["S"]),
            "estimated_start": moment(f["S"]) if waits else None,
            "end_time": None if waits else moment(f["e"]),
            "elapsed": None if waits else seconds(f["M"]),
            "time_limit": minutes(f["l"]),
            "nodes": f["N"],
            "node_count": int(f["D"]),
            "cpus": int(f["C"]),
            "priority": int(f["Q"]),
            "reason": word(f["r"]),
        }
    return found


def summary(job: JobSummary) -> dict[str, Any]:
    names = set(JobSummary.__struct_fields__)
    return {name: getattr(job, name) for name in names}


async def test_jobs_are_squeues(busy: Cluster) -> None:
    for version in await versions_of(busy):
        async with client_of(busy, version=version) as client:

            async def compare(client: Any = client) -> dict[str, Any]:
                theirs, found = squeue(busy), await client.jobs()
                assert isinstance(found, JobList)
                ours = {job.id: summary(job) for job in found.jobs}
                return differing(theirs, ours, close=("elapsed",))

            await settle(compare)


async def test_states_alone_are_squeues(busy: Cluster) -> None:
    for version in await versions_of(busy):
        if version < "v0.0.40":
            continue
        async with client_of(busy, version=version) as client:
            argv = ["squeue", "--noheader", "--all", "--states=all", "--array", "--format=%T"]
            theirs = sorted(lines(busy, argv, user="root"))
            assert sorted(one.state for one in await client.job_states()) == theirs


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
    if "%" in found["stdout"]:
        # scontrol to 24.11 leaves some patterns as they are; slurmd does not (see below).
        del found["stdout"]
    if minor >= 39:
        found["cpus_per_task"] = int(f["CPUs/Task"])
    else:
        # v0.0.38 leaves out a nice value of 0, and all that hangs on another's bug.
        found["nice"] = found["nice"] or None
    return found


def detail(job: Job) -> dict[str, Any]:
    return {name: getattr(job, name) for name in Job.__struct_fields__}


async def test_one_job_is_scontrols(busy: Cluster) -> None:
    records = {f["JobId"]: f for f in shown(busy, "job", user="root")}
    ids = {str(job["job_id"]): shown_id for shown_id, job in squeue(busy).items()}
    assert len(records) > 15
    for version in await versions_of(busy):
        minor = int(version.rpartition(".")[2])
        async with client_of(busy, version=version) as client:
            for number, record in records.items():

                async def compare(
                    record: dict[str, str] = record,
                    wanted: str = ids[number],
                    client: Any = client,
                    minor: int = minor,
                ) -> dict[str, Any]:
                    theirs = {wanted: scontrol_job(record, minor)}
                    return differing(theirs, {wanted: detail(await client.job(wanted))})

                await settle(compare)


async def test_output_is_where_we_say(busy: Cluster) -> None:
    for version in await versions_of(busy):
        async with client_of(busy, version=version) as client:
            found = await client.jobs()
            assert isinstance(found, JobList)
            job_id = next(job.id for job in found.jobs if job.name == "with a blank")
            job = await client.job(job_id)
            assert "%" not in job.stdout
            until(Path(job.stdout).exists, job.stdout)
            until(Path(job.stderr).exists, job.stderr)
            assert job.stdout != job.stderr


def scontrol_node(f: dict[str, str]) -> dict[str, Any]:
    base, *flags = f["State"].split("+")
    return {
        "state": base,
        "flags": sorted(flags),
        "cpus": int(f["CPUTot"]),
        "cpus_used": int(f["CPUAlloc"]),
        "memory": int(f["RealMemory"]),
        "memory_used": int(f["AllocMem"]),
        "features": word(f["AvailableFeatures"]).split(",") if word(f["AvailableFeatures"]) else [],
        "partitions": sorted(f["Partitions"].split(",")),
        "sockets": int(f["Sockets"]),
        "cores_per_socket": int(f["CoresPerSocket"]),
        "threads_per_core": int(f["ThreadsPerCore"]),
        "tmp_disk": int(f["TmpDisk"]),
        "weight": int(f["Weight"]),
        "version": f["Version"],
        "boot_time": moment(f["BootTime"]),
        "address": f["NodeAddr"],
        "architecture": f["Arch"],
        "reason": f.get("Reason", "").partition(" [")[0],
    }


def our_node(node: Node) -> dict[str, Any]:
    found = {name: getattr(node, name) for name in Node.__struct_fields__}
    return found | {"flags": sorted(node.flags), "partitions": sorted(node.partitions)}


async def test_nodes_are_scontrols(busy: Cluster) -> None:
    change = ["scontrol", "update", "NodeName=gpu2"]
    lines(busy, [*change, "State=DRAIN", "Reason=a fan, broken"], user="root")
    try:
        for version in await versions_of(busy):
            async with client_of(busy, version=version) as client:

                async def compare(client: Any = client) -> dict[str, Any]:
                    theirs = {f["NodeName"]: scontrol_node(f) for f in shown(busy, "node")}
                    ours = {node.name: our_node(node) for node in await client.nodes()}
                    return differing(theirs, ours)

                await settle(compare)
                drained = await client.node("gpu2")
                assert (drained.usable, drained.reason_user) == (False, "root")
    finally:
        lines(busy, [*change, "State=RESUME"], user="root")


async def test_gpus_are_those_that_jobs_have(busy: Cluster) -> None:
    for version in await versions_of(busy):
        async with client_of(busy, version=version) as client:
            nodes = await client.nodes()
            jobs = await client.jobs()
            assert isinstance(jobs, JobList)
            had = sum(job.gpus for job in jobs.jobs if job.state in ("RUNNING", "SUSPENDED"))
            assert sum(node.gpus_used for node in nodes) == had > 0
            assert sum(node.gpus for node in nodes) == 8


def scontrol_partition(f: dict[str, str], minor: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "nodes": f["Nodes"],
        "node_count": int(f["TotalNodes"]),
        "cpu_count": int(f["TotalCPUs"]),
        "max_time": minutes(f["MaxTime"]),
        "max_nodes": "UNLIMITED" if f["MaxNodes"] == "UNLIMITED" else int(f["MaxNodes"]),
        "min_nodes": int(f["MinNodes"]),
        "priority_tier": int(f["PriorityTier"]),
        "allow_accounts": [] if f["AllowAccounts"] == "ALL" else f["AllowAccounts"].split(","),
        "allow_qos": [] if f["AllowQos"] == "ALL" else f["AllowQos"].split(","),
    }
    if minor != 39:
        found["state"] = f["State"]
    if minor != 37:
        found["default_time"] = minutes(f["DefaultTime"])
    if minor <= 38 or minor >= 45:
        found["default"] = f["Default"] == "YES"
    return found


def our_partition(partition: Partition) -> dict[str, Any]:
    return {name: getattr(partition, name) for name in Partition.__struct_fields__}


async def test_partitions_are_scontrols_and_what_is_free_is_sinfos(busy: Cluster) -> None:
    for version in await versions_of(busy):
        minor = int(version.rpartition(".")[2])
        async with client_of(busy, version=version) as client:

            async def compare(client: Any = client, minor: int = minor) -> dict[str, Any]:
                theirs = {
                    f["PartitionName"]: scontrol_partition(f, minor)
                    for f in shown(busy, "partition", user="root")
                }
                for line in lines(busy, ["sinfo", "--noheader", "--format=%R %C"]):
                    name, cpus = line.split()
                    theirs[name]["cpus_free"] = int(cpus.split("/")[1])
                found = await client.partitions(await client.nodes())
                return differing(theirs, {one.name: our_partition(one) for one in found})

            await settle(compare)


async def test_reservations_and_licences_are_scontrols(busy: Cluster) -> None:
    for version in await versions_of(busy):
        async with client_of(busy, version=version) as client:
            theirs: Table = {
                f["ReservationName"]: {
                    "start_time": moment(f["StartTime"]),
                    "end_time": moment(f["EndTime"]),
                    "nodes": word(f["Nodes"]),
                    "users": word(f["Users"]).split(","),
                    "licenses": word(f["Licenses"]),
                    "flags": sorted(f["Flags"].split(",")),
                }
                for f in shown(busy, "reservation")
            }
            ours = {
                one.name: {name: getattr(one, name) for name in ("start_time", "end_time", "nodes")}
                | {"users": one.users, "licenses": one.licenses, "flags": sorted(one.flags)}
                for one in await client.reservations()
            }
            assert differing(theirs, ours) == {}
            if version == "v0.0.37":
                continue
            shows = shown(busy, "license")
            counts = {
                f["LicenseName"]: [int(f[k]) for k in ("Total", "Used", "Free")] for f in shows
            }
            found = {one.name: [one.total, one.used, one.free] for one in await client.licenses()}
            assert found == counts


SACCT = (
    "jobidraw,jobid,jobname,user,account,partition,qos,state,exitcode,submit,start,end,"
    "elapsedraw,timelimitraw,nnodes,ncpus,reqcpus,nodelist"
)


def sacct(cluster: Cluster, *options: str) -> Table:
    argv = ["sacct", "--noheader", "--parsable2", "--allusers", f"--format={SACCT}", *options]
    found: Table = {}
    for line in lines(cluster, argv, user="root"):
        f = dict(zip(SACCT.split(","), line.split("|"), strict=True))
        waits, ended = f["state"] == "PENDING", moment(f["end"]) is not None
        code, signal = f["exitcode"].split(":")
        found[f["jobid"]] = {
            "job_id": int(f["jobidraw"].partition("+")[0].partition("_")[0]),
            "name": f["jobname"],
            "user": f["user"],
            "account": f["account"],
            "partition": f["partition"],
            "qos": f["qos"],
            "state": f["state"].partition(" ")[0],
            "exit": (int(code), int(signal)) if ended else None,
            "submit_time": moment(f["submit"]),
            "start_time": None if waits else moment(f["start"]),
            "end_time": moment(f["end"]),
            "elapsed": None if waits or not moment(f["start"]) else int(f["elapsedraw"]),
            "time_limit": int(f["timelimitraw"]) if f["timelimitraw"].isdigit() else "UNLIMITED",
            "cpus": int(f["ncpus"]) or int(f["reqcpus"]),
            "nodes": word(f["nodelist"]),
        }
    return found


async def test_history_is_saccts(busy: Cluster) -> None:
    start = int(time.time()) - 86400
    options = ["--allocations", f"--starttime=uts{start}"]
    for version in await versions_of(busy):
        async with client_of(busy, version=version) as client:

            async def compare(client: Any = client, version: str = version) -> dict[str, Any]:
                theirs = sacct(busy, *options)
                page = await client.history(HistoryQuery(start=start, limit=5000))
                assert page.total == len(page.jobs)
                ours = {}
                for job in page.jobs:
                    exit_code = job.exit_code
                    ours[job.id] = summary(job) | {
                        "exit": exit_code and (exit_code.code, exit_code.signal)
                    }
                    if version <= "v0.0.38" and job.state == "FAILED" and exit_code is None:
                        theirs[job.id].pop("exit")
                    if version == "v0.0.37" and job.start_time is None:
                        theirs[job.id].pop("start_time")
                return differing(theirs, ours, close=("elapsed",))

            await settle(compare)


async def test_steps_are_saccts(busy: Cluster) -> None:
    finished = next(job for job, f in sacct(busy, "--allocations").items() if f["name"] == "done")
    fields = "jobid,jobname,state,exitcode,start,end,ntasks,alloccpus,nodelist"
    argv = ["sacct", "--noheader", "--parsable2", f"--jobs={finished}", f"--format={fields}"]
    theirs: Table = {}
    for line in lines(busy, argv)[1:]:
        step, name, state, code, start, end, tasks, cpus, nodes = line.split("|")
        theirs[step] = {
            "name": name,
            "state": state,
            "exit": code,
            "start_time": moment(start),
            "end_time": moment(end),
            "tasks": int(tasks),
            "cpus": int(cpus),
            "nodes": nodes,
        }
    for version in await versions_of(busy):
        async with client_of(busy, version=version) as client:
            job = await client.whole_job(finished)
            ours: Table = {}
            for one in job.steps:
                ended = one.exit_code
                # v0.0.37 and v0.0.38 do not say: then neither do we.
                exit_code = f"{ended.code}:{ended.signal}" if ended else theirs[one.id]["exit"]
                ours[one.id] = {
                    name: getattr(one, name) for name in theirs[one.id] if name != "exit"
                } | {"exit": exit_code}
            assert differing(theirs, ours) == {}
            assert job.sources == ["slurmctld", "slurmdbd"]
            assert job.exit_code is not None
            assert job.exit_code.code == 3


async def test_the_account_is_sacctmgrs_and_sshares(busy: Cluster) -> None:
    argv = ["sacctmgr", "--noheader", "--parsable2", "show"]
    theirs: Table = {}
    fields = "format=account,share,qos,defaultqos"
    for line in lines(busy, [*argv, "assoc", "where", "user=alice", fields]):
        name, share, qos, default = line.split("|")
        theirs[name] = {"shares": int(share), "qos": sorted(qos.split(",")), "default": default}
    levels: Table = {}
    fields = "format=name,priority,maxwall,maxjobspu,maxsubmitpu,maxtrespu"
    for line in lines(busy, [*argv, "qos", fields]):
        name, priority, wall, running, submitted, tres = line.split("|")
        levels[name] = {
            "priority": int(priority),
            "max_wall": minutes(wall),
            "max_jobs_per_user": int(running) if running else None,
            "max_submit_jobs_per_user": int(submitted) if submitted else None,
            "max_tres_per_user": tres,
        }
    shares = {}
    for line in lines(busy, ["sshare", "--noheader", "--parsable2", "--users=alice"]):
        name, user, raw, norm, _, _, fairshare = line.split("|")[:7]
        if user == "alice":
            shares[name.strip()] = (int(raw), round(float(norm), 4), round(float(fairshare), 4))
    for version in await versions_of(busy):
        async with client_of(busy, version=version) as client:
            account = await client.account("alice")
            ours: Table = {
                one.account: {
                    "shares": one.shares,
                    "qos": sorted(one.qos),
                    "default": one.default_qos,
                }
                for one in account.associations
            }
            assert differing(theirs, ours) == {}
            mine = {
                one.name: {name: getattr(one, name) for name in levels[one.name]}
                for one in account.qos
            }
            assert mine == {name: levels[name] for name in mine}
            assert mine.keys() == {"normal", "high"}
            if version >= "v0.0.40":
                own = {
                    one.account: (
                        one.raw_shares,
                        round(one.norm_shares or 0, 4),
                        round(one.fairshare or 0, 4),
                    )
                    for one in account.shares
                    if one.user == "alice"
                }
                assert own == shares
