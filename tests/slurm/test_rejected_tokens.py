"""Rejected tokens are distinguished from accounting that is down, on every release."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import stamina

from jupyter_slurm_rest.slurm.errors import AccountingDown, TokenRejected
from jupyter_slurm_rest.slurm.transport import Response
from jupyter_slurm_rest.slurm.wire.version import API_VERSIONS
from tests.recorded import PAIRS

from .recorded import FIXTURES, Recording
from .scripted import NO_SUCH_PATH, Request, client_of

EVERY = [
    Recording(FIXTURES / release / version) for release, version in PAIRS if version in API_VERSIONS
]
TROUBLES = ("expired", "bad_signature", "garbage", "wrong_name")


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


def served(recording: Recording) -> dict[str, Recording]:
    """Recordings of the same slurmrestd by API version."""
    return {one.version: one for one in EVERY if one.release == recording.release}


def asks_slurmdbd_first(recording: Recording) -> bool:
    return recording.minor == 39 or (recording.minor == 40 and recording.line == (23, 11))


def rejecting(recording: Recording, trouble: str, bad: str) -> Callable[[Request], Response]:
    """A slurmrestd that rejects tokens that begin with ``bad``."""
    versions = served(recording)

    def reply(request: Request) -> Response:
        _, area, version, what, *_ = request.path.split("/")
        if version not in versions:
            return NO_SUCH_PATH
        spoken = versions[version]
        if request.token.startswith(bad) and what != "ping":
            return spoken.response(f"token_{trouble}{'_db' if area == 'slurmdb' else ''}")
        return spoken.response("db_qos" if area == "slurmdb" else what)

    return reply


def without_slurmdbd(recording: Recording) -> Callable[[Request], Response]:
    versions = served(recording)

    def reply(request: Request) -> Response:
        _, area, version, what, *_ = request.path.split("/")
        if version not in versions:
            return NO_SUCH_PATH
        spoken = versions[version]
        if area == "slurmdb":
            return spoken.response("no_slurmdbd_db_qos")
        if what == "job":
            return spoken.response("no_slurmdbd_job")
        silent = asks_slurmdbd_first(spoken) and what != "ping"
        return spoken.response("no_slurmdbd_db_qos" if silent else what)

    return reply


@pytest.mark.parametrize("recording", EVERY, ids=str)
@pytest.mark.parametrize("trouble", TROUBLES)
async def test_a_new_token_is_fetched_and_the_read_repeated(
    recording: Recording, trouble: str
) -> None:
    reply = rejecting(recording, trouble, bad="token-0")
    client, _, tokens = client_of(reply, recording.version)
    assert len(await client.nodes()) == 4
    assert tokens.renewals == 1
    client, _, tokens = client_of(reply, recording.version)
    assert {one.name for one in await client.qos()} >= {"normal", "high"}
    assert tokens.renewals == 1


@pytest.mark.parametrize("recording", EVERY, ids=str)
async def test_a_token_that_stays_rejected_raises(recording: Recording) -> None:
    client, _, _ = client_of(rejecting(recording, "expired", bad="token"), recording.version)
    for call in (client.nodes, client.qos, client.jobs):
        with pytest.raises(TokenRejected) as caught:
            await call()
        assert "token" in caught.value.advice


@pytest.mark.parametrize("recording", EVERY, ids=str)
async def test_slurmdbd_that_is_down_needs_no_new_token(recording: Recording) -> None:
    client, _, tokens = client_of(without_slurmdbd(recording), recording.version)
    with pytest.raises(AccountingDown):
        await client.qos()
    assert tokens.renewals == 0


@pytest.mark.parametrize("recording", EVERY, ids=str)
async def test_a_job_is_never_unknown_because_slurmdbd_is_down(recording: Recording) -> None:
    number = int(recording.path("no_slurmdbd_job").rpartition("/")[2])
    client, _, _ = client_of(without_slurmdbd(recording), recording.version)
    if asks_slurmdbd_first(recording):
        # The version is pinned: no other is spoken.
        for call in (client.job, client.whole_job):
            with pytest.raises(AccountingDown):
                await call(number)
    else:
        assert (await client.job(number)).job_id == number
        assert (await client.whole_job(number)).sources == ["slurmctld"]


@pytest.mark.parametrize(
    ("release", "newest", "meanwhile"),
    [("23.02.8", "v0.0.39", "v0.0.38"), ("23.11.11", "v0.0.40", "v0.0.38")],
)
async def test_another_version_works_while_slurmdbd_is_down(
    release: str, newest: str, meanwhile: str
) -> None:
    recording = Recording(FIXTURES / release / newest)
    number = int(recording.path("no_slurmdbd_job").rpartition("/")[2])
    client, transport, tokens = client_of(without_slurmdbd(recording))
    assert await client.api_version() == newest
    assert (await client.job(number)).job_id == number
    assert await client.api_version() == meanwhile
    assert {partition.name for partition in await client.partitions()} == {"debug", "long", "gpu"}
    assert tokens.renewals == 0
    asked = [request.path for request in transport.seen]
    assert asked[-1] == f"/slurm/{meanwhile}/partitions/"


async def test_what_only_the_newer_version_has_is_not_said_to_be_missing() -> None:
    recording = Recording(FIXTURES / "23.11.11" / "v0.0.40")
    client, _, _ = client_of(without_slurmdbd(recording))
    with pytest.raises(AccountingDown):
        await client.job_states()
