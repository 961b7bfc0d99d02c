"""Answers to a submission, and the rows that a lost one is looked for in."""

from __future__ import annotations

import re

import msgspec

from jupyter_slurm_rest.slurm.errors import Refused, SlurmError, UnreadableAnswer, shorten
from jupyter_slurm_rest.slurm.models import Submitted
from jupyter_slurm_rest.slurm.transport import Answer

from .envelope import Envelope, decode
from .values import Number, Text, number, text

#: What slurmrestd says before, or beside, slurmctld's own words.
_INTRODUCTION = re.compile(r"(?:HetJ|J)ob submission resulted in non-zero return code(?:: |\Z)")


class _Result(msgspec.Struct):
    job_id: Number = None
    job_submit_user_msg: Text = None


class SubmitAnswer(Envelope):
    """``POST job/submit``; v0.0.39-41 repeat the answer within ``result``."""

    job_id: Number = None
    job_submit_user_msg: Text = None
    result: _Result | None = None


class QueuedRow(msgspec.Struct):
    """As much of a job as tells whether it is the one that was submitted."""

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
        """The id that a submission is answered with: of an array, that of the whole."""
        return number(self.array_job_id) or number(self.job_id) or 0

    @property
    def submitted_at(self) -> int:
        return number(self.submit_time) or 0


class QueuedRows(Envelope):
    jobs: list[QueuedRow] | None = None


def taken(answer: Answer, components: int) -> Submitted | None:
    """The submission, if Slurm took it: any answer with a job id, whatever its status.

    Slurm also reports what is no refusal among ``errors`` (22.05, 23.02: the job is
    held, its partition is down), some of it with status 500.
    """
    if answer.content_type != "application/json":
        return None
    try:
        told = decode(answer.body, SubmitAnswer)
    except UnreadableAnswer:
        return None
    result = told.result or _Result()
    job_id = number(told.job_id) or number(result.job_id)
    if not job_id:
        return None
    said = [problem.words for problem in [*(told.errors or []), *(told.warnings or [])]]
    messages = [text(told.job_submit_user_msg) or text(result.job_submit_user_msg), *said]
    return Submitted(
        job_id=job_id,
        # slurmctld numbers the components of a heterogeneous job consecutively.
        job_ids=[job_id + offset for offset in range(components)],
        warnings=_without_repetition(messages),
    )


def not_taken(answer: Answer) -> SlurmError:
    """What an answer without errors and without a job id means.

    slurmrestd 24.11 so answers a request that it could not read: in warnings.
    """
    try:
        told = decode(answer.body, SubmitAnswer)
    except UnreadableAnswer as problem:
        return problem
    words = shorten("; ".join(warning.words for warning in told.warnings or []))
    return Refused(f"Slurm took no job: {words or 'it does not say why'}", slurm_text=words)


def _without_repetition(messages: list[str]) -> list[str]:
    """Slurm says things twice, once behind an introduction."""
    short = [shorten(_INTRODUCTION.sub("", message)) for message in messages]
    return list(dict.fromkeys(message for message in short if message))
