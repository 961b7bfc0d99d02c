"""Canceling by filter: what is sent, and what is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from jupyter_slurm_rest.slurm.errors import InvalidRequest
from jupyter_slurm_rest.slurm.models.job_filter import JobFilter
from jupyter_slurm_rest.slurm.transport import Response

from .recorded import FIXTURES, Recording
from .scripted import NO_SUCH_PATH, Request, Scripted, client_of, recorded_reply

NEW = Recording(FIXTURES / "26.05.5" / "v0.0.45")
V40 = Recording(FIXTURES / "24.11.5" / "v0.0.40")
V38 = Recording(FIXTURES / "22.05.8" / "v0.0.38")
V37 = Recording(FIXTURES / "22.05.8" / "v0.0.37")

Later = Callable[[dict[str, Any]], None]


def chosen_by_slurm(request: Request) -> Response:
    return (
        NEW.response("cancel_many") if request.method == "DELETE" else recorded_reply(NEW)(request)
    )


def sent(transport: Scripted) -> list[Any]:
    """The bodies; all went to the same place."""
    written = [seen for seen in transport.seen if seen.method != "GET"]
    assert {(seen.method, seen.path) for seen in written} == {("DELETE", "/slurm/v0.0.45/jobs/")}
    # Slurm refuses a body and a query together.
    assert not any(seen.params for seen in written)
    return [msgspec.json.decode(seen.content or b"") for seen in written]


def becoming(**fields: object) -> Later:
    def later(job: dict[str, Any]) -> None:
        job.update(fields)

    return later


unchanged = becoming()


def chosen_here(recording: Recording, later: Later = unchanged) -> Any:
    """The recorded queue; each job by itself is as ``later`` has made it since."""
    reply = recorded_reply(recording)
    queue = msgspec.json.decode(recording.body("jobs"))

    def response(request: Request) -> Response:
        if request.method == "DELETE":
            return recording.response("cancel")
        number = request.path.rpartition("/job/")[2]
        found = [job for job in queue["jobs"] if str(job["job_id"]) == number]
        if not found:
            return reply(request)
        job = dict(found[0])
        later(job)
        body = msgspec.json.encode({"jobs": [job], "errors": []})
        return Response(200, "application/json", body, 0.0)

    return response


async def killed(recording: Recording, wanted: JobFilter, later: Later = unchanged) -> Any:
    """The ids sent, and the ids told of as canceled."""
    client, transport, _ = client_of(chosen_here(recording, later), recording.version)
    results = await client.cancel_matching(wanted)
    paths = [seen.path for seen in transport.seen if seen.method == "DELETE"]
    return [path.rpartition("/")[2] for path in paths], [one.id for one in results if one.ok]


async def test_slurm_chooses_in_one_request() -> None:
    client, transport, _ = client_of(chosen_by_slurm, NEW.version)
    wanted = JobFilter(
        name="my job",
        state=["pending"],
        partition="debug",
        account="astro",
        qos="normal",
        reservation="course",
        nodes="cpu[1-2]",
    )
    results = await client.cancel_matching(wanted)
    asked, body = sent(transport)
    # First, which waiting jobs are met: a signal to go on does nothing to them.
    assert asked == body | {"signal": "CONT"}
    assert body == {
        "user_name": "alice",
        "flags": ["VERBOSE"],
        "job_name": "my job",
        "job_state": ["PENDING"],
        "partition": "debug",
        "account": "astro",
        "qos": "normal",
        "reservation": "course",
        "nodes": ["cpu1", "cpu2"],
    }
    assert [(one.id, one.ok, one.error_number) for one in results] == [("999999", False, 2017)]


async def test_of_several_states_each_is_asked_for_by_itself() -> None:
    client, transport, _ = client_of(chosen_by_slurm, NEW.version)
    await client.cancel_matching(JobFilter(state=["RUNNING", "PENDING"]))
    assert [body["job_state"] for body in sent(transport)[1:]] == [["PENDING"], ["RUNNING"]]


async def test_all_is_all_of_this_user() -> None:
    client, transport, _ = client_of(chosen_by_slurm, NEW.version)
    await client.cancel_matching(JobFilter(all=True))
    assert sent(transport)[1:] == [{"user_name": "alice", "flags": ["VERBOSE"]}]


@pytest.mark.parametrize("recording", [V38, V37], ids=str)
async def test_old_versions_look_for_themselves(recording: Recording) -> None:
    assert await killed(recording, JobFilter(name="begin")) == (["22"], ["22"])
    assert await killed(recording, JobFilter(qos="high")) == ([], [])
    assert await killed(recording, JobFilter(account="particles")) == (["22"], ["22"])
    assert await killed(recording, JobFilter(partition="gpu", state=["PENDING"])) == (
        ["23"],
        ["23"],
    )
    # Its components go with the whole.
    assert await killed(recording, JobFilter(name="het")) == (["10"], ["10"])
    # What has finished is no longer there to be canceled.
    assert await killed(recording, JobFilter(name="completed")) == ([], [])


async def test_before_slurm_could_choose_v0_0_40_looks_for_itself() -> None:
    reply = recorded_reply(V40)
    client, transport, _ = client_of(
        lambda request: NO_SUCH_PATH if request.method == "DELETE" else reply(request),
        V40.version,
    )
    assert await client.cancel_matching(JobFilter(name="nosuch")) == []
    assert [seen.method for seen in transport.seen if seen.path.endswith("/jobs/")] == [
        "DELETE",
        "GET",
    ]


async def test_a_job_that_changed_since_the_list_is_left_alone() -> None:
    waiting = JobFilter(name="begin", state=["PENDING"])
    for later in (
        becoming(job_state="RUNNING"),
        becoming(name="renamed"),
        becoming(user_name="bob"),
        becoming(job_id=4711),
    ):
        assert await killed(V38, waiting, later) == ([], [])


async def test_a_task_that_started_since_the_list_is_left_alone() -> None:
    waiting = JobFilter(name="array", state=["PENDING"])
    assert await killed(V38, waiting) == (["8_%5B2-5%5D"], ["8_[2-5]"])
    assert await killed(V38, waiting, becoming(array_task_string="3-5%2")) == (
        ["8_%5B3-5%5D"],
        ["8_[3-5]"],
    )


async def test_reservations_are_seen_in_the_record() -> None:
    def reserved(job: dict[str, Any]) -> None:
        if job["job_id"] == 22:
            job["resv_name"] = "course"

    assert (await killed(V38, JobFilter(reservation="course"), reserved))[0] == ["22"]


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (JobFilter(), "filter"),
        (JobFilter(name=""), "name"),
        # An empty variable does not widen what is meant.
        (JobFilter(name="", all=True), "name"),
        (JobFilter(account=" ", partition="debug"), "account"),
        (JobFilter(state=[]), "state"),
        (JobFilter(state=["COMPLETED"]), "state"),
        (JobFilter(nodes="cpu[2-1]"), "nodes"),
    ],
)
async def test_invalid_filters_are_not_sent(wanted: JobFilter, field: str) -> None:
    for recording in (NEW, V38):
        client, transport, _ = client_of(chosen_here(recording), recording.version)
        with pytest.raises(InvalidRequest) as caught:
            await client.cancel_matching(wanted)
        assert caught.value.field == field
        assert caught.value.message.startswith(f"{field}: ")
        assert transport.seen == []


def throttled(record: dict[str, Any], states: dict[int, str]) -> list[dict[str, Any]]:
    """Records of array 8, by their numbers: tasks that wait share one, 100 is task 0."""
    rows = []
    for job_id, state in states.items():
        tasks = "4-5%2" if state == "PENDING" else ""
        task = None if state == "PENDING" else job_id - 100
        more = {"job_id": job_id, "array_task_id": task, "array_task_string": tasks}
        rows.append({**record, **more, "job_state": state})
    return rows


class Throttled:
    """A slurmrestd with an array of which two tasks run at once, as v0.0.38 shows it."""

    def __init__(self) -> None:
        queue = msgspec.json.decode(V38.body("jobs"))["jobs"]
        self.record = next(job for job in queue if job["job_id"] == 8)
        self.states = {100: "RUNNING", 101: "RUNNING", 8: "PENDING"}
        self.names = dict.fromkeys(self.states, "array")
        self.killed: list[str] = []

    def rows(self) -> list[dict[str, Any]]:
        rows = throttled(self.record, self.states)
        return [{**row, "name": self.names[row["job_id"]]} for row in rows]

    def __call__(self, request: Request) -> Response:
        last = request.path.rstrip("/").rpartition("/")[2]
        if request.method == "DELETE":
            self.killed.append(last)
            if last == "8_%5B4-5%5D" and len(self.killed) == 1:
                # One of them has just started.
                self.states[103], self.names[103] = "RUNNING", "array"
            return V38.response("cancel")
        if "/ping" in request.path:
            return V38.response("ping")
        rows = self.rows()
        if last.isdigit():
            rows = [row for row in rows if last in ("8", str(row["job_id"]))]
        return Response(200, "application/json", msgspec.json.encode({"jobs": rows}), 0.0)


async def test_an_array_that_is_meant_as_a_whole_is_canceled_at_once() -> None:
    slurm = Throttled()
    client, _, _ = client_of(slurm, V38.version)
    results = await client.cancel_matching(JobFilter(name="array"))
    assert (slurm.killed, [one.id for one in results]) == (["8"], ["8"])


async def test_what_waits_goes_first_and_what_started_meanwhile_goes_too() -> None:
    slurm = Throttled()
    # One task was given another name: the array is not meant as a whole.
    slurm.names[101] = "other"
    client, _, _ = client_of(slurm, V38.version)
    results = await client.cancel_matching(JobFilter(name="array"))
    assert slurm.killed == ["8_%5B4-5%5D", "8_0", "8_3"]
    assert [one.id for one in results] == ["8_[4-5]", "8_0", "8_3"]


async def test_running_tasks_alone_leave_the_others_to_start() -> None:
    slurm = Throttled()
    client, _, _ = client_of(slurm, V38.version)
    await client.cancel_matching(JobFilter(state=["RUNNING"]))
    assert slurm.killed == ["8_0", "8_1"]
