"""The test clusters themselves, which all other tests on real Slurms rely on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from devcluster import Cluster, DevclusterError, ports, rest
from devcluster.process import Process
from devcluster.users import USERS
from tests.real.comparison import until


def submit(cluster: Cluster, user: str, *options: str, script: str) -> int:
    output = f"--output=/home/{user}/test-%j.out"
    argv = ["sbatch", "--parsable", output, *options]
    done = cluster.run(argv, user=user, input=f"#!/bin/sh\n{script}\n")
    return int(done.stdout)


def accounted(cluster: Cluster, job: int, field: str) -> list[str]:
    argv = ["sacct", "--noheader", "--parsable2", f"--jobs={job}", f"--format={field}"]
    return cluster.run(argv).stdout.split()


def finished_output(cluster: Cluster, user: str, job: int) -> str:
    until(lambda: accounted(cluster, job, "State")[:1] == ["COMPLETED"], f"job {job} completed")
    path = Path(f"/home/{user}/test-{job}.out")
    text = path.read_text()
    path.unlink()
    return text


def test_job_runs_as_its_user_and_is_accounted(cluster: Cluster) -> None:
    script = "id -un\necho $SLURMD_NODENAME\nsrun echo from a step"
    job = submit(cluster, "bob", script=script)
    user, node, step = finished_output(cluster, "bob", job).splitlines()
    assert user == "bob"
    assert node in {"cpu1", "cpu2"}
    assert step == "from a step"
    assert accounted(cluster, job, "JobID") == [str(job), f"{job}.batch", f"{job}.0"]
    assert accounted(cluster, job, "Account")[0] == "particles"


def test_gpu_job_gets_the_gpus_it_asked_for(cluster: Cluster) -> None:
    script = "echo $SLURMD_NODENAME $CUDA_VISIBLE_DEVICES"
    job = submit(cluster, "alice", "--partition=gpu", "--gres=gpu:2", script=script)
    node, devices = finished_output(cluster, "alice", job).split()
    assert node in {"gpu1", "gpu2"}
    assert len(set(devices.split(","))) == 2
    assert "gres/gpu=2" in accounted(cluster, job, "AllocTRES")[0]


@pytest.mark.parametrize("user", USERS)
def test_token_works_over_tcp_and_socket(cluster: Cluster, user: str) -> None:
    token = cluster.token(user)
    headers = rest.credentials(user, token)
    version = rest.api_versions(cluster.url, user, token)[-1]
    for address in (cluster.url, cluster.socket_url):
        response = rest.request(address, "GET", f"/slurm/{version}/ping", headers)
        assert response.status == 200
        assert json.loads(response.body)["pings"][0]["hostname"] == "devcluster"


def test_garbage_token_is_refused(cluster: Cluster) -> None:
    version = rest.api_versions(cluster.url, "alice", cluster.token("alice"))[-1]
    headers = rest.credentials("alice", "garbage")
    assert rest.request(cluster.url, "GET", f"/slurm/{version}/jobs", headers).status != 200


@pytest.mark.parametrize("daemon", ["slurmrestd", "slurmctld", "slurmdbd"])
def test_daemon_stops_and_comes_back(cluster: Cluster, daemon: str) -> None:
    before = cluster.running()[daemon]
    cluster.stop(daemon)
    assert cluster.running()[daemon] is None
    assert not Path(f"/proc/{before}").exists()
    cluster.start(daemon)
    assert cluster.running()[daemon] not in (None, before)
    states = cluster.run(["sinfo", "--noheader", "--Node", "--format=%T"], user="alice")
    assert set(states.stdout.split()) == {"idle"}


def test_up_again_changes_nothing(cluster: Cluster) -> None:
    before = cluster.running()
    cluster.up()
    assert cluster.running() == before


def test_up_restarts_a_daemon_that_died(cluster: Cluster) -> None:
    cluster.stop("slurmd")
    cluster.up()
    assert None not in cluster.running().values()


def test_the_machines_own_files_are_left_alone(cluster: Cluster) -> None:
    assert not Path("/etc/slurm/slurm.conf").exists()
    assert cluster.run(["cat", "/etc/slurm/slurm.conf"]).stdout.startswith("ClusterName=")


def test_two_instances_side_by_side_and_down_leaves_no_process(cluster: Cluster) -> None:
    other = Cluster(cluster.generation, "test-two", slurm_conf=["PrivateData=jobs"])
    other.up()
    try:
        assert set(other.ports.values()).isdisjoint(cluster.ports.values())
        assert "PrivateData             = jobs" in other.run(["scontrol", "show", "config"]).stdout
        job = submit(other, "carol", "--partition=long", script="sleep 1000 & sleep 1000")
        queue = ["squeue", "--noheader", "--format=%T"]
        until(lambda: other.run(queue).stdout.split() == ["RUNNING"], f"job {job} runs")
        mine = [found for pid in _of_namespace(other) if (found := Process.of(pid))]
        assert len(mine) > len(other.daemons)
    finally:
        other.down()
    assert not [process for process in mine if process.alive()]
    assert other.running() == {}
    assert cluster.run(["scontrol", "ping"]).stdout.count("UP") == 1


def _of_namespace(cluster: Cluster) -> list[int]:
    keeper = cluster.running()["namespace"]
    namespace = Path(f"/proc/{keeper}/ns/mnt").readlink()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if (entry / "ns/mnt").readlink() == namespace:
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def test_a_daemon_that_dies_is_told_with_its_last_words(cluster: Cluster) -> None:
    broken = Cluster(cluster.generation, "test-broken", slurm_conf=["SelectType=select/nonsense"])
    with pytest.raises(DevclusterError, match=r"slurm\w+ of .* (died|ended)(?s:.)*nonsense"):
        broken.up()
    assert broken.running() == {}


def test_a_taken_port_is_named_with_its_holder(cluster: Cluster) -> None:
    taken = cluster.ports["slurmrestd"]
    assert ports.holder(taken) == f"slurmrestd (process {cluster.running()['slurmrestd']})"


def test_a_command_that_fails_says_why(cluster: Cluster) -> None:
    with pytest.raises(DevclusterError, match="Invalid job id"):
        cluster.run(["scontrol", "show", "job", "999999"])
