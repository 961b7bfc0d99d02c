"""Jobs from scrontab: canceling or signaling one disables its line, with a warning first."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devcluster import Cluster
from tests.real.api import Api, server_config
from tests.real.comparison import lines


@pytest.fixture
def jp_server_config(cluster: Cluster, tmp_path: Path) -> dict[str, Any]:
    return server_config(tmp_path, cluster.token("alice"), {"real": cluster.url}, refresh=0.2)


@pytest.fixture
def crontab(cluster: Cluster) -> Iterator[Cluster]:
    """A cluster with a line in alice's scrontab."""
    if cluster.run(["sh", "-c", "command -v scrontab"], user="alice", check=False).returncode:
        pytest.skip("this Slurm is packaged without scrontab")
    options = "#SCRON --time=1 --mem=20 --output=/dev/null --job-name=nightly"
    cluster.run(["scrontab", "-"], user="alice", input=f"{options}\n0 3 1 1 * true\n")
    yield cluster
    cluster.run(["scrontab", "-r"], user="alice", check=False)


def enabled(cluster: Cluster) -> bool:
    text = cluster.run(["scrontab", "-l"], user="alice").stdout
    return "#DISABLED" not in text


async def test_a_warning_comes_before_a_line_is_disabled(crontab: Cluster, jp_fetch: Any) -> None:
    api = Api(jp_fetch, "real")
    (job,) = lines(crontab, ["squeue", "--noheader", "--name=nightly", "--format=%i"])
    row: dict[str, Any] = {}
    for _ in range(40):
        row = {one["id"]: one for one in (await api.get("jobs"))["jobs"]}.get(job, {})
        if row:
            break
        await asyncio.sleep(0.5)
    assert row["cron"]
    for asked in (
        {"action": "cancel", "job_ids": [job]},
        {"action": "signal", "job_ids": [job], "signal": "USR1"},
    ):
        status, response = await api.call("POST", "jobs/actions", asked)
        (result,) = response["results"]
        assert (status, result["ok"]) == (200, False)
        assert "scrontab" in result["message"]
    by_filter = {"action": "cancel", "filter": {"name": "nightly"}}
    status, said = await api.call("POST", "jobs/actions", by_filter)
    assert (status, said["field"]) == (422, "cron")
    assert job in said["message"]
    assert enabled(crontab)

    knowing = {"action": "cancel", "job_ids": [job], "cron": True}
    status, response = await api.call("POST", "jobs/actions", knowing)
    assert response["results"][0]["ok"], response
    assert not enabled(crontab)
