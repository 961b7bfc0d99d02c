"""Versions, tokens and retries."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import stamina

from jupyter_slurm_rest.slurm import Credentials, SlurmClient
from jupyter_slurm_rest.slurm.errors import (
    AccountingDown,
    ControllerDown,
    InvalidRequest,
    NoCommonVersion,
    NoSuchEndpoint,
    NoToken,
    ResponseLost,
    SlurmTimeout,
    TokenRejected,
    TokenSuspected,
    Unreachable,
)
from jupyter_slurm_rest.slurm.transport import Response

from .recorded import FIXTURES, Recording
from .scripted import NO_SUCH_PATH, Request, Scripted, client_of, recorded_reply

OLD = Recording(FIXTURES / "22.05.8" / "v0.0.38")
NEW = Recording(FIXTURES / "26.05.5" / "v0.0.45")


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


def speaks(*versions: str) -> Callable[[Request], Response]:
    """A slurmrestd with these API versions that serves ping and diag."""

    def reply(request: Request) -> Response:
        version = request.path.split("/")[2]
        if version not in versions:
            return NO_SUCH_PATH
        return NEW.response("diag" if "/diag" in request.path else "ping")

    return reply


async def test_the_newest_version_that_both_know_is_spoken() -> None:
    client, transport, _ = client_of(speaks("v0.0.47", "v0.0.42", "v0.0.41", "v0.0.40"))
    assert await client.api_version() == "v0.0.42"
    assert await client.slurm_release() == "26.05.5"
    asked = [request.path for request in transport.seen]
    assert asked[0] == "/slurm/v0.0.46/ping/"
    assert asked[-1] == "/slurm/v0.0.42/ping/"
    assert await client.versions() == ["v0.0.42", "v0.0.41", "v0.0.40"]


async def test_negotiation_happens_once() -> None:
    client, transport, _ = client_of(speaks("v0.0.45"))
    for _ in range(3):
        await client.diag()
    assert [request.path for request in transport.seen].count("/slurm/v0.0.45/ping/") == 1


async def test_a_pinned_version_is_the_only_one_asked_for() -> None:
    client, transport, _ = client_of(speaks("v0.0.45", "v0.0.42"), "v0.0.42")
    await client.diag()
    assert {request.path.split("/")[2] for request in transport.seen} == {"v0.0.42"}
    assert await client.versions() == ["v0.0.42"]


async def test_a_version_newer_than_known_can_be_pinned() -> None:
    client, _, _ = client_of(recorded_as(NEW, "v0.0.46"), "v0.0.46")
    found = await client.partitions()
    assert {partition.name for partition in found} == {"debug", "long", "gpu"}


def recorded_as(recording: Recording, version: str) -> Callable[[Request], Response]:
    """The recording, replayed under another version's paths."""
    reply = recorded_reply(recording)

    def under(request: Request) -> Response:
        path = request.path.replace(f"/{version}/", f"/{recording.version}/")
        return reply(Request(request.method, path, request.params, None, ""))

    return under


async def test_no_common_version_is_explained() -> None:
    client, _, _ = client_of(speaks("v0.0.36"))
    with pytest.raises(NoCommonVersion, match=r"from v0\.0\.37 to v0\.0\.46"):
        await client.ping()
    client, _, _ = client_of(speaks("v0.0.45"), "v0.0.40")
    with pytest.raises(NoCommonVersion, match=r"v0\.0\.40"):
        await client.ping()


@pytest.mark.parametrize("pinned", ["45", "v45", "v0.0", "latest", ""])
def test_a_pin_that_is_no_version_is_refused_at_once(pinned: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        client_of(speaks(), pinned)
    assert caught.value.field == "api_version"


async def test_after_an_upgrade_the_version_is_negotiated_anew() -> None:
    served = ["v0.0.40"]
    client, _, _ = client_of(lambda request: speaks(*served)(request))
    await client.diag()
    served[:] = ["v0.0.45"]
    with pytest.raises(NoSuchEndpoint):
        await client.diag()
    await client.diag()
    assert await client.api_version() == "v0.0.45"


async def test_a_rejected_token_is_renewed_once_and_the_read_repeated() -> None:
    rejected = NEW.response("token_expired")

    def reply(request: Request) -> Response:
        return rejected if request.token == "token-0" else speaks("v0.0.45")(request)

    client, transport, tokens = client_of(reply, "v0.0.45")
    assert (await client.diag()).jobs_running is not None
    assert tokens.renewals == 1
    assert [request.token for request in transport.seen][-1] == "token-1"


async def test_a_token_that_stays_rejected_is_not_asked_for_again_and_again() -> None:
    client, _, tokens = client_of(lambda _: NEW.response("token_expired"), "v0.0.45")
    await client.api_version()
    before = tokens.renewals
    with pytest.raises(TokenRejected):
        await client.diag()
    assert tokens.renewals == before + 1


async def test_a_stream_renews_its_token_too() -> None:
    def reply(request: Request) -> Response:
        if request.token == "token-0":
            return NEW.response("token_expired")
        return NEW.response("jobs" if "/jobs" in request.path else "ping")

    client, _, tokens = client_of(reply, "v0.0.45")
    async with client.connection.stream("slurm", "jobs/") as stream:
        body = b"".join([chunk async for chunk in stream.chunks()])
    assert body == NEW.body("jobs")
    assert tokens.renewals == 1


async def test_a_write_is_repeated_after_a_sure_rejection_only() -> None:
    def refusing(response: Response) -> Callable[[Request], Response]:
        def reply(request: Request) -> Response:
            if "ping" in request.path:
                return speaks("v0.0.45")(request)
            return response if request.token == "token-0" else NEW.response("submit")

        return reply

    client, transport, _ = client_of(refusing(NEW.response("token_expired")), "v0.0.45")
    response = await client.connection.send("POST", "slurm", "job/submit", body={})
    assert response.status == 200

    # 22.05 hangs up: the job may have been taken all the same.
    client, transport, _ = client_of(refusing(OLD.response("token_expired")), "v0.0.45")
    with pytest.raises(TokenSuspected):
        await client.connection.send("POST", "slurm", "job/submit", body={})
    assert sum(request.method == "POST" for request in transport.seen) == 1


async def test_accounting_that_seems_down_because_of_the_token() -> None:
    def reply(request: Request) -> Response:
        if request.token == "token-0" and "ping" not in request.path:
            return NEW.response(
                "token_expired_db" if "slurmdb" in request.path else "token_expired"
            )
        return NEW.response("db_qos") if "qos" in request.path else speaks("v0.0.45")(request)

    client, _, tokens = client_of(reply, "v0.0.45")
    assert {one.name for one in await client.qos()} >= {"normal", "high"}
    assert tokens.renewals == 1


async def test_accounting_that_is_down() -> None:
    def reply(request: Request) -> Response:
        down = "slurmdb" in request.path
        return NEW.response("no_slurmdbd_db_qos") if down else speaks("v0.0.45")(request)

    client, _, tokens = client_of(reply, "v0.0.45")
    with pytest.raises(AccountingDown):
        await client.qos()
    assert tokens.renewals == 0


async def test_ping_does_not_call_slurmctld_down_for_a_rejected_token() -> None:
    def reply(request: Request) -> Response:
        return NEW.response("no_slurmctld_ping" if "ping" in request.path else "token_expired")

    client, _, _ = client_of(reply, "v0.0.45")
    with pytest.raises(TokenRejected):
        await client.ping()

    client, _, _ = client_of(
        lambda request: NEW.response(
            "no_slurmctld_ping" if "ping" in request.path else "no_slurmctld_nodes"
        ),
        "v0.0.45",
    )
    with pytest.raises(ControllerDown):
        await client.ping()


@pytest.mark.parametrize("problem", [Unreachable("no"), ResponseLost("cut")])
async def test_reads_are_repeated_when_nothing_came(problem: Exception) -> None:
    left = [problem, problem]

    def reply(request: Request) -> Response:
        if left and "diag" in request.path:
            raise left.pop()
        return speaks("v0.0.45")(request)

    client, _, _ = client_of(reply)
    assert (await client.diag()).jobs_running is not None
    assert not left


@pytest.mark.parametrize("problem", [Unreachable("no"), ResponseLost("cut"), SlurmTimeout("slow")])
async def test_writes_are_never_repeated(problem: Exception) -> None:
    def reply(request: Request) -> Response:
        if request.method != "GET":
            raise problem
        return speaks("v0.0.45")(request)

    client, transport, _ = client_of(reply)
    with pytest.raises(type(problem)):
        await client.cancel([1])
    assert sum(request.method == "DELETE" for request in transport.seen) == 1


async def test_a_time_out_is_not_repeated() -> None:
    def reply(request: Request) -> Response:
        if "diag" in request.path:
            raise SlurmTimeout("slow")
        return speaks("v0.0.45")(request)

    client, transport, _ = client_of(reply)
    with pytest.raises(SlurmTimeout):
        await client.diag()
    assert sum("diag" in request.path for request in transport.seen) == 1


async def test_an_empty_token_is_not_sent() -> None:
    async def nothing(renew: bool = False) -> Credentials:
        return Credentials("alice", "")

    transport = Scripted(speaks("v0.0.45"))
    with pytest.raises(NoToken):
        await SlurmClient(transport, nothing).ping()
    assert transport.seen == []
