"""Responses of a hostile or broken slurmrestd become a page or a clear error."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.recorded import responses

from .conftest import API_VERSION, PATIENCE, RELEASE, Server, bounded
from .mutations import HOSTILE, changed, places

#: What is asked of us, and the recorded response to the question that it makes us ask.
ASKED = [
    ("clusters", "ping"),
    ("clusters/c/jobs?scope=all", "jobs"),
    ("clusters/c/jobs?scope=mine", "db_jobs"),
    ("clusters/c/jobs/{id}", "job_steps"),
    ("clusters/c/jobs/{id}", "job_het"),
    ("clusters/c/jobs/{id}/output", "job_completed"),
    ("clusters/c/history", "db_jobs"),
    ("clusters/c/nodes", "nodes"),
    ("clusters/c/partitions", "partitions"),
    ("clusters/c/reservations", "reservations"),
    ("clusters/c/licenses", "licenses"),
    ("clusters/c/account", "db_associations_alice"),
    ("clusters/c/account", "db_qos"),
    ("clusters/c/account", "shares"),
    ("clusters/c/form", "partitions"),
]


@pytest.mark.parametrize(("path", "name"), ASKED)
def test_no_response_causes_an_internal_error(server: Server, path: str, name: str) -> None:
    recorded = responses(RELEASE, API_VERSION)[name]
    tree = recorded.json()
    job = urlsplit(recorded.path).path.rstrip("/").rpartition("/")[2]

    @bounded(10)
    @given(place=st.sampled_from(list(places(tree))), value=HOSTILE)
    def ask(place: Any, value: Any) -> None:
        body = json.dumps(changed(tree, place, value)).encode()
        server.slurmrestd.give(replace(recorded, body=body))
        address = f"{server.url}/jupyter-slurm-rest/{path.format(id=job)}"
        response = httpx.get(address, headers=server.headers, timeout=PATIENCE)
        assert response.status_code != 500, response.text
        response.json()

    server.replay()
    ask()
    assert server.lives()


def test_unchanged_without_an_update_time(server: Server) -> None:
    server.replay()
    server.slurmrestd.play("jobs_unchanged", path="slurm/jobs")
    address = f"{server.url}/jupyter-slurm-rest/clusters/c/jobs?scope=all"
    response = httpx.get(address, headers=server.headers, timeout=PATIENCE)
    # 200 where another test has had the list read before.
    assert response.status_code in (200, 502)


@pytest.mark.parametrize(("path", "name"), ASKED)
def test_random_bytes(server: Server, path: str, name: str) -> None:
    recorded = responses(RELEASE, API_VERSION)[name]
    job = urlsplit(recorded.path).path.rstrip("/").rpartition("/")[2]
    length = len(recorded.body)

    @bounded(5)
    @given(at=st.integers(0, length), cut=st.integers(0, length), put=st.binary(max_size=8))
    def ask(at: int, cut: int, put: bytes) -> None:
        body = recorded.body[:at] + put + recorded.body[cut:]
        server.slurmrestd.give(replace(recorded, body=body))
        address = f"{server.url}/jupyter-slurm-rest/{path.format(id=job)}"
        response = httpx.get(address, headers=server.headers, timeout=PATIENCE)
        assert response.status_code != 500, response.text

    server.replay()
    ask()
    assert server.lives()
