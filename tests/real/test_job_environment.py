"""A job's environment is the same as from sbatch, with nothing from the server."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from devcluster import Cluster
from jupyter_slurm_rest.slurm.sbatch import Submitter
from tests.real.comparison import client_of

#: Each a script; several lines are several #SBATCH lines.
_SCRIPTS = {
    "plain": "-w cpu1",
    "tasks": "-N1 -w cpu1 -n2 -c2 --mem-per-cpu=50",
    "nodes": "-N2",
    "tasks per node": "-N2 --ntasks-per-node=2",
    "gpus": "-p gpu -N1 -w gpu1 -G2 --gpu-bind=closest",
    "cpus per gpu": "-p gpu -N1 -w gpu1 --gpus=1 --cpus-per-gpu=2 --mem-per-gpu=100",
    "nothing exported": "-w cpu1 --export=NIL",
    "components": "-w cpu1 -n1\nhetjob\n-w cpu2 -n2 -c2",
    "threads": "-N1 -w cpu1 --ntasks-per-core=1 --threads-per-core=1 -n2",
    "hint": "-w cpu1 --hint=nomultithread --mem-bind=local",
    "named": "-w cpu1 -J abc -d singleton --open-mode=append --cpu-freq=high",
    "sampled": "-w cpu1 --acctg-freq=task=5 --open-mode=truncate",
    "governed": "-w cpu1 --cpu-freq=performance",
    "gpus per task": "-p gpu -N1 -w gpu1 -n2 --gpus-per-task=1 -c2",
}
#: Numbers of this very job, where it happened to run, and what only a login shell has.
_OWN = re.compile(
    r"(SLURM_(ARRAY_)?(HET_)?JOB_?ID.*|SLURM_JOB_(START|END)_TIME|SLURM_TASK_PID|SLURM_GTIDS"
    r"|SLURM_JOB_GPUS|SLURM_(RLIMIT_.*|UMASK)|SLURM_JOB_COMMENT|SLURM_PRIO_PROCESS|SLURM_.*SLUID|HOME|LOGNAME|USER"
    # slurmrestd 22.05 always tells the name; sbatch only one that was given.
    r"|SLURM_JOB_NAME)\Z"
)
_SECRETS = {
    "SLURM_JWT": "token",
    "JUPYTERHUB_API_TOKEN": "token",
    "JPY_API_TOKEN": "token",
    "JUPYTER_TOKEN": "token",
}


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="environment-", dir="/tmp"))
    path.chmod(0o777)
    yield path
    shutil.rmtree(path)


def _script(lines: str, into: Path) -> str:
    directives = "".join(f"#SBATCH {line}\n" for line in lines.split("\n"))
    # Moved into place when it is whole.
    write = f"/usr/bin/env -0 > '{into}.part'\nmv '{into}.part' '{into}'\n"
    return f"#!/bin/sh\n#SBATCH -o /dev/null -t 1\n{directives}{write}"


def _environment(path: Path) -> dict[str, str]:
    entries = path.read_text(errors="replace").split("\0")
    return dict(entry.split("=", 1) for entry in entries if "=" in entry)


def _wait(paths: list[Path]) -> None:
    deadline = time.monotonic() + 90
    while missing := [path.name for path in paths if not path.exists()]:
        assert time.monotonic() < deadline, f"did not run: {missing}"
        time.sleep(0.3)


async def _submit(cluster: Cluster, scripts: list[str], version: str | None = None) -> None:
    submitter = Submitter(
        user="alice",
        home="/home/alice",
        directory="/home/alice",
        host="devcluster",
        environment={"HOME": "/home/alice", "KNOWN": "yes", **_SECRETS},
    )
    async with client_of(cluster, version=version) as client:
        for script in scripts:
            await client.submit(script, submitter=submitter)


def test_a_job_finds_the_variables_that_sbatch_gives(cluster: Cluster, folder: Path) -> None:
    for name, lines in _SCRIPTS.items():
        script = _script(lines, folder / f"{name}.sbatch")
        cluster.run(["sbatch"], user="alice", input=script)
    ours = [_script(lines, folder / f"{name}.ours") for name, lines in _SCRIPTS.items()]
    asyncio.run(_submit(cluster, ours))
    _wait([folder / f"{name}.{who}" for name in _SCRIPTS for who in ("sbatch", "ours")])
    different = []
    for name in _SCRIPTS:
        one = _environment(folder / f"{name}.sbatch")
        other = _environment(folder / f"{name}.ours")
        different += [
            f"{name}: {key}: {one.get(key)}, {other.get(key)}"
            for key in sorted(one.keys() | other.keys())
            if re.match(r"SLURM_|OMPI_|PRTE_|HYDRA_|I_MPI_|HOME|USER|LOGNAME", key)
            and not _OWN.match(key)
            and one.get(key) != other.get(key)
        ]
    assert not different, "\n".join(different)


def test_export_gives_what_it_names_and_no_secret(cluster: Cluster, folder: Path) -> None:
    named, everything = folder / "named", folder / "everything"
    asyncio.run(
        _submit(
            cluster,
            [
                _script("--export=ALL,KNOWN,GIVEN='a,b',UNKNOWN", named),
                _script("-w cpu1", everything),
            ],
        )
    )
    _wait([everything])
    found = _environment(everything)
    assert found["HOME"] == "/home/alice"
    assert found["USER"] == "alice"
    assert found["SLURM_SUBMIT_DIR"] == "/home/alice"
    assert "/usr/bin" in found["PATH"].split(":")
    assert "KNOWN" not in found
    assert not _SECRETS.keys() & found.keys()
    assert "token" not in json.dumps(found)
