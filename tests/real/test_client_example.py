"""The example in the docstring of ``jupyter_slurm_rest.slurm``, run as it stands."""

from __future__ import annotations

import inspect
import textwrap
from typing import Any

import pytest

from devcluster import Cluster
from jupyter_slurm_rest import slurm


async def test_the_example_of_the_client_library(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["sbatch", "--parsable", "--hold", "--job-name=seen", "--wrap=true"]
    held = cluster.run(words, user="alice").stdout.strip()
    text = inspect.getdoc(slurm) or ""
    example = textwrap.dedent(text.partition("::\n\n")[2].partition("\nEvery")[0])
    space: dict[str, Any] = {}
    exec(example, space)  # noqa: S102 - our own documentation
    await space["main"](cluster.url, "alice", cluster.token("alice"))
    assert f"{held} seen PENDING" in capsys.readouterr().out
    queued = cluster.run(["squeue", "--noheader", "--user=alice", "--format=%i %j"]).stdout.split()
    cluster.run(["scancel", held], user="alice")
    assert held in queued, "only its own jobs are canceled"
    assert "hello" not in queued
