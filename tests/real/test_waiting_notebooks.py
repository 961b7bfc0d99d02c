"""Notebooks that wait for jobs see them end, with little load on slurmrestd."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.relay import Relay
from devcluster import Cluster
from jupyter_slurm_rest.notebook.api import SlurmApi
from jupyter_slurm_rest.notebook.find_server import ServerAddress
from jupyter_slurm_rest.notebook.job import Job

from .api import Api, server_config

#: Notebooks, and seconds that their jobs run.
MANY, LONG = 5, 20


@pytest.fixture
def relay(cluster: Cluster) -> Iterator[Relay]:
    with Relay(cluster.url) as relay:
        yield relay


@pytest.fixture
def jp_server_config(cluster: Cluster, relay: Relay, tmp_path: Path) -> dict[str, Any]:
    return server_config(tmp_path, cluster.token("alice"), {"real": relay.url})


async def test_many_notebooks_wait(jp_serverapp: Any, jp_fetch: Any, relay: Relay) -> None:
    token = jp_serverapp.identity_provider.token
    jobs = Api(jp_fetch, "real")
    script, nowhere = f"#!/bin/sh\nsleep {LONG}\n", {"output": "/dev/null", "mem": "10"}
    ids = [await jobs.submit(script, **nowhere) for _ in range(MANY)]
    relay.reset()

    def wait(job_id: str) -> tuple[Job, float]:
        api = SlurmApi(lambda: ServerAddress(jp_serverapp.connection_url, token))
        try:
            return Job(api, "real", job_id).wait(120), time.time()
        finally:
            api.close()

    for job, seen in await asyncio.gather(*(asyncio.to_thread(wait, job_id) for job_id in ids)):
        assert job.info["state"] == "COMPLETED"
        # The longest rest between two readings, and some for a busy machine.
        assert seen - job.info["end_time"] < 30
    # Asking every two seconds, and each time slurmctld and accounting, is one a second each.
    assert relay.requests < MANY * LONG
