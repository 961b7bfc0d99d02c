"""Changing, canceling and signaling through v0.0.39, which reads only the digits of an id."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from jupyter_slurm_rest.slurm.errors import Unsupported
from jupyter_slurm_rest.slurm.models.job import JobUpdate
from jupyter_slurm_rest.slurm.transport import Response
from jupyter_slurm_rest.slurm.wire.dialect import dialect_of

from .recorded import FIXTURES, Recording
from .scripted import Request, client_of, recorded_reply

V39 = Recording(FIXTURES / "23.11.11" / "v0.0.39")
V38 = Recording(FIXTURES / "23.11.11" / "v0.0.38")


def posting(name: str) -> Callable[[Request], Response]:
    reply = recorded_reply(V39)
    return lambda request: V39.response(name) if request.method == "POST" else reply(request)


def sent(request: Request) -> Any:
    return msgspec.json.decode(request.content or b"")


def id_of(recording: Recording, name: str) -> str:
    return recording.path(name).partition("?")[0].rpartition("/")[2]


def test_a_change_has_an_environment_and_plain_times() -> None:
    change = JobUpdate(time_limit=90, begin=1_800_000_000, deadline=1_800_000_060, comment="x")
    assert dialect_of("v0.0.39", "23.02.8").encode_change(change) == {
        "time_limit": {"set": True, "infinite": False, "number": 90},
        "begin_time": 1_800_000_000,
        "deadline": 1_800_000_060,
        "comment": "x",
        # 23.02 wants one variable in it.
        "environment": ["SLURM_CHANGE=1"],
    }


async def test_changes_are_made() -> None:
    for name, change in (
        ("extra_update_comment_and_time", JobUpdate(comment="x", time_limit=5)),
        ("extra_update_begin_plain", JobUpdate(begin=1_800_000_000)),
        # It warns of the empty word, and takes it.
        ("extra_update_excluded_nodes_none", JobUpdate(excluded_nodes="")),
    ):
        client, _, _ = client_of(posting(name), V39.version)
        assert [one.message for one in await client.update([31], change)] == ["changed"]
    client, transport, _ = client_of(posting("extra_update_hold"), V39.version)
    assert [one.message for one in await client.hold([31])] == ["held"]
    assert sent(transport.seen[-1]) == {"hold": True, "environment": ["SLURM_CHANGE=1"]}
    assert [one.message for one in await client.release([31])] == ["released"]
    assert sent(transport.seen[-1]) == {"hold": False, "environment": ["SLURM_CHANGE=1"]}


async def test_a_change_without_results_was_not_made() -> None:
    client, _, _ = client_of(posting("extra_update_begin_structure"), V39.version)
    (result,) = await client.update([31], JobUpdate(comment="x", begin=1_800_000_000))
    assert not result.ok
    assert result.message.startswith("Slurm made no changes: Expected")
    assert "Some of the other changes" not in result.message


async def test_an_empty_word_is_taken_in_spite_of_a_warning() -> None:
    warning = {"source": "#/excluded_nodes/", "description": "Expected OpenAPI type=array"}
    body = msgspec.json.encode({"results": None, "errors": [], "warnings": [warning]})
    recording = Recording(FIXTURES / "24.05.8" / "v0.0.41")
    reply = recorded_reply(recording)

    def response(request: Request) -> Response:
        posted = request.method == "POST"
        return Response(200, "application/json", body, 0.0) if posted else reply(request)

    client, _, _ = client_of(response, recording.version)
    (taken,) = await client.update([31], JobUpdate(excluded_nodes=""))
    assert (taken.ok, taken.message) == (True, "changed")
    (unread,) = await client.update([31], JobUpdate(comment="x"))
    assert (unread.ok, unread.message) == (
        False,
        "Slurm made no changes: Expected OpenAPI type=array",
    )


async def test_refusals_in_slurms_words() -> None:
    change = JobUpdate(comment="x", partition="no")
    client, _, _ = client_of(posting("extra_update_partition_unknown"), V39.version)
    (result,) = await client.update([31], change)
    assert (result.ok, result.error_number) == (False, 2000)
    assert result.message.endswith("Some of the other changes may have been made.")


async def test_what_a_submission_cannot_carry_is_not_changed_either() -> None:
    client, transport, _ = client_of(posting("extra_update_hold"), V39.version)
    with pytest.raises(Unsupported, match=r"nice .*v0\.0\.40"):
        await client.update([31], JobUpdate(nice=5, comment="x"))
    assert not any(seen.method == "POST" for seen in transport.seen)
    assert dialect_of("v0.0.40", "23.11.11").encode_change(JobUpdate(nice=5)) == {"nice": 5}


async def test_a_component_goes_by_its_own_number() -> None:
    whole = id_of(V39, "job_het")
    reply = recorded_reply(V39)

    def response(request: Request) -> Response:
        if request.method == "DELETE":
            return V39.response("cancel")
        if request.path.endswith(f"/job/{whole}%2B1"):
            return V39.response("job_het")
        return reply(request)

    client, transport, _ = client_of(response, V39.version)
    assert [one.message for one in await client.cancel([f"{whole}+1"])] == ["canceled"]
    assert [one.message for one in await client.signal([f"{whole}+1"], "USR1")] == [
        "signal USR1 sent"
    ]
    killed = [seen.path for seen in transport.seen if seen.method == "DELETE"]
    assert killed == [f"/slurm/v0.0.39/job/{int(whole) + 1}"] * 2


async def test_tasks_to_come_are_canceled_through_the_older_version() -> None:
    array = id_of(V39, "job_array")
    replies = {one.version: recorded_reply(one) for one in (V38, V39)}

    def response(request: Request) -> Response:
        version = request.path.split("/")[2]
        if request.method == "DELETE":
            return V38.response("cancel")
        return replies[version](request)

    client, transport, _ = client_of(response, V39.version)
    (result,) = await client.cancel([f"{array}_[4-5]"])
    assert (result.ok, result.message) == (True, "canceled")
    killed = [seen.path for seen in transport.seen if seen.method == "DELETE"]
    assert killed == [f"/slurm/v0.0.38/job/{array}_%5B4-5%5D"]


@pytest.mark.parametrize("recording", [V38, V39], ids=str)
async def test_a_signal_to_a_finished_job_was_not_sent(recording: Recording) -> None:
    done = id_of(recording, "job_completed")
    client, transport, _ = client_of(recorded_reply(recording), recording.version)
    (result,) = await client.signal([done], "TERM")
    assert (result.ok, result.message) == (
        False,
        "The job has already finished; no signal was sent.",
    )
    assert not any(seen.method == "DELETE" for seen in transport.seen)


async def test_a_job_that_finishes_meanwhile_was_not_signaled() -> None:
    running = id_of(V39, "job_gpu")
    reply = recorded_reply(V39)
    client, _, _ = client_of(
        lambda request: (
            V39.response("cancel_again") if request.method == "DELETE" else reply(request)
        ),
        V39.version,
    )
    (result,) = await client.signal([running], "TERM")
    assert result.message == "signal TERM sent, where it had not finished"
