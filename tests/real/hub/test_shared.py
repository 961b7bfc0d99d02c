"""alice and bob look at all jobs from their own servers; the hub reads once, or not at all."""

from __future__ import annotations

import time
from typing import Any

from bench.relay import Relay
from tests.real.instances import set_private

from .conftest import Site
from .test_jobs import cancel, submit

ALL = "clusters/shared/jobs?scope=all&limit=1000"


def look(site: Site, user: str, path: str = ALL) -> dict[str, Any]:
    response = site.browser(user).slurm("GET", path)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def test_both_see_the_same_queue_through_one_reader_and_then_what_is_private(
    site: Site, relays: tuple[Relay, Relay]
) -> None:
    for_hub, for_servers = relays
    # Other tests ask for the state of every cluster.
    for_servers.reset()
    jobs = {user: submit(site, user, "forky") for user in ("alice", "bob")}
    try:
        # The hub may have read just before: then a new job is seen at its next reading.
        until = time.monotonic() + 30
        while not set(jobs.values()) <= {row["id"] for row in look(site, "alice")["jobs"]}:
            assert time.monotonic() < until
            time.sleep(0.5)
        lists = {user: look(site, user) for user in jobs}
        for found in lists.values():
            assert (found["strategy"], found["note"]) == ("shared", "")
            shown = {row["id"]: row["user"] for row in found["jobs"]}
            assert {user: shown[job] for user, job in jobs.items()} == {
                "alice": "alice",
                "bob": "bob",
            }
        assert for_servers.requests == 0

        # Looking for five seconds costs slurmrestd the same for two as for one.
        counts = []
        for users in (["alice"], ["alice", "bob"]):
            for_hub.reset()
            until = time.monotonic() + 5
            while time.monotonic() < until:
                for user in users:
                    look(site, user)
                time.sleep(0.2)
            counts.append(for_hub.requests)
        assert counts[1] <= counts[0] * 1.5 + 2
        assert for_servers.requests == 0

        mine = look(site, "bob", "clusters/shared/jobs?scope=mine")
        assert {row["user"] for row in mine["jobs"]} == {"bob"}
        assert for_servers.requests > 0

        set_private(site.clusters["forky"], "jobs")
        # The queue changes, and so is read and compared.
        cancel(site, "bob", "forky", submit(site, "bob", "forky"))
        until = time.monotonic() + 90
        found = look(site, "alice")
        while found["strategy"] == "shared" and time.monotonic() < until:
            # Until it is noticed, what was public when it was read.
            assert {"alice", "bob"} <= {row["user"] for row in found["jobs"]}
            time.sleep(0.5)
            found = look(site, "alice")
        assert found["strategy"] == "dump"
        assert "other users' jobs are hidden" in found["note"]
        assert {row["user"] for row in found["jobs"]} == {"alice"}
        assert "shared mode of shared is refused" in site.hub.log.read_text()
    finally:
        set_private(site.clusters["forky"], "none")
        for user, job in jobs.items():
            cancel(site, user, "forky", job)
