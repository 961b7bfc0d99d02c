"""The scripts of docs/first-job.md and docs/recipes.md: sbatch and the submit form take them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from devcluster import Cluster
from tests.real.api import Api, server_config

DOCS = Path(__file__).parents[2] / "docs"
SCRIPTS = {
    f"{page}-{number}": script
    for page in ("first-job", "recipes")
    for number, script in enumerate(
        re.findall(r"```bash\n(#!/bin/bash.*?)```", (DOCS / f"{page}.md").read_text(), re.DOTALL)
    )
}


@pytest.fixture
def jp_server_config(cluster: Cluster, tmp_path: Path) -> dict[str, Any]:
    return server_config(tmp_path, cluster.token("alice"), {"real": cluster.url})


@pytest.mark.parametrize("name", SCRIPTS)
async def test_a_script_of_the_docs(cluster: Cluster, jp_fetch: Any, name: str) -> None:
    script = SCRIPTS[name]
    assert "#SBATCH" in script
    by_sbatch = cluster.run(["sbatch", "--hold", "--parsable"], user="alice", input=script)
    theirs = by_sbatch.stdout.strip()
    ours = await Api(jp_fetch, "real").submit(script, hold=True)
    try:
        assert described(cluster, ours) == described(cluster, theirs)
    finally:
        cluster.run(["scancel", ours, theirs], user="alice")


def described(cluster: Cluster, job: str) -> str:
    """What squeue says of a held job, without its number."""
    columns = "--format=%j|%P|%l|%C|%m|%D|%E|%K|%b"
    said = cluster.run(["squeue", "--noheader", "--jobs", job, columns], user="alice").stdout
    assert said.strip()
    return said.replace(job, "N")
