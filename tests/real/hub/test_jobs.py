"""alice and bob submit and cancel from their own servers, as themselves."""

from __future__ import annotations

import pytest

from .conftest import Site
from .slurm import queue


def submit(site: Site, user: str, cluster: str, script: str = "#!/bin/sh\nsleep 300\n") -> str:
    response = site.browser(user).slurm(
        "POST",
        f"clusters/{cluster}/jobs",
        json={"script": script, "options": {"job_name": "from-hub", "time": "10"}},
    )
    assert response.status_code == 201, response.text
    return str(response.json()["job_id"])


def cancel(site: Site, user: str, cluster: str, job: str) -> dict[str, object]:
    response = site.browser(user).slurm(
        "POST", f"clusters/{cluster}/jobs/actions", json={"action": "cancel", "job_ids": [job]}
    )
    assert response.status_code == 200, response.text
    (result,) = response.json()["results"]
    found: dict[str, object] = result
    return found


@pytest.mark.parametrize("cluster", ["host", "forky"])
def test_users_submit_as_themselves_and_cannot_cancel_others(site: Site, cluster: str) -> None:
    jobs = {user: submit(site, user, cluster) for user in ("alice", "bob")}
    owners = queue(site.clusters[cluster])
    assert {user: owners[job] for user, job in jobs.items()} == {"alice": "alice", "bob": "bob"}

    refused = cancel(site, "bob", cluster, jobs["alice"])
    assert not refused["ok"]
    assert jobs["alice"] in queue(site.clusters[cluster])

    for user, job in jobs.items():
        assert cancel(site, user, cluster, job)["ok"]


def test_the_panel_gets_the_user_and_expiry(site: Site) -> None:
    clusters = site.browser("alice").slurm("GET", "clusters").json()["clusters"]
    known = {entry["name"]: entry for entry in clusters}
    for entry in (known["host"], known["forky"]):
        assert entry["user"] == "alice"
        assert entry["error"] is None
        assert entry["token_expires_at"] > 0


def test_a_named_server_submits_as_its_owner(site: Site) -> None:
    alice = site.browser("alice")
    alice.start_server("gpu")
    response = alice.slurm(
        "POST",
        "clusters/forky/jobs",
        name="gpu",
        json={"script": "#!/bin/sh\nsleep 60\n", "options": {"time": "2"}},
    )
    job = str(response.json()["job_id"])
    assert queue(site.clusters["forky"])[job] == "alice"
    assert cancel(site, "alice", "forky", job)["ok"]
    alice.stop_server("gpu")


def test_a_token_that_slurm_refuses_is_explained(site: Site) -> None:
    """The service signs with another key than the cluster's, a common mistake."""
    response = site.browser("bob").slurm("GET", "clusters/wrong-key/nodes")
    assert response.status_code >= 400
    assert response.json()["reason"] == "token_rejected"
    assert "Slurm" in response.json()["message"]
