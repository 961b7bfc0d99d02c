"""A slurmrestd that cannot resolve user names: they are looked up in accounting."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from jupyter_slurm_rest.slurm import JobListing
from jupyter_slurm_rest.slurm.accounting import HistoryQuery
from jupyter_slurm_rest.slurm.errors import InvalidRequest, UserNotResolved
from jupyter_slurm_rest.slurm.models.job_filter import JobFilter
from jupyter_slurm_rest.slurm.transport import Response

from .scripted import Request, client_of

SHARES = [
    {"id": 7, "name": "alice", "type": ["USER"], "parent": "astro"},
    {"id": 8, "name": "alice", "type": ["USER"], "parent": "physics"},
    {"id": 9, "name": "bob", "type": ["USER"], "parent": "astro"},
]
NOT_RESOLVED = {"description": "Unable to resolve user: alice", "error_number": 2166}


def job(number: int, uid: int, submitted: int = 1000) -> dict[str, object]:
    """As slurmctld tells it, without a name."""
    return {
        "job_id": number,
        "user_id": uid,
        "user_name": "",
        "submit_time": submitted,
        "job_state": ["RUNNING"],
        "batch_flag": True,
        "standard_output": f"/home/{uid}.out",
    }


def record(number: int, user: str, submitted: int = 1000) -> dict[str, object]:
    """As slurmdbd tells it."""
    times = {"submission": submitted, "start": submitted}
    return {"job_id": number, "user": user, "time": times, "state": {"current": ["RUNNING"]}}


def strange(*queue: dict[str, object], known: list[dict[str, object]]) -> Callable[..., Response]:
    def reply(request: Request) -> Response:
        body: dict[str, object] = {"pings": []}
        if request.path.startswith("/slurmdb/"):
            unknown = "users" in request.params
            body = {"errors": [NOT_RESOLVED]} if unknown else {"jobs": known}
        elif request.path.endswith("/shares/"):
            body = {"shares": {"shares": SHARES}}
        elif request.method == "DELETE":
            sent = json.loads(request.content or b"{}")
            words = "Unable to resolve alice to numeric user id"
            body = {"errors": [{"description": words, "error_number": -1}]}
            if "user_id" in sent:
                body = {"status": [{"step_id": "1", "error": {"code": 0}}]}
        elif "/job" in request.path:
            body = {"jobs": list(queue)}
        return Response(200, "application/json", json.dumps(body).encode(), 0.0)

    return reply


async def test_numbers_become_names_by_one_job_of_each() -> None:
    queue = [job(1, 1001), job(2, 1001), job(3, 1002), job(4, 1003)]
    client, transport, _ = client_of(
        strange(*queue, known=[record(1, "alice"), record(2, "alice"), record(3, "bob")]),
        "v0.0.42",
    )
    for _ in range(2):
        found = await client.jobs()
        assert isinstance(found, JobListing)
        assert [one.user for one in found.jobs] == ["alice", "alice", "bob", "1003"]
    asked = [one.params["step"] for one in transport.seen if one.path.startswith("/slurmdb/")]
    # Who is not found is not asked for again at once.
    assert asked == [["2", "3", "4"]]


async def test_a_name_is_not_taken_from_an_earlier_job_of_that_number() -> None:
    reply = strange(job(1, 1001, 2000), known=[record(1, "mallory", 1000)])
    client, _, _ = client_of(reply, "v0.0.42")
    assert (await client.job(1)).user == "1001"


async def test_output_with_a_number_in_place_of_the_name_is_not_believed() -> None:
    client, _, _ = client_of(strange(job(1, 1001), known=[record(1, "alice")]), "v0.0.42")
    found = await client.job(1)
    assert (found.user, found.stdout) == ("alice", "")


async def test_history_is_asked_for_by_association() -> None:
    reply = strange(known=[record(1, "alice")])
    client, transport, _ = client_of(reply, "v0.0.42")
    page = await client.history(HistoryQuery(users=["alice"], states=["RUNNING"]))
    assert [one.user for one in page.jobs] == ["alice"]
    assert transport.seen[-1].params["association"] == ["7", "8"]
    with pytest.raises(InvalidRequest, match="not find user 'nosuchuser'"):
        await client.history(HistoryQuery(users=["nosuchuser"], states=["RUNNING"]))


async def test_canceling_by_filter_names_the_user_by_number() -> None:
    reply = strange(job(1, 1001), known=[record(1, "alice")])
    client, transport, _ = client_of(reply, "v0.0.42")
    results = await client.cancel_matching(JobFilter(all=True))
    assert [one.ok for one in results] == [True]
    sent = json.loads(transport.seen[-1].content or b"{}")
    # slurmctld does not heed the number without a name.
    assert (sent["user_name"], sent["user_id"]) == ("alice", "1001")


async def test_it_is_said_when_nobody_knows_whose_jobs_they_are() -> None:
    client, _, _ = client_of(strange(job(1, 1001), known=[]), "v0.0.38")
    with pytest.raises(UserNotResolved, match="by number only"):
        await client.cancel_matching(JobFilter(all=True))


async def test_whether_slurmrestd_knows_somebody() -> None:
    client, _, _ = client_of(strange(known=[]), "v0.0.42")
    assert await client.resolves("alice") is False
    client, _, _ = client_of(strange(known=[]), "v0.0.38")
    assert await client.resolves("alice") is None
