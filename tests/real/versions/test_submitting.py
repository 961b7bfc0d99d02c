"""A job that is submitted through any API version is what sbatch would have made, and runs."""

from __future__ import annotations

from pathlib import Path

from devcluster import Cluster
from jupyter_slurm_rest.slurm.sbatch.jobspec import Submitter
from tests.real.comparison import client_of, lines, shown, until, versions_of
from tests.real.versions import seen

_SCRIPT = """#!/bin/sh
#SBATCH --job-name=seen --partition=long --time=0:20:00 --hold
#SBATCH --ntasks=2 --cpus-per-task=2 --mem-per-cpu=120 --constraint=intel
#SBATCH --account=particles --qos=high --licenses=matlab:1
#SBATCH --array=1-4%2 --output=/tmp/%x-%A_%a.out --exclude=cpu1
srun hostname
"""
_RUNS = "#!/bin/sh\n#SBATCH --time=1 --mem=20 --output={file}\necho $SLURM_JOB_ID ran\n"
_SAME = (
    *("JobName", "Account", "QOS", "Partition", "TimeLimit", "NumTasks", "CPUs/Task"),
    *("MinMemoryCPU", "Features", "Licenses", "ArrayTaskId", "ExcNodeList"),
)


def record(cluster: Cluster, job: int) -> dict[str, str | None]:
    (found,) = shown(cluster, "job", str(job))
    return {field: found.get(field) for field in _SAME}


def until_written(file: Path, words: str) -> None:
    until(lambda: file.exists() and file.read_text() == words, f"{words!r} in {file}")
    file.unlink()


async def test_a_submitted_job_equals_sbatchs_and_runs(cluster: Cluster) -> None:
    submitter = Submitter(
        user="alice",
        home="/home/alice",
        directory="/home/alice",
        host="devcluster",
        environment={"HOME": "/home/alice"},
    )
    done = cluster.run(["sbatch", "--parsable"], user="alice", input=_SCRIPT)
    jobs = [int(done.stdout)]
    theirs = record(cluster, jobs[0])
    assert theirs["TimeLimit"] == "00:20:00"
    try:
        for version in await versions_of(cluster):
            with seen(cluster, version, "submit"):
                async with client_of(cluster, version=version) as client:
                    held = await client.submit(_SCRIPT, submitter=submitter)
                    jobs.append(held.job_id)
                    assert record(cluster, held.job_id) == theirs
                    file = Path(f"/home/alice/seen-{held.job_id}.out")
                    script = _RUNS.format(file=file)
                    running = await client.submit(script, submitter=submitter)
                    until_written(file, f"{running.job_id} ran\n")
    finally:
        lines(cluster, ["scancel", *map(str, jobs)])
