"""SchedMD's generated client through the proxy, with a Jupyter token and no Slurm token."""

from __future__ import annotations

import asyncio
import importlib
from typing import Any

import pytest

from devcluster import Cluster
from tests.real.instances import chosen_generations


# The client speaks v0.0.37, which only the oldest generation has.
@pytest.mark.parametrize(
    "cluster", [name for name in chosen_generations() if name == "host"], indirect=True
)
@pytest.mark.filterwarnings("ignore")
async def test_ping_jobs_submit_cancel(cluster: Cluster, jp_fetch: Any, jp_serverapp: Any) -> None:
    from slurm_rest import ApiClient, Configuration
    from slurm_rest.apis import SlurmApi
    from slurm_rest.models import V0037JobProperties, V0037JobSubmission

    token = jp_serverapp.identity_provider.token
    url = f"{jp_serverapp.connection_url}jupyter-slurm-rest/clusters/c/rest"

    def run() -> tuple[str, int]:
        # Its own document has other types than slurmrestd's responses.
        loose = {"_check_return_type": False}
        with ApiClient(Configuration(host=url)) as client:
            client.set_default_header("Authorization", f"token {token}")
            slurm = SlurmApi(client)
            state = slurm.slurmctld_ping(**loose).pings[0]["ping"]
            slurm.slurmctld_get_jobs(**loose)
            properties = V0037JobProperties(
                environment={"PATH": "/bin:/usr/bin"},
                name="official",
                current_working_directory="/home/alice",
                time_limit=2,
            )
            submission = V0037JobSubmission(script="#!/bin/sh\nsleep 60\n", job=properties)
            job_id = int(slurm.slurmctld_submit_job(submission, **loose).job_id)
            slurm.slurmctld_cancel_job(job_id, **loose)
            return state, job_id

    state, job_id = await asyncio.to_thread(run)
    assert state == "UP"
    shown = cluster.run(["scontrol", "show", "job", str(job_id)]).stdout
    assert "JobName=official" in shown
    assert "UserId=alice(" in shown
    assert "JobState=CANCELLED" in shown or "JobState=COMPLETING" in shown


# Of v0.0.40 and v0.0.42, which 24.11 has.
@pytest.mark.parametrize(
    "cluster", [name for name in chosen_generations() if name == "trixie"], indirect=True
)
@pytest.mark.parametrize(
    ("package", "version"), [("aind_slurm_rest_v2", "40"), ("slurmrestapi", "42")]
)
@pytest.mark.filterwarnings("ignore")
async def test_generated_clients(
    cluster: Cluster, rest: str, jp_serverapp: Any, package: str, version: str
) -> None:
    client = importlib.import_module(package)
    models = importlib.import_module(f"{package}.models")
    token = jp_serverapp.identity_provider.token

    def run() -> tuple[str, str]:
        with client.ApiClient(client.Configuration(host=rest)) as api:
            api.set_default_header("Authorization", f"token {token}")
            slurm, prefix = client.SlurmApi(api), f"slurm_v00{version}"
            state = getattr(slurm, f"{prefix}_get_ping")().pings[0].pinged
            job = getattr(models, f"V00{version}JobDescMsg")(
                script="#!/bin/sh\nsleep 60\n",
                name=package,
                environment=["PATH=/bin:/usr/bin"],
                current_working_directory="/home/alice",
            )
            request = getattr(models, f"V00{version}JobSubmitReq")(script=job.script, job=job)
            job_id = str(getattr(slurm, f"{prefix}_post_job_submit")(request).job_id)
            getattr(slurm, f"{prefix}_delete_job")(job_id)
            return state, job_id

    state, job_id = await asyncio.to_thread(run)
    assert state == "UP"
    shown = cluster.run(["scontrol", "show", "job", job_id]).stdout
    assert f"JobName={package}" in shown
    assert "JobState=CANCELLED" in shown or "JobState=COMPLETING" in shown
