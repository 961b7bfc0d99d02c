"""Job lists: scope, filters, order and pages; unchanged lists are not sent again."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from .conftest import Call
from .replay import ReplaySlurmrestd

JOBS = "clusters/maxwell/jobs"


async def test_scopes_mine_and_all(call: Call) -> None:
    mine = (await call("GET", JOBS)).json()
    everyones = (await call("GET", JOBS, scope="all")).json()
    assert {job["user"] for job in mine["jobs"]} == {"alice"}
    assert {"alice", "bob"} <= {job["user"] for job in everyones["jobs"]}
    assert mine["total"] == len(mine["jobs"]) < everyones["total"]
    assert sum(everyones["counts"].values()) == everyones["total"]
    assert not mine["stale"]


async def test_pages_add_up_to_the_whole_list(call: Call) -> None:
    whole = (await call("GET", JOBS, scope="all", limit=1000, sort="job_id")).json()
    ids = [job["id"] for job in whole["jobs"]]
    paged: list[str] = []
    for offset in range(0, whole["total"], 3):
        page = (await call("GET", JOBS, scope="all", limit=3, offset=offset, sort="job_id")).json()
        assert page["total"] == whole["total"]
        paged += [job["id"] for job in page["jobs"]]
    assert paged == ids


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ({"state": "PENDING"}, lambda job: job["state"] == "PENDING"),
        ({"state": "running,pending"}, lambda job: job["state"] in ("RUNNING", "PENDING")),
        ({"user": "bob"}, lambda job: job["user"] == "bob"),
        ({"partition": "gpu"}, lambda job: job["partition"] == "gpu"),
        ({"account": "particles"}, lambda job: job["account"] == "particles"),
        ({"qos": "high"}, lambda job: job["qos"] == "high"),
        ({"search": "ARRAY"}, lambda job: "array" in job["name"]),
    ],
)
async def test_filters(call: Call, query: dict[str, str], holds: Any) -> None:
    everything = (await call("GET", JOBS, scope="all", limit=1000)).json()["jobs"]
    found = (await call("GET", JOBS, scope="all", limit=1000, **query)).json()["jobs"]
    assert [job["id"] for job in found] == [job["id"] for job in everything if holds(job)]
    assert 0 < len(found) < len(everything)


async def test_an_unchanged_list_is_not_sent_again(call: Call) -> None:
    first = await call("GET", JOBS, state="PENDING")
    tag = first.headers["Etag"]
    again = await call("GET", JOBS, headers={"If-None-Match": tag}, state="PENDING")
    assert (again.status, again.body) == (304, b"")
    assert float(again.headers["Slurm-As-Of"]) > first.json()["as_of"] - 0.001
    other = await call("GET", JOBS, headers={"If-None-Match": tag}, state="RUNNING")
    assert other.status == 200


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ({"limit": 0}, "limit", "at least 1"),
        ({"limit": 50_000}, "limit", "at most 5,000"),
        ({"offset": "x"}, "offset", "int"),
        ({"scope": "yours"}, "scope", "yours"),
        ({"sort": "colour"}, "sort", "colour"),
        ({"colour": "red"}, "colour", "'colour' is not a known field. Known: scope"),
    ],
)
async def test_invalid_queries_are_explained(
    call: Call, query: dict[str, Any], field: str, words: str
) -> None:
    response = await call("GET", JOBS, **query)
    assert response.status == 422
    said = response.json()
    assert (said["reason"], said["field"]) == ("invalid", field)
    assert words in said["message"]


async def test_jupyters_own_arguments_are_accepted(call: Call) -> None:
    assert (await call("GET", JOBS, **{"1699999999999": "", "no_track_activity": 1})).status == 200


async def test_many_clients_cause_one_call(call: Call, slurmrestd: ReplaySlurmrestd) -> None:
    await asyncio.gather(*(call("GET", JOBS, scope=scope) for scope in ("mine", "all") * 10))
    assert len(slurmrestd.sent("slurm/jobs")) == 1


class TestReadEveryTime:
    @pytest.fixture
    def slurm_config(self) -> dict[str, Any]:
        return {"refresh": 0.0}

    async def test_lists_are_marked_stale_when_slurm_is_down(
        self, call: Call, slurmrestd: ReplaySlurmrestd
    ) -> None:
        before = (await call("GET", JOBS)).json()
        slurmrestd.play("no_slurmctld_jobs")
        after = (await call("GET", JOBS)).json()
        assert after["stale"]
        for job in (*before["jobs"], *after["jobs"]):
            # Of running jobs it is that of the response.
            del job["elapsed"]
        assert after["jobs"] == before["jobs"]
        assert "slurmctld" in after["note"]


async def test_an_array_and_its_tasks_are_addresses(
    call: Call, slurmrestd: ReplaySlurmrestd
) -> None:
    for job_id in ("8", "8_1", "10+1"):
        response = await call("GET", f"{JOBS}/{job_id}")
        # Not recorded under these paths: but asked for, and so known as a job's address.
        assert response.json()["message"] != "This address does not exist.", job_id
    assert (await call("GET", f"{JOBS}/8x")).json()["message"] == "This address does not exist."
