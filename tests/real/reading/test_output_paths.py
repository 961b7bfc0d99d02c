"""Output files that Slurm creates have the names that we show."""

from __future__ import annotations

import contextlib
from functools import partial
from pathlib import Path

from devcluster import Cluster
from tests.real.comparison import client_of, gone, lines, submit, until, versions_of

#: Odd ones; the manual's are in test_job.py.
WRITTEN = [
    r"\%j",
    r"\\%j",
    r"%j\%j",
    "%012j",
    "%00012j",
    "%010a",
    "%5N",
    "%4%j",
    "%%%j",
    "%12q",
    "end%5",
    "%b-%r",
    "%2t-%s-%3x",
]
#: slurmctld resolves names by itself there, some of them wrongly, and no accounting helps.
WRONG = {"v0.0.39", "v0.0.40"}


def files_in(folder: str) -> list[str]:
    return [str(path) for path in Path(folder).iterdir()]


def written(folder: str) -> bool:
    return files_in(folder) != []


async def test_output_paths_are_right(cluster: Cluster) -> None:
    (folder,) = lines(cluster, ["mktemp", "--directory", "--tmpdir=/home/alice"])
    ids = {}
    for at, name in enumerate(WRITTEN):
        where = f"{folder}/{at}"
        lines(cluster, ["mkdir", where])
        options = ["-Jnamed", "-n1", "--mem=10", f"--chdir={where}", f"--output=f-{name}"]
        ids[name] = submit(cluster, *options, *(["--array=13"] if at % 2 else []), script="true")
    for name, job_id in ids.items():
        until(partial(gone, cluster, job_id), f"{name} is over")
    for version in await versions_of(cluster):
        if version in WRONG:
            continue
        async with client_of(cluster, version=version) as client:
            for at, (name, job_id) in enumerate(ids.items()):
                until(partial(written, f"{folder}/{at}"), f"{name} is written")
                ours = (await client.whole_job(job_id)).stdout
                theirs = files_in(f"{folder}/{at}")
                assert (version, name, [ours]) == (version, name, theirs)


async def test_later_components_have_no_output_file(cluster: Cluster) -> None:
    job_id = submit(cluster, "-n1", ":", "-n1", script="true")
    with contextlib.suppress(AssertionError):
        until(lambda: gone(cluster, job_id), "over", seconds=5)
    async with client_of(cluster) as client:
        first, second = [await client.whole_job(f"{job_id}+{at}") for at in (0, 1)]
    assert first.stdout == "/dev/null"
    assert (second.stdin, second.stdout, second.stderr) == ("", "", "")
