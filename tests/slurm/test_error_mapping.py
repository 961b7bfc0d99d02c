"""Every failure that a real slurmrestd returned becomes an error that users can act on."""

from __future__ import annotations

import msgspec
import pytest

from jupyter_slurm_rest.slurm.error_mapping import failure
from jupyter_slurm_rest.slurm.errors import (
    AccountingDown,
    ControllerDown,
    NoSuchEndpoint,
    NotFound,
    PermissionDenied,
    Refused,
    SlurmError,
    TokenRejected,
    TokenSuspected,
    UnreadableResponse,
)
from jupyter_slurm_rest.slurm.transport import Response

from .recorded import RECORDINGS, Recording

#: Their responses tell by themselves what became of a bad token; for the others slurmctld is
#: asked (see test_rejected_tokens).
_TELLING = [
    one for one in RECORDINGS if one.line in ((22, 5), (24, 11), (25, 5), (25, 11), (26, 5))
]


@pytest.fixture(params=_TELLING, ids=str)
def telling(request: pytest.FixtureRequest) -> Recording:
    found: Recording = request.param
    return found


def without_environment(recording: Recording) -> bool:
    """v0.0.39 refuses a change without an environment, as they were recorded."""
    return recording.minor == 39


def problem(recording: Recording, name: str, seconds: float = 0.01) -> SlurmError | None:
    path = recording.path(name).partition("?")[0]
    parts = path.strip("/").split("/")
    single = parts[0] == "slurm" and len(parts) == 4 and parts[2] in ("job", "node", "partition")
    wanted = (parts[2], parts[3]) if single and parts[3] != "submit" else None
    return failure(recording.response(name, seconds), path=path, wanted=wanted)


@pytest.mark.parametrize(
    "name", ["token_expired", "token_bad_signature", "token_garbage", "token_wrong_name"]
)
def test_a_token_that_slurm_does_not_accept(telling: Recording, name: str) -> None:
    found = problem(telling, name)
    assert isinstance(found, TokenRejected)
    # 22.05 just hangs up: then the same may not be done twice without care.
    assert found.sure is not isinstance(found, TokenSuspected)
    assert found.sure is not telling.release.startswith("22.05")


@pytest.mark.parametrize("name", ["token_expired_db", "token_wrong_name_db"])
def test_a_token_that_accounting_does_not_accept(telling: Recording, name: str) -> None:
    found = problem(telling, name)
    if telling.release.startswith("26.05"):
        # It does not tell the two apart: the connection asks slurmctld.
        assert isinstance(found, AccountingDown)
    else:
        assert isinstance(found, TokenRejected)


def test_no_token(recording: Recording) -> None:
    assert isinstance(problem(recording, "token_none"), TokenRejected)
    assert isinstance(problem(recording, "token_none_db"), TokenRejected)


@pytest.mark.parametrize("name", ["unknown_job", "unknown_job_update", "unknown_node"])
def test_what_is_not_there(recording: Recording, name: str) -> None:
    if name == "unknown_job_update" and without_environment(recording):
        return
    found = problem(recording, name)
    assert isinstance(found, NotFound)
    assert found.name in str(found)


def test_a_path_that_slurmrestd_does_not_serve(recording: Recording) -> None:
    for name in ("unknown_endpoint", "unknown_version", "wrong_method"):
        assert isinstance(problem(recording, name), NoSuchEndpoint)


@pytest.mark.parametrize("name", ["no_slurmctld_jobs", "no_slurmctld_nodes", "no_slurmctld_job"])
def test_slurmctld_is_down(recording: Recording, name: str) -> None:
    # slurmrestd tries for nine seconds before it gives up.
    assert isinstance(problem(recording, name, seconds=9.0), ControllerDown)


def test_a_change_without_slurmctld() -> None:
    body = b'{"errors": [{"error_number": 1000, "error": "Unexpected message received"}]}'
    response = Response(500, "application/json", body, 9.0)
    assert isinstance(failure(response, path="/slurm/v0.0.38/job/5"), ControllerDown)


def test_slurmdbd_is_down(recording: Recording) -> None:
    assert isinstance(problem(recording, "no_slurmdbd_db_qos"), AccountingDown)


def test_partitions_are_there_without_slurmdbd_whatever_the_status(recording: Recording) -> None:
    found = problem(recording, "no_slurmdbd_partitions")
    if recording.minor == 39 or (recording.line, recording.minor) == ((23, 11), 40):
        # They ask slurmdbd before everything.
        assert isinstance(found, AccountingDown)
    else:
        assert found is None


def test_another_users_job(recording: Recording) -> None:
    if without_environment(recording):
        return
    found = problem(recording, "others_job_update")
    assert isinstance(found, PermissionDenied)
    assert found.error_number == 2010


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("submit_partition_unknown", 2000),
        ("submit_account_unknown", 2045),
        ("submit_qos_unknown", 2066),
        ("submit_time_over_limit", 2051),
        ("update_partition_unknown", 2000),
        ("done_job_update", 2084),
    ],
)
def test_slurms_own_words_and_number(recording: Recording, name: str, number: int) -> None:
    if "update" in name and without_environment(recording):
        return
    found = problem(recording, name)
    assert type(found) is Refused
    assert found.error_number == number
    assert found.message.startswith("Slurm refused: ")
    assert found.message.endswith(".")
    assert found.slurm_text


def test_bad_requests_are_refusals(recording: Recording) -> None:
    for name in ("bad_json", "bad_query", "submit_time_unreadable", "update_time_unreadable"):
        assert type(problem(recording, name)) is Refused


def test_whatever_was_asked_successfully_is_no_failure(recording: Recording) -> None:
    good = ("job", "node", "db_", "partition", "reserv", "ping", "diag", "shares")
    # v0.0.40 and v0.0.41 refuse a bare time, which is never sent to them; v0.0.39 is never
    # asked for these.
    newer = ("shares", "script", "state", "unchanged", "submitted", "_all")
    unasked = ("bare", *newer) if recording.minor == 39 else ("bare",)
    names = [
        name
        for name in recording.index
        if name.startswith(good) and not any(word in name for word in unasked)
    ]
    assert len(names) > 25
    assert {name: problem(recording, name) for name in names} == dict.fromkeys(names)


@pytest.mark.parametrize(
    ("status", "content_type", "body", "kind"),
    [
        (200, "text/html", b"<html><title>Log in</title>", UnreadableResponse),
        (302, "text/html", b"", UnreadableResponse),
        (503, "text/html", b"<h1>503</h1>", ControllerDown),
        (200, "application/json", b'{"jobs": [', UnreadableResponse),
        (200, "application/json", b"[1, 2]", UnreadableResponse),
        (500, "application/json", b"{}", Refused),
    ],
)
def test_responses_that_are_not_slurmrestds(
    status: int, content_type: str, body: bytes, kind: type[SlurmError]
) -> None:
    found = failure(Response(status, content_type, body, 0.0), path="/slurm/v0.0.42/jobs/")
    assert isinstance(found, kind)


@pytest.mark.parametrize(("seconds", "kind"), [(0.02, TokenSuspected), (9.0, ControllerDown)])
def test_a_failure_without_a_word(seconds: float, kind: type[SlurmError]) -> None:
    # Of Slurm 24.05, asked for partitions.
    body = b'{"meta": {"slurm": {"release": "24.05.8"}}, "errors": [], "warnings": []}'
    response = Response(500, "application/json", body, seconds)
    assert type(failure(response, path="/slurm/v0.0.41/partitions/")) is kind


def test_upstream_words_are_short_and_on_one_line() -> None:
    body = b"line one\n\x1b[31mline two " + b"x" * 5000
    found = failure(Response(500, "text/plain", body, 0.0), path="/slurm/v0.0.42/jobs/")
    assert found is not None
    assert len(found.slurm_text) <= 500
    assert found.slurm_text.isprintable()


def test_a_token_in_upstream_words_is_not_passed_on() -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdW4iOiJhbGljZSJ9.c2lnbmF0dXJl"
    body = msgspec.json.encode(
        {"errors": [{"error_number": 2078, "error": f"bad X-SLURM-USER-TOKEN: {token}"}]}
    )
    for response in (
        Response(500, "application/json", body, 0.0),
        Response(400, "text/plain", body, 0.0),
        Response(200, "text/html", body, 0.0),
    ):
        found = failure(response, path="/slurm/v0.0.42/jobs/")
        assert found is not None
        assert token not in f"{found.message} {found.advice} {found.slurm_text} {found.source}"


def test_a_response_nested_too_deeply_is_unreadable() -> None:
    for body in (b'{"errors": ' + b"[" * 200_000, b'{"meta": ' + b'{"slurm": ' * 200_000):
        found = failure(Response(200, "application/json", body, 0.0), path="/slurm/v0.0.42/jobs/")
        assert isinstance(found, UnreadableResponse)
