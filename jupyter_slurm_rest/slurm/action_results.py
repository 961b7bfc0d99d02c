"""Results of actions on jobs, from Slurm's responses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from jupyter_slurm_rest.slurm.models.job_id import JobId, parse_job_id
from jupyter_slurm_rest.slurm.wire.actions import KillStatus
from jupyter_slurm_rest.slurm.wire.envelope import number
from jupyter_slurm_rest.slurm.wire.states import FINISHED_STATES

from .errors import (
    InvalidRequest,
    NotFound,
    PermissionDenied,
    Refused,
    SlurmError,
    Unsupported,
    shorten,
)
from .models import ActionResult, Job

#: Slurm's number for a job that is completing or completed already.
_ALREADY_DONE = 2021
_TRANSITION = 2020
NO_SUCH_JOB = 2017
_NOT_WHOLE_HET_JOB = 2108
FINISHED = "had already finished"
WHERE_LIVE = ", where it had not finished"


async def each(
    ids: Iterable[str | int], act: Callable[[list[JobId]], Awaitable[list[ActionResult]]]
) -> list[ActionResult]:
    """The results of ``act`` for each of ``ids``, in their order; invalid ids fail by
    themselves.
    """
    written = [str(one) for one in ids]
    found: dict[str, JobId] = {}
    failed: dict[str, ActionResult] = {}
    for name in written:
        try:
            found[name] = parse_job_id(name)
        except InvalidRequest as problem:
            failed[name] = ActionResult(id=name, ok=False, message=problem.message)
    distinct = list(dict.fromkeys(found.values()))
    results = dict(zip(distinct, await act(distinct), strict=True)) if distinct else {}
    return [failed[name] if name in failed else results[found[name]] for name in written]


def is_over(job: Job) -> bool:
    """Whether it has ended or is completing."""
    return job.state in FINISHED_STATES or "COMPLETING" in job.flags


def stranding(name: str, whole: int | None) -> ActionResult:
    """The error for canceling one component of a pending job, which scancel also refuses."""
    return ActionResult(
        id=name,
        ok=False,
        message="This is one component of a pending heterogeneous job, which can only be"
        f" canceled as a whole: cancel {whole or 'the whole job'}.",
        error_number=_NOT_WHOLE_HET_JOB,
    )


def killed(one: JobId, statuses: list[KillStatus], done: str) -> ActionResult:
    """The result for ``one`` according to ``statuses``; Slurm lists mostly failures."""
    name = str(one)
    if one.het is None and any(_component(entry, one) for entry in statuses):
        # Slurm says "already done" of the whole when one component was.
        failed = [
            entry for entry in statuses if _component(entry, one) and entry.code != _ALREADY_DONE
        ]
        if not failed:
            return ActionResult(id=name, ok=True, message=f"{done}{WHERE_LIVE}")
        return action_result(name, failed[0].code, failed[0].words, done)
    exact = [entry for entry in statuses if _same(entry, one)]
    return (
        action_result(name, exact[0].code, exact[0].words, done)
        if exact
        else ActionResult(id=name, ok=True, message=done)
    )


def finished_records(one: JobId, statuses: list[KillStatus]) -> set[int]:
    """The numbers of those records of ``one`` that had finished, by ``statuses``."""
    return {
        number(entry.job_id) or 0
        for entry in statuses
        if entry.code == _ALREADY_DONE and _record(entry) == one.job
    }


def _record(entry: KillStatus) -> int:
    try:
        return parse_job_id(entry.step_id or "").job
    except InvalidRequest:
        return 0


def _same(entry: KillStatus, one: JobId) -> bool:
    try:
        return parse_job_id(entry.step_id or "") == one
    except InvalidRequest:
        return False


def _component(entry: KillStatus, whole: JobId) -> bool:
    return str(entry.step_id or "").startswith(f"{whole.job}+")


def action_result(name: str, code: int, words: str, done: str) -> ActionResult:
    """A result from Slurm's number (0 for success) and words."""
    if code == 0:
        return ActionResult(id=name, ok=True, message=done)
    if code == _ALREADY_DONE:
        return ActionResult(id=name, ok=True, message=FINISHED)
    if code == _NOT_WHOLE_HET_JOB:
        return stranding(name, None)
    if code == _TRANSITION:
        words = (
            "The job is not running, or its state is changing. Only running jobs can"
            " receive signals."
        )
    return ActionResult(id=name, ok=False, message=shorten(words), error_number=code)


def refused(name: str, problem: SlurmError) -> ActionResult:
    """A result from an error of Slurm; other errors are raised again."""
    if not isinstance(problem, (NotFound, PermissionDenied, Refused, Unsupported)):
        # Slurm could not be reached or did not respond: this is not about one job.
        raise problem
    code = problem.error_number
    if code is None and isinstance(problem, NotFound):
        code = NO_SUCH_JOB
    if code in (_ALREADY_DONE, _TRANSITION, _NOT_WHOLE_HET_JOB):
        return action_result(name, code, problem.message, "")
    words = f"{problem.message} {problem.advice}".strip()
    return ActionResult(id=name, ok=False, message=words, error_number=code)
