"""A cluster with one job of every kind: what we read of it is what Slurm's own commands print."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from devcluster import Cluster
from tests.real.comparison import lines, states, submit, until, until_state
from tests.real.instances import own_cluster


@pytest.fixture(scope="package")
def busy(cluster: Cluster) -> Iterator[Cluster]:
    """A cluster of its own with one job of every kind: the others leave odd ones behind."""
    own = own_cluster(cluster.generation, "reading")
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
