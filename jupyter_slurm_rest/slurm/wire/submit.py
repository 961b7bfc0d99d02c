"""Submissions as each family of API versions takes them, and the responses."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import Any

import msgspec

from jupyter_slurm_rest.slurm.errors import (
    InvalidRequest,
    Refused,
    SlurmError,
    UnreadableResponse,
    Unsupported,
    shorten,
)
from jupyter_slurm_rest.slurm.models import Submitted
from jupyter_slurm_rest.slurm.sbatch.environment import job_environment
from jupyter_slurm_rest.slurm.sbatch.jobspec import JobSpec, Submitter
from jupyter_slurm_rest.slurm.sbatch.resolve import resolve
from jupyter_slurm_rest.slurm.transport import Response

from . import submit_v0037, submit_v0039
from .envelope import Envelope, Number, Text, decode, number, text
from .version import Capabilities, api_version

_TAG = re.compile(r"#?jsr-[0-9a-f]{16}$")


def new_tag() -> str:
    """A tag that no other job has."""
    return f"jsr-{secrets.token_hex(8)}"


def without_tag(text: str) -> str:
    """A job's command or comment as the user knows it."""
    return _TAG.sub("", text)


#: What slurmrestd says before, or beside, slurmctld's own words.
_INTRODUCTION = re.compile(r"(?:HetJ|J)ob submission resulted in non-zero return code(?:: |\Z)")


class _Result(msgspec.Struct):
    job_id: Number = None
    job_submit_user_msg: Text = None


class SubmitResponse(Envelope):
    """``POST job/submit``; v0.0.39-41 repeat the response within ``result``."""

    job_id: Number = None
    job_submit_user_msg: Text = None
    result: _Result | None = None


class QueuedRow(msgspec.Struct):
    """The fields of a job that are needed to recognize a submission."""

    job_id: Number = None
    array_job_id: Number = None
    user_name: Text = None
    name: Text = None
    comment: Text = None
    command: Text = None
    current_working_directory: Text = None
    submit_time: Number = None
    het_job_offset: Number = None

    @property
    def told_id(self) -> int:
        """The id that the response to its submission has: of an array, the array's."""
        return number(self.array_job_id) or number(self.job_id) or 0

    @property
    def submitted_at(self) -> int:
        return number(self.submit_time) or 0


class QueuedRows(Envelope):
    jobs: list[QueuedRow] | None = None


def taken(response: Response, components: int) -> Submitted | None:
    """The submission, if Slurm accepted it: any response with a job id, whatever its status.

    Slurm also reports among ``errors`` what is not a refusal (22.05, 23.02: the job is
    held, its partition is down), some of it with status 500.
    """
    if response.content_type != "application/json":
        return None
    try:
        decoded = decode(response.body, SubmitResponse)
    except UnreadableResponse:
        return None
    result = decoded.result or _Result()
    job_id = number(decoded.job_id) or number(result.job_id)
    if not job_id:
        return None
    words = [problem.words for problem in [*(decoded.errors or []), *(decoded.warnings or [])]]
    messages = [text(decoded.job_submit_user_msg) or text(result.job_submit_user_msg), *words]
    return Submitted(
        job_id=job_id,
        # slurmctld numbers the components of a heterogeneous job consecutively.
        job_ids=[job_id + offset for offset in range(components)],
        warnings=_without_repetition(messages),
    )


def not_taken(response: Response) -> SlurmError:
    """The error for a response without errors and without a job id.

    This is how slurmrestd 24.11 responds to a request that it could not read: with
    warnings.
    """
    try:
        decoded = decode(response.body, SubmitResponse)
    except UnreadableResponse as problem:
        return problem
    words = shorten("; ".join(warning.words for warning in decoded.warnings or []))
    return Refused(f"Slurm rejected the job: {words or 'no reason given'}", slurm_text=words)


def _without_repetition(messages: list[str]) -> list[str]:
    """Slurm says things twice, once behind an introduction."""
    short = [shorten(_INTRODUCTION.sub("", message)) for message in messages]
    return list(dict.fromkeys(message for message in short if message))


class Encoded(msgspec.Struct, frozen=True):
    """The body of ``POST job/submit`` and warnings for the user."""

    body: bytes
    warnings: list[str]


def _refuse_not_submitting(spec: JobSpec, api_version: str) -> None:
    """Options that no API version has, or that would not submit what was asked."""
    if spec.test_only:
        raise InvalidRequest(
            "test_only",
            "--test-only tells sbatch not to submit the job.",
            advice="Remove it to submit the job. To check a script, use validation instead.",
        )
    for field in ("uid", "gid"):
        if getattr(spec, field) is not None:
            raise InvalidRequest(
                field, f"--{field} is only for root. A job runs as the user whose token submits it."
            )
    for option, _ in spec.items():
        if option.unsupported is not None:
            raise Unsupported(f"--{option.name}", api_version, advice=option.unsupported)


def _refuse_what_others_take(spec: JobSpec, can: Capabilities) -> None:
    """Options that only other API versions have."""
    for option, _ in spec.items():
        first, last = option.api, option.last_api
        if can.speaks(first, last):
            continue
        only = f"It can only be sent through {api_version(first)}." if first == last else ""
        needs = "" if only else f"{api_version(first)} or newer"
        raise Unsupported(f"--{option.name}", can.version, needs=needs, advice=only)


def _remarks(spec: JobSpec) -> list[str]:
    return [
        f"--{option.name} affects only the sbatch command and has no effect here."
        for option, _ in spec.items()
        if option.ignored
    ]


def encode(
    specs: Sequence[JobSpec],
    script: str,
    can: Capabilities,
    submitter: Submitter,
    *,
    tag: str = "",
) -> Encoded:
    """The request body for one job, or for the components of a heterogeneous one.

    ``tag`` makes the job findable: see :func:`without_tag`. Raises :exc:`Unsupported` for
    an option that the version or release cannot carry and :exc:`InvalidRequest` for options
    that contradict each other; nothing is left out silently.
    """
    rules = can.submission
    for spec in specs:
        _refuse_not_submitting(spec, can.version)
    requests = [resolve(spec, submitter, rules) for spec in specs]
    for request in requests:
        _refuse_what_others_take(request.spec, can)
    environments = job_environment(requests, submitter, rules)
    family = submit_v0037 if rules.in_words else submit_v0039
    jobs: list[dict[str, Any]] = [
        family.job(request, variables, can)
        for request, variables in zip(requests, environments, strict=True)
    ]
    family.put_tag(jobs[0], tag, submitter)
    body = family.body(jobs, script, can)
    warnings = [text for request in requests for text in request.warnings]
    for spec in specs:
        warnings += _remarks(spec)
    return Encoded(msgspec.json.encode(body), warnings)
