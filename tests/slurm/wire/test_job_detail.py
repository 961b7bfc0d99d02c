"""One job in full, from slurmctld, through every API version."""

from __future__ import annotations

from jupyter_slurm_rest.slurm.models import Job
from jupyter_slurm_rest.slurm.models.job_id import parse_job_id
from jupyter_slurm_rest.slurm.wire.envelope import decode
from jupyter_slurm_rest.slurm.wire.job_detail import DetailRows, job
from jupyter_slurm_rest.slurm.wire.version import capabilities_of
from tests.slurm.recorded import Recording


def jobs(recording: Recording, name: str) -> list[Job]:
    resolved = capabilities_of(recording.version).resolved_files
    rows = decode(recording.body(name), DetailRows).jobs or []
    return [job(row, resolved=resolved, now=2_000_000_000) for row in rows]


def test_resources_of_a_gpu_job(recording: Recording) -> None:
    found = jobs(recording, "job_gpu")[0]
    assert found.requested is not None
    assert (found.requested.cpus, found.requested.memory, found.requested.gpus) == (4, 2048, 2)
    assert found.allocated == found.requested
    assert (found.batch_host, found.partition, found.group) == (
        "gpu1",
        "gpu",
        # v0.0.37 does not name the group.
        "" if recording.minor == 37 else "alice",
    )
    assert found.sources == ["slurmctld"]


def test_output_goes_beside_the_script_by_default(recording: Recording) -> None:
    found = jobs(recording, "job_steps")[0]
    folder = found.working_directory
    assert folder.endswith("/slurm-recording")
    assert found.stdout == f"{folder}/slurm-{found.job_id}.out"
    assert found.stderr == found.stdout
    assert found.stdin == "/dev/null"
    assert found.comment == "two steps, one done"


def test_output_of_array_tasks_is_named_by_task(recording: Recording) -> None:
    found = {one.id: one for one in jobs(recording, "job_array")}
    array = next(iter(found.values())).array_job_id
    assert found[f"{array}_1"].stdout.endswith(f"/slurm-{array}_1.out")
    waiting = found[f"{array}_[2-5%2]"]
    # Which task it will be is not known yet.
    assert waiting.stdout.endswith(f"/slurm-{array}_%a.out")
    assert waiting.why is not None
    assert "array" in waiting.why.text


def test_a_task_is_found_among_what_slurm_returns_for_it(recording: Recording) -> None:
    # From v0.0.39 on Slurm returns the whole array.
    found = jobs(recording, "job_array_task")
    array = found[0].array_job_id
    chosen = parse_job_id(f"{array}_0").among(found)
    assert chosen is not None
    assert chosen.id == f"{array}_0"


def test_both_components_are_there(recording: Recording) -> None:
    found = jobs(recording, "job_het")
    assert [one.het_offset for one in found] == [0, 1]
    second = parse_job_id(f"{found[0].het_job_id}+1").among(found)
    assert second is not None
    assert second.gpus == 1


def test_a_finished_job_has_its_exit_code(recording: Recording) -> None:
    found = jobs(recording, "job_completed")[0]
    assert found.state == "COMPLETED"
    assert found.exit_code is not None
    assert found.derived_exit_code is not None
    assert found.held_by is None
    assert found.suspended == 0
