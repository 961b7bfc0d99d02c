"""v0.0.40 names tasks by array; their job ids are learned from rows."""

from __future__ import annotations

import pytest

from jupyter_slurm_rest.queue.source import RestSource, TaskNumbers
from jupyter_slurm_rest.slurm.models import JobState
from jupyter_slurm_rest.slurm.wire.envelope import decode
from jupyter_slurm_rest.slurm.wire.jobs import StateRows, decode_jobs, states
from tests.slurm.recorded import RECORDINGS, Recording
from tests.slurm.scripted import client_of, recorded_reply

V40 = [one for one in RECORDINGS if one.minor == 40]
WITH_STATES = [one for one in RECORDINGS if one.minor >= 40]


def told(recording: Recording) -> list[JobState]:
    return states(decode(recording.body("jobs_state"), StateRows).jobs or [])


@pytest.mark.parametrize("recording", WITH_STATES, ids=str)
async def test_states_are_those_of_the_queues_records(recording: Recording) -> None:
    async def user() -> str:
        return "alice"

    client, transport, _ = client_of(recorded_reply(recording), recording.version)
    source = RestSource(client, user)
    queue = {row.job_id: row.state for row in decode_jobs(recording.body("jobs"))}
    found = await source.states()
    assert {number: state for number, (state, _) in found.items()} == queue
    asked = len(transport.seen)
    await source.states()
    # What was learned is not asked again.
    assert len(transport.seen) == asked + 1


@pytest.mark.parametrize("recording", V40, ids=str)
def test_a_started_task_is_never_taken_for_those_to_come(recording: Recording) -> None:
    numbers = TaskNumbers()
    (array,) = numbers.to_read(told(recording))
    before = {one.id: one.state for one in numbers.renamed(told(recording))}
    assert {before[f"{array}_{task}"] for task in range(2, 6)} == {"PENDING"}
    assert not {f"{array}_0", f"{array}_1"} & before.keys()

    rows = decode_jobs(recording.body("job_array"))
    numbers.learn(rows)
    assert numbers.to_read(told(recording)) == []
    after = {one.id: one.state for one in numbers.renamed(told(recording))}
    own = {row.array_task_id: row.job_id for row in rows}
    assert (after[f"{own[0]}_0"], after[f"{own[1]}_1"]) == ("RUNNING", "RUNNING")


def test_long_arrays_are_not_read_for_one_new_task() -> None:
    numbers = TaskNumbers()
    long = [JobState(id=f"8_{task}", state="RUNNING", flags=()) for task in range(500)]
    assert numbers.to_read(long) == []
    many = [JobState(id=f"{array}_1", state="RUNNING", flags=()) for array in range(100)]
    assert len(numbers.to_read(many)) < len(many)


def test_a_hidden_array_is_not_read_again_and_again() -> None:
    numbers = TaskNumbers()
    hidden = [JobState(id="8_1", state="RUNNING", flags=())]
    assert numbers.to_read(hidden) == [8]
    assert numbers.to_read(hidden) == []
    assert numbers.to_read([*hidden, JobState(id="8_2", state="RUNNING", flags=())]) == [8]
