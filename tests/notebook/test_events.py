"""Waiting for a job: the client follows the server's events and rarely asks Slurm."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from jupyter_server.auth import Authorizer

from jupyter_slurm_rest.notebook.api import SlurmApi
from jupyter_slurm_rest.notebook.events import EventStream, Follower
from jupyter_slurm_rest.notebook.find_server import ServerAddress
from jupyter_slurm_rest.notebook.job import Job
from jupyter_slurm_rest.queue.records import Transition
from jupyter_slurm_rest.server.context import QUEUE_CHANGED
from jupyter_slurm_rest.slurm.models import JobSummary
from tests.recorded import recorded_by
from tests.server.replay import ReplaySlurmrestd

#: One that was recorded when it ran; of alice, as is the server.
RUNNING = "7"
#: Seconds: longer than until the job is looked at again to be sure, shorter than until
#: it is looked at because an announcement may be lost.
SETTLED, AT_ONCE = 3.0, 10.0


@pytest.fixture
def api(jp_serverapp: Any, jp_fetch: Any) -> Iterator[SlurmApi]:
    token = jp_serverapp.identity_provider.token
    api = SlurmApi(lambda: ServerAddress(jp_serverapp.connection_url, token))
    yield api
    api.close()


@pytest.fixture
def job(api: SlurmApi, slurmrestd: ReplaySlurmrestd) -> Job:
    slurmrestd.play("job_gpu")
    return Job(api, "maxwell", RUNNING, info={})


def look_ups(slurmrestd: ReplaySlurmrestd) -> int:
    return len(slurmrestd.sent(f"slurm/job/{RUNNING}"))


def finish(slurmrestd: ReplaySlurmrestd, user: str = "alice") -> None:
    response = recorded_by(slurmrestd.api_version, "job_gpu")
    over = response.body.replace(b'"RUNNING"', b'"COMPLETED"').replace(
        b'"alice"', f'"{user}"'.encode()
    )
    assert over != response.body
    slurmrestd.give(replace(response, body=over))


def happened(server: Any, *told: Transition) -> None:
    """The server reads its user's queue and finds this."""
    as_of = time.time()
    cluster = server.extension_manager.extension_apps["jupyter_slurm_rest"].copy().pop()
    watcher = cluster.context.clusters["maxwell"].watcher
    watcher._transitions._found.append((as_of, list(told)))
    changed(server, as_of=as_of)


def to_completed(job_id: int) -> Transition:
    return Transition(
        "RUNNING", JobSummary(id=str(job_id), job_id=job_id, name="gpu", state="COMPLETED")
    )


def changed(server: Any, cluster: str = "maxwell", scope: str = "mine", as_of: float = 0) -> None:
    data = {"cluster": cluster, "scope": scope, "as_of": as_of or time.time()}
    server.event_logger.emit(schema_id=QUEUE_CHANGED, data=data)


async def nobody_follows(server: Any) -> None:
    for _ in range(50):
        listeners = server.event_logger._unmodified_listeners.values()
        if not any(listeners) and "slurm-events" not in threads():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("a socket or its thread was left")


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate()}


async def test_the_end_arrives_as_an_event(
    job: Job, jp_serverapp: Any, slurmrestd: ReplaySlurmrestd
) -> None:
    waiting = asyncio.create_task(asyncio.to_thread(job.wait))
    await asyncio.sleep(SETTLED)
    before = look_ups(slurmrestd)
    assert before <= 3
    # Of others, elsewhere, everybody's: no reason to ask Slurm.
    happened(jp_serverapp, to_completed(9))
    changed(jp_serverapp, cluster="solaris")
    changed(jp_serverapp, scope="all")
    await asyncio.sleep(SETTLED)
    assert look_ups(slurmrestd) == before
    finish(slurmrestd)
    happened(jp_serverapp, to_completed(9), to_completed(int(RUNNING)))
    assert (await asyncio.wait_for(waiting, AT_ONCE)).info["state"] == "COMPLETED"
    assert look_ups(slurmrestd) == before + 1
    await nobody_follows(jp_serverapp)


async def test_changes_without_details(
    job: Job, jp_serverapp: Any, slurmrestd: ReplaySlurmrestd
) -> None:
    waiting = asyncio.create_task(asyncio.to_thread(job.wait))
    await asyncio.sleep(SETTLED)
    finish(slurmrestd)
    changed(jp_serverapp)
    assert (await asyncio.wait_for(waiting, AT_ONCE)).ended


async def test_a_job_that_ends_while_subscribing(
    job: Job, slurmrestd: ReplaySlurmrestd, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow = EventStream.__enter__

    def late(stream: EventStream) -> EventStream:
        # Announced before anybody listens, and the server has just said that it runs.
        finish(slurmrestd)
        return follow(stream)

    monkeypatch.setattr(EventStream, "__enter__", late)
    assert (await asyncio.wait_for(asyncio.to_thread(job.wait), AT_ONCE)).ended


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("8", "8_3", True),
        ("8", "8_[4-9]", True),
        ("8_3", "8_3", True),
        ("8_3", "8_4", False),
        ("10", "10+1", True),
        ("10+0", "10+1", False),
        ("8", "80", False),
    ],
)
def test_arrays_and_their_tasks(ours: str, theirs: str, same: bool) -> None:
    follower = Follower(Job(SlurmApi(), "maxwell", ours, info={"job_id": 1}))
    assert follower._is_same({"id": theirs, "job_id": 99}) is same


async def test_wait_honors_its_timeout(
    job: Job, jp_serverapp: Any, slurmrestd: ReplaySlurmrestd
) -> None:
    begun = time.monotonic()
    with pytest.raises(TimeoutError, match="Job 7 is still RUNNING"):
        await asyncio.to_thread(job.wait, SETTLED)
    assert SETTLED <= time.monotonic() - begun < SETTLED + 2
    await nobody_follows(jp_serverapp)


async def test_jobs_of_other_users_are_polled_less_often(
    job: Job, slurmrestd: ReplaySlurmrestd
) -> None:
    response = recorded_by(slurmrestd.api_version, "job_gpu")
    slurmrestd.give(replace(response, body=response.body.replace(b'"alice"', b'"bob"')))
    waiting = asyncio.create_task(asyncio.to_thread(job.wait))
    await asyncio.sleep(2 * SETTLED)
    assert 2 <= look_ups(slurmrestd) <= 5
    finish(slurmrestd, "bob")
    assert (await asyncio.wait_for(waiting, AT_ONCE)).ended


class NoEvents(Authorizer):
    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return resource != "events"


class TestNoEvents:
    @pytest.fixture
    def jp_server_config(self, jp_server_config: dict[str, Any]) -> dict[str, Any]:
        jp_server_config["ServerApp"]["authorizer_class"] = NoEvents
        return jp_server_config

    async def test_a_server_without_events_is_polled(
        self, job: Job, slurmrestd: ReplaySlurmrestd
    ) -> None:
        waiting = asyncio.create_task(asyncio.to_thread(job.wait))
        await asyncio.sleep(SETTLED)
        finish(slurmrestd)
        assert (await asyncio.wait_for(waiting, AT_ONCE)).ended


#: Tells when it waits, and what is left of that after Ctrl-C.
INTERRUPTED = """
import os, signal, threading
from jupyter_slurm_rest.notebook.api import SlurmApi
from jupyter_slurm_rest.notebook.find_server import ServerAddress
from jupyter_slurm_rest.notebook.job import Job
api = SlurmApi(lambda: ServerAddress(os.environ["SERVER"], os.environ["TOKEN"]))
job = Job(api, "maxwell", "7")
# Ignored from birth on in what a shell starts in the background.
signal.signal(signal.SIGINT, signal.default_int_handler)
print("waiting", flush=True)
try:
    job.wait()
except KeyboardInterrupt:
    print("interrupted", [thread.name for thread in threading.enumerate()])
"""


async def test_ctrl_c_works_at_once(
    job: Job, jp_serverapp: Any, slurmrestd: ReplaySlurmrestd
) -> None:
    token = jp_serverapp.identity_provider.token
    kernel = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        INTERRUPTED,
        env={**os.environ, "SERVER": jp_serverapp.connection_url, "TOKEN": token},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert kernel.stdout is not None
    await kernel.stdout.readline()
    await asyncio.sleep(SETTLED)
    kernel.send_signal(signal.SIGINT)
    out, errors = await asyncio.wait_for(kernel.communicate(), AT_ONCE)
    assert out.decode().strip() == "interrupted ['MainThread']"
    assert errors.decode() == ""
    await nobody_follows(jp_serverapp)
