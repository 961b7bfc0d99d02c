"""A job is compared with partitions, QOS and nodes before it is sent."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_slurm_rest.slurm.admission import Comparison, compare
from jupyter_slurm_rest.slurm.availability import Access
from jupyter_slurm_rest.slurm.models import Account, Association, Gres, Node, Partition, Qos
from jupyter_slurm_rest.slurm.sbatch import Submitter, merge, parse_script
from jupyter_slurm_rest.slurm.sbatch.resolve import resolve
from jupyter_slurm_rest.slurm.wire.version import ANY_SBATCH

_ALICE = Account(
    user="alice",
    default_account="astro",
    associations=[Association(account="astro", user="alice", qos=["normal", "high"])],
    accounts=[],
    qos=[
        Qos(name="normal", max_wall=2 * 24 * 60),
        Qos(name="high", max_wall=120, flags=["PARTITION_TIME_LIMIT"]),
    ],
)
_PARTITIONS = [
    Partition(name="debug", state="UP", default=True, node_count=2, max_time=30),
    Partition(name="gpu", state="UP", node_count=2, max_time=24 * 60, max_nodes=2),
]
_NODES = [
    *(
        Node(name=name, state="IDLE", partitions=["debug"], cpus=8, memory=4000, features=["intel"])
        for name in ("cpu1", "cpu2")
    ),
    *(
        Node(
            name=name,
            state="IDLE",
            partitions=["gpu"],
            cpus=8,
            memory=8000,
            gpus=4,
            gres=[Gres(name="gpu", type="a100", total=4)],
            features=features,
        )
        for name, features in (("gpu1", ["a100"]), ("gpu2", ["a100", "nvlink"]))
    ),
]


def compared(options: dict[str, Any], **cluster: Any) -> Comparison:
    (spec,) = merge(parse_script("#!/bin/sh\n"), options)
    job = resolve(spec, Submitter(user="alice", home="/", directory="/"), ANY_SBATCH)
    given = {"partitions": _PARTITIONS, "nodes": _NODES, "access": Access(account=_ALICE)}
    return compare(job, **{**given, **cluster})


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"time": "30"},
        {"time": "2:00:00", "qos": "high"},
        {"partition": "gpu", "gpus": 8},
        {"partition": "gpu", "gpus": "a100:4", "nodes": "1"},
        {"partition": "gpu", "gpus_per_node": 4, "nodes": 2, "mem": "8000"},
        {"partition": "gpu", "gres": "gpu:a100:4", "constraint": "a100&nvlink"},
        {"partition": "gpu", "ntasks": 16},
        {"constraint": "intel|amd", "job_name": "x", "output": "o.txt"},
    ],
)
def test_a_job_that_fits(options: dict[str, Any]) -> None:
    found = compared(options)
    assert (found.misfits, found.unknown) == ([], [])
    assert found.compared.startswith("partition ")


@pytest.mark.parametrize(
    ("options", "field", "words", "value"),
    [
        (
            {"partition": "gpu", "time": "99:00:00"},
            "time",
            "Partition gpu allows at most 1 d; the job requests 4 d 3 h.",
            "1-00:00:00",
        ),
        ({"time": "UNLIMITED"}, "time", "requests no limit", "00:30:00"),
        ({"time": "3:00:00", "qos": "high"}, "time", "QOS high allows at most 2 h", "02:00:00"),
        (
            {"partition": "gpu", "gpus": 9},
            "gpus",
            "Partition gpu has 8 GPUs; the job requests 9.",
            "8",
        ),
        ({"partition": "gpu", "gpus": 8, "nodes": 1}, "gpus", "has 4 GPUs on 1 node;", "4"),
        ({"partition": "gpu", "gpus": "h100:1"}, "gpus", "no GPUs of type h100", ""),
        ({"partition": "gpu", "gres": "gpu:5"}, "gres", "4 GPUs per node; the job requests 5", ""),
        (
            {"partition": "gpu", "gpus_per_task": 2, "ntasks": 5},
            "gpus_per_task",
            "requests 10",
            "8",
        ),
        ({"gpus": 1}, "gpus", "Partition debug has no GPUs", ""),
        ({"mem": "999G"}, "mem", "at most 3.906 GiB of memory per node", "4000M"),
        ({"mem_per_cpu": "1G", "cpus_per_task": 8}, "mem_per_cpu", "requests 8 GiB", ""),
        (
            {"cpus_per_task": 99},
            "cpus_per_task",
            "at most 8 CPUs per node; the job requests 99",
            "8",
        ),
        ({"ntasks": 99}, "ntasks", "has 16 CPUs on all of its nodes; the job requests 99", ""),
        ({"nodes": 1, "ntasks": 9}, "ntasks", "at most 8 CPUs per node", ""),
        ({"nodes": 9}, "nodes", "Partition debug has 2 nodes; the job requests 9.", "2"),
        ({"partition": "gpu", "nodes": 3}, "nodes", "at most 2 nodes", "2"),
        (
            {"constraint": "intell"},
            "constraint",
            'the feature "intell". Available: intel.',
            "intel",
        ),
        (
            {"partition": "gpu", "constraint": "nvlink", "nodes": 2},
            "constraint",
            "1 node with everything that the job requests per node; it needs 2",
            "",
        ),
        ({"partition": "gpuu"}, "partition", 'no partition "gpuu". Available: debug, gpu.', "gpu"),
        (
            {"qos": "hihg"},
            "qos",
            "account astro has no QOS hihg. Available: normal, high",
            "high",
        ),
        (
            {"account": "astor"},
            "account",
            "you are not in account astor. Available: astro.",
            "astro",
        ),
    ],
)
def test_what_does_not_fit_is_named_with_a_fix(
    options: dict[str, Any], field: str, words: str, value: str
) -> None:
    (misfit,) = compared(options).misfits
    assert (misfit.field, misfit.value) == (field, value)
    assert words in misfit.message


def test_everything_is_named_at_once() -> None:
    found = compared({"partition": "gpu", "time": "99:00:00", "gpus": 9, "mem": "1T"})
    assert [one.field for one in found.misfits] == ["time", "mem", "gpus"]


def test_one_of_several_partitions_has_to_take_it() -> None:
    found = compared({"partition": "debug,gpu", "time": "2:00:00"})
    assert found.misfits == []
    assert found.unknown == ["partition debug"]
    assert compared({"partition": "debug,gpu", "time": "99:00:00"}).misfits[0].field == "time"


@pytest.mark.parametrize(
    ("options", "cluster", "unknown"),
    [
        ({"reservation": "maint", "licenses": "matlab"}, {}, ["--licenses", "--reservation"]),
        ({"constraint": "[rack1*2&rack2*4]"}, {}, ["--constraint"]),
        ({"partition": "gpu", "gres": "lustre:1"}, {}, ["--gres"]),
        ({}, {"nodes": None}, ["the nodes"]),
        ({}, {"access": Access()}, ["your accounts and QOS"]),
        ({}, {"partitions": _PARTITIONS[1:]}, ["--partition"]),
    ],
)
def test_what_cannot_be_compared_is_named(
    options: dict[str, Any], cluster: dict[str, Any], unknown: list[str]
) -> None:
    found = compared(options, **cluster)
    assert sorted(found.unknown) == unknown
    assert found.misfits == []
