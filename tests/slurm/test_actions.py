"""Canceling, signaling and changing jobs, over recorded responses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from jupyter_slurm_rest.slurm.errors import ControllerDown, InvalidRequest, Unsupported
from jupyter_slurm_rest.slurm.models.job import JobUpdate
from jupyter_slurm_rest.slurm.transport import Response
from jupyter_slurm_rest.slurm.wire.dialect import dialect_of

from .recorded import FIXTURES, Recording
from .scripted import NO_SUCH_PATH, Request, client_of, recorded_reply

NEW = Recording(FIXTURES / "26.05.5" / "v0.0.45")
V40 = Recording(FIXTURES / "24.11.5" / "v0.0.40")
V38 = Recording(FIXTURES / "22.05.8" / "v0.0.38")


def id_of(recording: Recording, name: str) -> str:
    return recording.path(name).partition("?")[0].rpartition("/")[2]


def together(name: str) -> Callable[[Request], Response]:
    """The newest API; jobs are canceled together, with the response ``name``."""
    reply = recorded_reply(NEW)

    def response(request: Request) -> Response:
        return NEW.response(name) if request.method == "DELETE" else reply(request)

    return response


def posting(recording: Recording, name: str) -> Callable[[Request], Response]:
    """The recording, with the response ``name`` to every POST."""
    reply = recorded_reply(recording)

    def response(request: Request) -> Response:
        return recording.response(name) if request.method == "POST" else reply(request)

    return response


def sent(request: Request) -> Any:
    assert request.content is not None
    return msgspec.json.decode(request.content)


async def test_many_jobs_are_canceled_in_one_request() -> None:
    client, transport, _ = client_of(together("unknown_job_cancel"), NEW.version)
    results = await client.cancel([7, "8_3", "8_[4-5%2]", "10+1", 999999])
    assert [(one.id, one.ok) for one in results] == [
        ("7", True),
        ("8_3", True),
        ("8_[4-5]", True),
        ("10+1", True),
        ("999999", False),
    ]
    assert results[-1].error_number == 2017
    kills = [seen for seen in transport.seen if seen.method == "DELETE"]
    assert [kill.path for kill in kills] == ["/slurm/v0.0.45/jobs/"]
    assert sent(kills[0])["jobs"] == ["7", "8_3", "8_[4-5]", "10+1", "999999"]


async def test_canceling_what_has_finished_succeeds_and_says_so() -> None:
    client, _, _ = client_of(together("done_job_cancel"), NEW.version)
    done = id_of(NEW, "done_job_cancel")
    assert [(one.ok, one.message) for one in await client.cancel([done])] == [
        (True, "had already finished")
    ]


async def test_another_users_job_is_not_said_to_be_canceled() -> None:
    client, _, _ = client_of(together("others_job_cancel"), NEW.version)
    result = (await client.cancel([id_of(NEW, "others_job_cancel")]))[0]
    assert (result.ok, result.error_number) == (False, 2002)


async def test_signals_reach_running_jobs_only() -> None:
    client, transport, _ = client_of(together("cancel_signal"), NEW.version)
    result = (await client.signal([id_of(NEW, "cancel_signal")], "sigterm"))[0]
    assert (result.ok, result.error_number) == (False, 2020)
    assert "running" in result.message
    assert sent(transport.seen[-1])["signal"] == "TERM"


@pytest.mark.parametrize("signal", ["", "NO SUCH", "US$R1", "-9", "100000"])
async def test_invalid_signals_are_not_sent(signal: str) -> None:
    client, transport, _ = client_of(together("cancel"), NEW.version)
    with pytest.raises(InvalidRequest) as caught:
        await client.signal([1], signal)
    assert caught.value.field == "signal"
    assert not any(seen.method == "DELETE" for seen in transport.seen)


async def test_a_bad_id_fails_alone_and_in_words() -> None:
    for name, kill in (("cancel", True), ("update", False)):
        reply = together(name) if kill else posting(NEW, name)
        client, transport, _ = client_of(reply, NEW.version)
        call = client.cancel if kill else client.hold
        bad, good = await call(["2; rm", 35])
        assert (bad.id, bad.ok, good.ok) == ("2; rm", False, True)
        assert "is not a job ID. Use 123" in bad.message
        (only,) = [seen for seen in transport.seen if seen.method != "GET"]
        assert sent(only).get("jobs", ["35"]) == ["35"]


@pytest.mark.parametrize("recording", [V38, Recording(V38.folder.parent / "v0.0.37")], ids=str)
async def test_old_versions_cancel_one_by_one(recording: Recording) -> None:
    client, transport, _ = client_of(recorded_reply(recording), recording.version)
    ids = [id_of(recording, name) for name in ("cancel", "done_job_cancel", "others_job_cancel")]
    results = await client.cancel([*ids, 999999])
    assert [(one.ok, one.message) for one in results[:2]] == [
        (True, "canceled"),
        (True, "had already finished"),
    ]
    assert [(one.ok, one.error_number) for one in results[2:]] == [(False, 2002), (False, 2017)]
    killed = [seen.path for seen in transport.seen if seen.method == "DELETE"]
    # The finished one was left alone.
    assert [path.rpartition("/")[2] for path in killed] == [ids[0], ids[2], "999999"]


def before_23_11_6(request: Request) -> Response:
    """v0.0.40 where jobs cannot be canceled together yet."""
    if request.method == "DELETE" and request.path.endswith("/jobs/"):
        return NO_SUCH_PATH
    if request.method == "DELETE":
        return V40.response("others_job_cancel")
    found = recorded_reply(V40)(request)
    if request.path.rstrip("/").endswith("/ping"):
        body = found.body.replace(V40.release.encode(), b"23.11.5")
        return Response(found.status, found.content_type, body, 0.0)
    return found


async def test_a_task_is_never_canceled_by_an_id_that_means_its_array() -> None:
    client, transport, _ = client_of(before_23_11_6, V40.version)
    array = id_of(V40, "job_array")
    started, waiting = await client.cancel([f"{array}_1", f"{array}_4"])
    killed = [
        seen.path.rpartition("/")[2]
        for seen in transport.seen
        if seen.method == "DELETE" and not seen.path.endswith("/jobs/")
    ]
    # The started task has a number of its own, the waiting one has none.
    record = await client.job(f"{array}_1")
    assert killed == [str(record.job_id)]
    assert not waiting.ok
    assert "not possible" in waiting.message
    assert started.id == f"{array}_1"


async def test_an_empty_response_is_not_a_success() -> None:
    # There Slurm returns nothing, whether it complied or not; the job is still running.
    client, _, _ = client_of(before_23_11_6, V40.version)
    result = (await client.cancel([id_of(V40, "job_gpu")]))[0]
    assert not result.ok
    assert "still exists" in result.message


async def test_an_unreachable_controller_gives_no_results() -> None:
    client, _, _ = client_of(
        lambda request: (
            NEW.response("no_slurmctld_jobs")
            if request.method != "GET"
            else recorded_reply(NEW)(request)
        ),
        NEW.version,
    )
    with pytest.raises(ControllerDown):
        await client.cancel([1])
    with pytest.raises(ControllerDown):
        await client.hold([1])


async def test_hold_and_release(recording: Recording) -> None:
    if recording.minor == 39:
        # Its changes were recorded without an environment, and refused for that.
        return
    client, transport, _ = client_of(posting(recording, "update"), recording.version)
    assert [one.message for one in await client.hold([35])] == ["held"]
    assert sent(transport.seen[-1]) == {"hold": True}
    assert [one.message for one in await client.release([35])] == ["released"]
    assert sent(transport.seen[-1]) == {"hold": False}


async def test_updates_are_judged_by_slurms_words(recording: Recording) -> None:
    if recording.minor == 39:
        # Its changes were recorded without an environment, and refused for that.
        return
    for name, number in (
        ("update_partition_unknown", 2000),
        ("others_job_update", 2010),
        ("done_job_update", 2084),
    ):
        client, _, _ = client_of(posting(recording, name), recording.version)
        path = recording.path(name)
        result = (await client.update([path.rpartition("/")[2]], JobUpdate(comment="x")))[0]
        assert (result.ok, result.error_number) == (False, number)


async def test_of_several_changes_some_may_have_been_made() -> None:
    client, _, _ = client_of(posting(NEW, "update_partition_unknown"), NEW.version)
    result = (await client.update([35], JobUpdate(comment="x", partition="no")))[0]
    assert result.message.endswith("Some of the other changes may have been made.")


async def test_unsupported_actions(recording: Recording) -> None:
    client, transport, _ = client_of(recorded_reply(recording), recording.version)
    for call in (client.suspend, client.resume):
        with pytest.raises(Unsupported, match="not possible"):
            await call([1])
    if recording.minor < 45:
        with pytest.raises(Unsupported, match=r"v0\.0\.45"):
            await client.requeue([1])
    assert not any(seen.method != "GET" for seen in transport.seen)


CHANGE = JobUpdate(
    time_limit=90,
    name="n",
    begin=1_800_000_000,
    excluded_nodes="cpu1,cpu2",
    required_nodes="",
    requeue=False,
    comment="",
    nodes="2-4",
)


def test_changes_from_v0_0_40_on_are_fields() -> None:
    for version in ("v0.0.40", "v0.0.42", "v0.0.45", "v0.0.46"):
        assert dialect_of(version).encode_change(CHANGE) == {
            "time_limit": {"set": True, "infinite": False, "number": 90},
            "name": "n",
            "begin_time": {"set": True, "infinite": False, "number": 1_800_000_000},
            "excluded_nodes": ["cpu1", "cpu2"],
            # An empty list would change nothing.
            "required_nodes": "",
            "requeue": False,
            "comment": "",
            "nodes": "2-4",
        }


def test_changes_to_old_versions_are_sbatchs_words() -> None:
    change = msgspec.structs.replace(CHANGE, name=None, time_minimum=5)
    common = {
        "time_limit": 90,
        "begin_time": "uts1800000000",
        "exclude_nodes": "cpu1,cpu2",
        "nodelist": "",
        "no_requeue": True,
        "comment": "",
        "nodes": "2-4",
    }
    assert dialect_of("v0.0.38").encode_change(change) == common | {"time_minimum": 5}
    assert dialect_of("v0.0.37").encode_change(change) == common | {"time minimum": 5}
    # They take a new name and change nothing.
    with pytest.raises(Unsupported, match="name"):
        dialect_of("v0.0.38").encode_change(CHANGE)


def test_no_limit() -> None:
    unlimited = dialect_of("v0.0.45").encode_change(JobUpdate(time_limit="UNLIMITED"))
    assert unlimited == {"time_limit": {"set": True, "infinite": True, "number": 0}}
    assert dialect_of("v0.0.38").encode_change(JobUpdate(time_limit="UNLIMITED")) == {
        "time_limit": "UNLIMITED"
    }


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (JobUpdate(), "change"),
        (JobUpdate(partition=""), "partition"),
        (JobUpdate(name="a\nb"), "name"),
        (JobUpdate(time_limit=0), "time_limit"),
        (JobUpdate(nodes="x"), "nodes"),
        (JobUpdate(nodes="4-2"), "nodes"),
        (JobUpdate(nodes="0"), "nodes"),
    ],
)
async def test_invalid_changes_are_not_sent(change: JobUpdate, field: str) -> None:
    client, transport, _ = client_of(recorded_reply(NEW), NEW.version)
    with pytest.raises(InvalidRequest) as caught:
        await client.update([1], change)
    assert caught.value.field == field
    assert not any(seen.method == "POST" for seen in transport.seen)


async def test_a_job_that_only_accounting_remembers_had_finished() -> None:
    done = id_of(NEW, "job_completed")
    refusal = NEW.response("unknown_job_cancel")
    body = refusal.body.replace(b"999999", done.encode())
    reply = recorded_reply(NEW)
    client, _, _ = client_of(
        lambda request: (
            Response(refusal.status, refusal.content_type, body, 0.0)
            if request.method == "DELETE"
            else reply(request)
        ),
        NEW.version,
    )
    assert [(one.ok, one.message) for one in await client.cancel([done])] == [
        (True, "had already finished")
    ]


@pytest.mark.parametrize(
    ("over", "name", "message"),
    [
        ([60, 61], "61", "had already finished"),
        ([60, 61], "61_[0-1]", "had already finished"),
        ([60], "61_[0,3-9]", "had already finished"),
        ([60], "61", "canceled"),
    ],
)
async def test_an_array_had_finished_when_all_its_tasks_had(
    over: list[int], name: str, message: str
) -> None:
    tasks = {60: 0, 61: 1}
    code = {"code": 2021, "string": "Job/step already completing or completed"}
    status = [{"error": code, "step_id": f"61_{tasks[job]}", "job_id": job} for job in over]
    records = [
        {"job_id": job, "array_job_id": 61, "array_task_id": task, "job_state": ["COMPLETED"]}
        for job, task in tasks.items()
    ]
    reply = recorded_reply(NEW)

    def response(request: Request) -> Response:
        if request.method == "DELETE":
            return Response(200, "application/json", msgspec.json.encode({"status": status}), 0.0)
        if request.path.endswith("/job/61"):
            return Response(200, "application/json", msgspec.json.encode({"jobs": records}), 0.0)
        return reply(request)

    client, _, _ = client_of(response, NEW.version)
    assert [(one.ok, one.message) for one in await client.cancel([name])] == [(True, message)]


async def test_a_component_is_changed_by_its_own_number() -> None:
    whole = id_of(NEW, "job_het")
    reply = posting(NEW, "update")

    def response(request: Request) -> Response:
        if request.method == "GET" and request.path.endswith(f"/job/{whole}%2B1"):
            return NEW.response("job_het")
        return reply(request)

    client, transport, _ = client_of(response, NEW.version)
    assert [one.ok for one in await client.hold([f"{whole}+1"])] == [True]
    (changed,) = [seen.path for seen in transport.seen if seen.method == "POST"]
    assert changed == f"/slurm/v0.0.45/job/{int(whole) + 1}"
