"""Submitting: what is sent, retries, and lost responses."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from jupyter_slurm_rest.slurm import submit as submit_calls
from jupyter_slurm_rest.slurm.errors import (
    InvalidRequest,
    Refused,
    ResponseLost,
    TokenRejected,
    TooLarge,
    Unreachable,
    Unsupported,
)
from jupyter_slurm_rest.slurm.sbatch import Submitter, parse_script
from jupyter_slurm_rest.slurm.transport import Response
from jupyter_slurm_rest.slurm.wire.submit import taken

from .recorded import FIXTURES, Recording
from .scripted import Request, Scripted, Tokens, client_of

_RECORDED = {
    "v0.0.45": Recording(FIXTURES / "26.05.5" / "v0.0.45"),
    "v0.0.38": Recording(FIXTURES / "22.05.8" / "v0.0.38"),
}
_SUBMITTER = Submitter(user="alice", home="/home/alice", directory="/home/alice")
_SCRIPT = "#!/bin/sh\n#SBATCH -J mine\n"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submit_calls, "_PAUSES", (0.0, 0.0))


def json(status: int = 200, **body: Any) -> Response:
    return Response(status, "application/json", msgspec.json.encode(body), 0.0)


class Slurm:
    """A queue behind slurmrestd. ``faults`` say what becomes of each submission."""

    def __init__(self, version: str = "v0.0.45", faults: str = "") -> None:
        self.jobs: dict[int, dict[str, Any]] = {}
        self.late: list[dict[str, Any]] = []
        self.version = version
        self.faults = list(faults.split())
        self.submissions = 0
        self.canceled: list[str] = []
        self.lookups_fail = False

    def client(self) -> tuple[Any, Scripted, Tokens]:
        return client_of(self.reply, self.version)

    def reply(self, request: Request) -> Response:
        if request.path.endswith("/job/submit"):
            return self._submit(request)
        if request.method == "DELETE":
            self.canceled.append(f"{request.path} {request.content!r}")
            return json(status=200, errors=[])
        if "ping" in request.path:
            return _RECORDED[self.version].response("ping")
        if self.lookups_fail:
            raise Unreachable("gone")
        if request.path.rstrip("/").endswith("jobs/state"):
            return json(jobs=[{"job_id": str(job), "state": ["PENDING"]} for job in self.jobs])
        return json(jobs=list(self.jobs.values()))

    def _submit(self, request: Request) -> Response:
        self.submissions += 1
        fault = self.faults.pop(0) if self.faults else ""
        told = msgspec.json.decode(request.content or b"")["job"]
        if fault == "unsent":
            raise ResponseLost("cut")
        if fault == "refused":
            return json(500, errors=[{"error_number": 2000, "description": "Invalid partition"}])
        if fault == "token":
            return json(511, errors=[{"error_number": 1007, "description": "auth"}])
        if fault == "unread":
            return json(200, errors=[], warnings=[{"description": "Expected OpenAPI type=x"}])
        if fault == "slow":
            self.late.append(told)
            raise ResponseLost("cut")
        for job in (told, *self.late):
            self._queue(job)
        self.late = []
        if fault == "unanswered":
            raise ResponseLost("cut")
        last = max(self.jobs)
        if fault == "oddly":
            return json(500, job_id=last, errors=[{"error_number": 2070, "error": "not available"}])
        return json(200, job_id=last - len(self.jobs) + 1, errors=[], warnings=[])

    def _queue(self, told: dict[str, Any]) -> None:
        number = 100 + len(self.jobs)
        self.jobs[number] = {
            "job_id": number,
            "name": told["name"],
            "user_name": "alice",
            "command": (told.get("argv") or [""])[0],
            "comment": told.get("comment", ""),
            "current_working_directory": told["current_working_directory"],
            "submit_time": 2_000_000_000,
        }


@pytest.mark.parametrize("version", ["v0.0.45", "v0.0.38"])
async def test_a_job_whose_response_was_lost_is_found(version: str) -> None:
    slurm = Slurm(version, "unanswered")
    client, _, _ = slurm.client()
    submitted = await client.submit(_SCRIPT, submitter=_SUBMITTER)
    assert (submitted.job_id, submitted.recovered) == (100, True)
    assert slurm.submissions == 1


async def test_a_job_with_a_comment_of_its_own_is_found_where_there_is_no_mark() -> None:
    slurm = Slurm("v0.0.38", "unanswered")
    client, _, _ = slurm.client()
    script = _SCRIPT + "#SBATCH --comment=my-own\n"
    submitted = await client.submit(script, submitter=_SUBMITTER)
    assert (submitted.job_id, submitted.recovered) == (100, True)
    assert slurm.jobs[100]["comment"] == "my-own"


async def test_a_request_that_never_arrived_is_sent_again() -> None:
    slurm = Slurm(faults="unsent unsent")
    client, _, _ = slurm.client()
    submitted = await client.submit(_SCRIPT, submitter=_SUBMITTER)
    assert (submitted.job_id, submitted.recovered) == (100, False)
    assert slurm.submissions == 3
    assert len(slurm.jobs) == 1


async def test_a_request_that_turns_up_late_after_all_is_canceled() -> None:
    slurm = Slurm(faults="slow")
    client, _, _ = slurm.client()
    submitted = await client.submit(_SCRIPT, submitter=_SUBMITTER)
    assert submitted.job_id == 100
    assert len(slurm.jobs) == 2
    assert len(slurm.canceled) == 1
    assert "101" in slurm.canceled[0]


async def test_nothing_is_sent_again_while_slurm_cannot_be_asked() -> None:
    slurm = Slurm(faults="unanswered")
    slurm.lookups_fail = True
    client, _, _ = slurm.client()
    with pytest.raises(ResponseLost, match="is unknown whether") as caught:
        await client.submit(_SCRIPT, submitter=_SUBMITTER)
    assert '"mine"' in str(caught.value)
    assert "queue" in caught.value.advice
    assert slurm.submissions == 1


async def test_jobs_that_cannot_be_told_apart_are_named() -> None:
    slurm = Slurm("v0.0.38", "unanswered")
    client, _, _ = slurm.client()
    script = _SCRIPT + "#SBATCH --comment=same\n"
    for _ in range(2):
        slurm._queue(
            {"name": "mine", "comment": "same", "current_working_directory": "/home/alice"}
        )
    with pytest.raises(ResponseLost, match="one of the jobs 100, 101, 102"):
        await client.submit(script, submitter=_SUBMITTER)
    assert slurm.submissions == 1


async def test_a_refusal_is_final() -> None:
    slurm = Slurm(faults="refused")
    client, _, _ = slurm.client()
    with pytest.raises(Refused, match="Invalid partition") as caught:
        await client.submit(_SCRIPT, submitter=_SUBMITTER)
    assert caught.value.error_number == 2000
    assert slurm.submissions == 1


async def test_a_request_that_slurmrestd_could_not_read_is_no_success() -> None:
    client, _, _ = Slurm(faults="unread").client()
    with pytest.raises(Refused, match="Expected OpenAPI type"):
        await client.submit(_SCRIPT, submitter=_SUBMITTER)


async def test_a_job_id_beside_an_error_is_a_success_with_a_warning() -> None:
    slurm = Slurm(faults="oddly")
    client, _, _ = slurm.client()
    submitted = await client.submit(_SCRIPT, submitter=_SUBMITTER)
    assert (submitted.job_id, submitted.warnings) == (100, ["not available"])
    assert slurm.submissions == 1


async def test_a_rejected_token_is_renewed_once() -> None:
    slurm = Slurm(faults="token")
    client, transport, tokens = slurm.client()
    submitted = await client.submit(_SCRIPT, submitter=_SUBMITTER)
    assert submitted.job_id == 100
    assert tokens.renewals == 1
    assert transport.seen[-1].token == "token-1"
    client, _, tokens = Slurm(faults="token token").client()
    with pytest.raises(TokenRejected):
        await client.submit(_SCRIPT, submitter=_SUBMITTER)
    assert tokens.renewals == 1


async def test_a_token_that_slurmctld_hangs_up_on_is_named() -> None:
    # As before 24.11: writes end so, reads in an error without a number.
    def reply(request: Request) -> Response:
        if request.path.endswith(("ping", "ping/")):
            return _RECORDED["v0.0.38"].response("ping")
        return json(500, errors=[{"error_number": 5005, "description": "Zero Bytes"}])

    client, transport, _ = client_of(reply, "v0.0.38")
    with pytest.raises(TokenRejected, match="token"):
        await client.submit(_SCRIPT, submitter=_SUBMITTER)
    assert sum(seen.method == "POST" for seen in transport.seen) == 1


async def test_what_is_wrong_with_a_script_is_said_before_anything_is_sent() -> None:
    slurm = Slurm()
    client, _, _ = slurm.client()
    for script, options in [("echo", {}), (_SCRIPT, {"time": "abc"}), (_SCRIPT, {"no_such": "1"})]:
        with pytest.raises(InvalidRequest):
            await client.submit(script, options, submitter=_SUBMITTER)
    with pytest.raises(TooLarge, match="60 MB"):
        await client.submit("#!/bin/sh\n" + "x" * 60_000_000, submitter=_SUBMITTER)
    # Sixty million letters, but twice as many bytes.
    with pytest.raises(TooLarge):
        await client.submit("#!/bin/sh\n" + "é" * 30_000_000, submitter=_SUBMITTER)
    assert slurm.submissions == 0


async def test_a_check_tells_what_a_submission_would_tell_and_sends_nothing() -> None:
    slurm = Slurm("v0.0.38")
    client, _, _ = slurm.client()
    warnings = await client.check_submission(_SCRIPT + "#SBATCH -N2 --wait\n", submitter=_SUBMITTER)
    parsed = parse_script(_SCRIPT + "#SBATCH -N2 --wait\n")
    assert await client.check_submission(parsed, submitter=_SUBMITTER) == warnings
    assert len(warnings) == 2
    assert slurm.submissions == 0


async def test_the_clusters_own_name_is_no_other_cluster() -> None:
    slurm = Slurm()
    client, _, _ = slurm.client()
    name = await client.connection.cluster()
    assert name
    for named in (name, name.upper()):
        await client.submit(f"#!/bin/sh\n#SBATCH -M {named}\n", submitter=_SUBMITTER)
    for other in ("other", f"{name},other"):
        with pytest.raises(Unsupported, match="--clusters"):
            await client.submit(f"#!/bin/sh\n#SBATCH -M {other}\n", submitter=_SUBMITTER)
    assert slurm.submissions == 2


def test_slurmrestds_introductions_are_left_out() -> None:
    words = "Job is in held state, pending scheduler release"
    response = json(
        job_id=5,
        warnings=[
            {"description": "HetJob submission resulted in non-zero return code"},
            {"description": f"Job submission resulted in non-zero return code: {words}"},
            {"description": words},
        ],
    )
    found = taken(response, 1)
    assert found is not None
    assert found.warnings == [words]


async def test_a_lost_job_is_found_in_a_long_queue_without_listing_it() -> None:
    slurm = Slurm(faults="unanswered")
    asked: list[int] = []
    whole: list[str] = []
    others = range(400_000, 408_000)

    def reply(request: Request) -> Response:
        path = request.path.rstrip("/")
        if path.endswith("/diag"):
            return json(statistics={"jobs_pending": len(others), "jobs_running": 0})
        if path.endswith("jobs/state"):
            numbers = [int(one) for one in request.params.get("job_id", ())]  # type: ignore[union-attr]
            asked.append(len(numbers))
            there = [one for one in numbers if one in others or one - 408_000 + 100 in slurm.jobs]
            return json(jobs=[{"job_id": str(one), "state": ["PENDING"]} for one in there])
        if path.endswith("/jobs"):
            whole.append(path)
        number = path.rpartition("/")[2]
        if number.isdigit():
            job = slurm.jobs.get(int(number) - 408_000 + 100, {"name": "other"})
            return json(jobs=[{**job, "job_id": int(number)}])
        return slurm.reply(request)

    client, _, _ = client_of(reply, slurm.version)
    submitted = await client.submit(_SCRIPT, submitter=_SUBMITTER)
    assert (submitted.job_id, submitted.recovered) == (408_000, True)
    assert slurm.submissions == 1
    assert not whole
    assert 0 < min(asked) <= max(asked) <= 1_000
