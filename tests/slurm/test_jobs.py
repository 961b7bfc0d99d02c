"""Reading jobs from slurmctld, over what the real daemons returned."""

from __future__ import annotations

import pytest

from jupyter_slurm_rest.slurm import JobListing, Unchanged
from jupyter_slurm_rest.slurm.errors import (
    InvalidRequest,
    NotFound,
)

from .recorded import Recording
from .scripted import client_of, recorded_reply


async def test_list_of_jobs(recording: Recording) -> None:
    client, _, _ = client_of(recorded_reply(recording), recording.version)
    found = await client.jobs()
    assert isinstance(found, JobListing)
    assert {"gpu", "array", "het", "timeout"} <= {job.name for job in found.jobs}
    # What can be handed back as update_time came with v0.0.40.
    assert (found.last_update is not None) is (recording.minor >= 40)


async def test_nothing_changed_is_never_an_empty_queue(recording: Recording) -> None:
    # v0.0.39 refuses a marked time: what was recorded under that name is the refusal.
    unchanged = "jobs_bare_time" if recording.minor == 39 else "jobs_unchanged"
    client, transport, _ = client_of(
        lambda request: recording.response(
            unchanged if request.path.endswith("/jobs/") else "ping"
        ),
        recording.version,
    )
    assert isinstance(await client.jobs(update_time=1_795_258_565), Unchanged)
    sent = str(transport.seen[-1].params["update_time"])
    # A bare time is refused by v0.0.40 and v0.0.41, a marked one by v0.0.38 and v0.0.39.
    assert sent == ("uts1795258565" if recording.minor >= 40 else "1795258565")


async def test_a_job_and_a_job_that_is_not_there(recording: Recording) -> None:
    client, _, _ = client_of(recorded_reply(recording), recording.version)
    array = recording.job_id("job_array_task")
    assert (await client.job(array)).id == array
    assert (await client.job(recording.job_id("job_gpu"))).gpus == 2
    with pytest.raises(NotFound) as caught:
        await client.job(999999)
    assert (caught.value.kind, caught.value.name) == ("job", "999999")
    with pytest.raises(InvalidRequest):
        await client.job("../ping")


async def test_job_states(recording: Recording) -> None:
    if not recording.has("jobs_state"):
        return
    client, _, _ = client_of(recorded_reply(recording), recording.version)
    found = {one.id: one.state for one in await client.job_states()}
    assert "RUNNING" in found.values()
    assert found[recording.job_id("job_gpu")] == "RUNNING"
