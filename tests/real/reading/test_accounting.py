"""History and steps match sacct; accounts match sacctmgr and sshare."""

from __future__ import annotations

import time
from typing import Any

import pytest
from msgspec.structs import asdict

from devcluster import Cluster
from jupyter_slurm_rest.slurm.accounting import HistoryQuery
from jupyter_slurm_rest.slurm.errors import Unsupported
from tests.real.comparison import (
    Table,
    client_of,
    differing,
    lines,
    minutes,
    moment,
    settle,
    versions_of,
    word,
)
from tests.real.versions import seen

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


async def test_history_matches_sacct(busy: Cluster) -> None:
    start = int(time.time()) - 86400
    options = ["--allocations", f"--starttime=uts{start}"]
    for version in await versions_of(busy):
        with seen(busy, version, "history"):
            async with client_of(busy, version=version) as client:

                async def compare(client: Any = client, version: str = version) -> dict[str, Any]:
                    theirs = sacct(busy, *options)
                    page = await client.history(HistoryQuery(start=start, limit=5000))
                    assert page.total == len(page.jobs)
                    ours = {}
                    for job in page.jobs:
                        never = job.state == "CANCELLED" and job.start_time is None
                        if never and busy.release.startswith("25.05") and job.id not in theirs:
                            # Its sacct shows what was canceled while held only by number.
                            continue
                        exit_code = job.exit_code
                        ours[job.id] = asdict(job) | {
                            "exit": exit_code and (exit_code.code, exit_code.signal)
                        }
                        if version <= "v0.0.39" and job.state == "FAILED" and exit_code is None:
                            theirs[job.id].pop("exit")
                        if version == "v0.0.37" and job.start_time is None:
                            theirs[job.id].pop("start_time")
                    return differing(theirs, ours, close=("elapsed",))

                await settle(compare)


async def test_steps_match_sacct(busy: Cluster) -> None:
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
        with seen(busy, version, "steps"):
            async with client_of(busy, version=version) as client:
                job = await client.whole_job(finished)
                ours: Table = {}
                for one in job.steps:
                    ended = one.exit_code
                    # To v0.0.39 it is not said: then neither do we.
                    exit_code = f"{ended.code}:{ended.signal}" if ended else theirs[one.id]["exit"]
                    ours[one.id] = {
                        name: getattr(one, name) for name in theirs[one.id] if name != "exit"
                    } | {"exit": exit_code}
                assert differing(theirs, ours) == {}
                assert job.sources == ["slurmctld", "slurmdbd"]
                assert job.exit_code is not None
                assert job.exit_code.code == 3


async def test_account_matches_sacctmgr_and_sshare(busy: Cluster) -> None:
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
    for version in await versions_of(busy):
        with seen(busy, version, "account"):
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
                assert await client.privileges("alice") == []
                assert await client.privileges("carol") == ["coordinator of chemistry"]


async def test_fairshare_matches_sshare(busy: Cluster) -> None:
    shares = {}
    for line in lines(busy, ["sshare", "--noheader", "--parsable2", "--users=alice"]):
        name, user, raw, norm, _, _, fairshare = line.split("|")[:7]
        if user == "alice":
            shares[name.strip()] = (int(raw), round(float(norm), 4), round(float(fairshare), 4))
    for version in await versions_of(busy):
        async with client_of(busy, version=version) as client:
            if version < "v0.0.40":
                with seen(busy, version, "fairshare", refused=True):
                    with pytest.raises(Unsupported, match=r"v0\.0\.40"):
                        await client.shares("alice")
                    assert (await client.account("alice")).shares == []
                continue
            with seen(busy, version, "fairshare"):
                own = {
                    one.account: (
                        one.raw_shares,
                        round(one.norm_shares or 0, 4),
                        round(one.fairshare or 0, 4),
                    )
                    for one in (await client.account("alice")).shares
                    if one.user == "alice"
                }
                assert own == shares


async def test_steps_of_another_users_job(busy: Cluster) -> None:
    finished = next(job for job, f in sacct(busy, "--allocations").items() if f["name"] == "done")
    for version in await versions_of(busy):
        with seen(busy, version, "steps of another user's job"):
            async with client_of(busy, "bob", version) as client:
                job = await client.whole_job(finished)
                assert [step.id for step in job.steps] == [f"{finished}.batch", f"{finished}.0"]
                assert job.script is None
