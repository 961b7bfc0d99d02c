"""Ending and signalling jobs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from jupyter_slurm_rest.slurm.dialects.actions import KillAnswer, KillStatus
from jupyter_slurm_rest.slurm.dialects.base import Dialect
from jupyter_slurm_rest.slurm.dialects.envelope import decode
from jupyter_slurm_rest.slurm.dialects.states import FINISHED_STATES
from jupyter_slurm_rest.slurm.errors import (
    AccountingDown,
    AccountingMissing,
    InvalidRequest,
    NoSuchEndpoint,
    NotFound,
    PermissionDenied,
    Refused,
    SlurmError,
    Unsupported,
    shorten,
)
from jupyter_slurm_rest.slurm.jobids import JobId, parse_job_id
from jupyter_slurm_rest.slurm.models import ActionResult
from jupyter_slurm_rest.slurm.transport import segment

from .accounting import AccountingCalls

#: Slurm's number for a job that is completing or completed already.
_ALREADY_DONE = 2021
_TRANSITION = 2020
_NO_SUCH_JOB = 2017
_SIGNAL = re.compile(r"(?:SIG)?([A-Z]{2,9}\d{0,2})|(\d{1,2})", re.IGNORECASE)
_FINISHED = "had already finished"


class ActionCalls(AccountingCalls):
    """Doing something to jobs; every call gives one result per job, in their order."""

    async def cancel(self, ids: Iterable[str | int], *, signal: str = "") -> list[ActionResult]:
        """Cancel jobs, array tasks (``123_4``, ``123_[5-9]``) or components (``123+1``).

        Cancelling what has finished succeeds and says so. With ``signal`` it is sent
        instead (see :meth:`signal`).
        """
        return await self._kill([parse_job_id(one) for one in ids], signal, "cancelled")

    async def signal(self, ids: Iterable[str | int], signal: str) -> list[ActionResult]:
        """Send ``signal`` (``USR1``, ``SIGTERM``, ``12``) to running jobs.

        It reaches the batch script and every step, as ``scancel --full --signal`` does.
        """
        match = _SIGNAL.fullmatch(signal.strip())
        if match is None:
            raise InvalidRequest(
                "signal", f"{shorten(signal, 40)!r} is no signal: write a name such as USR1."
            )
        name = (match[1] or match[2]).upper()
        return await self._kill([parse_job_id(one) for one in ids], name, f"signal {name} sent")

    async def _kill(self, ids: list[JobId], signal: str, done: str) -> list[ActionResult]:
        results = await self._kill_all(ids, signal, done) if ids else []
        if signal:
            return results
        return [
            await self._unless_ended(one, result) for one, result in zip(ids, results, strict=True)
        ]

    async def _unless_ended(self, one: JobId, result: ActionResult) -> ActionResult:
        """``result``, or success for a job that only accounting remembers as finished."""
        if result.error_number != _NO_SUCH_JOB:
            return result
        try:
            job = await self.accounting_job(str(one))
        except (NotFound, AccountingDown, AccountingMissing):
            return result
        ended = job.state in FINISHED_STATES
        return ActionResult(id=result.id, ok=True, message=_FINISHED) if ended else result

    async def _kill_all(self, ids: list[JobId], signal: str, done: str) -> list[ActionResult]:
        dialect = await self.dialect()
        if dialect.capabilities.jobs_killed_together:
            try:
                return await self._kill_together(ids, signal, done)
            except NoSuchEndpoint:
                # Slurm 23.11 before 23.11.6.
                pass
        return [await self._kill_one(one, signal, done, dialect) for one in ids]

    async def _kill_together(self, ids: list[JobId], signal: str, done: str) -> list[ActionResult]:
        body: dict[str, object] = {"jobs": [str(one) for one in ids], "flags": ["VERBOSE"]}
        if signal:
            # Up to v0.0.38 that is the only way.
            body |= {"signal": signal, "flags": ["VERBOSE", "FULL_JOB"]}
        answer = await self.connection.send(
            "DELETE", "slurm", "jobs/", body=body, twice_is_once=not signal
        )
        told = decode(answer.body, KillAnswer).status or []
        return [_result(one, told, done) for one in ids]

    async def _kill_one(self, one: JobId, signal: str, done: str, dialect: Dialect) -> ActionResult:
        name = str(one)
        try:
            target = await self._safe_target(one, dialect)
            # Here Slurm says the same of a job that ends and of one that had ended.
            if not signal and await self._has_finished(name):
                return ActionResult(id=name, ok=True, message=_FINISHED)
            return await self._deliver(name, target, signal, done, dialect)
        except SlurmError as problem:
            return refused(name, problem)

    async def _deliver(
        self, name: str, target: str, signal: str, done: str, dialect: Dialect
    ) -> ActionResult:
        """Send ``signal`` to ``target``, which is ``name`` as this version understands it."""
        answer = await self.connection.send(
            "DELETE",
            "slurm",
            f"job/{segment(target)}",
            {"signal": signal} if signal else None,
            wanted=("job", name),
            twice_is_once=not signal,
        )
        if answer.status == 304:
            return ActionResult(id=name, ok=True, message=_FINISHED)
        told = decode(answer.body, KillAnswer).status or []
        if told:
            # There is one job only: whatever is told is about it.
            return judge(name, told[0].code, told[0].words, done)
        if dialect.capabilities.silent_refusals and not (signal or await self._has_finished(name)):
            return ActionResult(
                id=name, ok=False, message="Slurm took the request, but the job is still there."
            )
        return ActionResult(id=name, ok=True, message=done)

    async def _has_finished(self, name: str) -> bool:
        """Whether slurmctld still has the job, finished or about to be."""
        try:
            job = await self.job(name)
        except NotFound:
            # Its array may still have it among the tasks to come: let Slurm say.
            return False
        return job.state in FINISHED_STATES or "COMPLETING" in job.flags

    async def _safe_target(self, one: JobId, dialect: Dialect) -> str:
        """The id to send so that nothing but ``one`` is hit.

        From 23.02 to 24.05 slurmrestd looks only at the digits before ``_`` of the path
        and cancels the whole array: there a started task goes by its own number.
        """
        return await self.own_number(one) if dialect.capabilities.task_ids_misread else str(one)

    async def own_number(self, one: JobId) -> str:
        """``one`` without ``_``: a started task by the number of its own record.

        Raises :exc:`Unsupported` for tasks that have none, or share it with their array.
        """
        if not one.tasks:
            return str(one)
        if one.one_task is not None:
            job = await self.job(str(one))
            if job.array_task_id == one.one_task and job.job_id != job.array_job_id:
                return str(job.job_id)
        raise Unsupported(
            "Acting on this task of an array apart from the others",
            (await self.dialect()).version,
            advice="Act on the whole array, or use Slurm's own commands.",
        )


def _result(one: JobId, told: list[KillStatus], done: str) -> ActionResult:
    """What ``told`` says about ``one``; Slurm is silent about what went well."""
    name = str(one)
    if one.het is None and any(_component(entry, one) for entry in told):
        # Slurm says "already done" of the whole when one component was.
        failed = [entry for entry in told if _component(entry, one) and entry.code != _ALREADY_DONE]
        if not failed:
            return ActionResult(id=name, ok=True, message=f"{done}, where it had not finished")
        return judge(name, failed[0].code, failed[0].words, done)
    exact = [entry for entry in told if _same(entry, one)]
    return (
        judge(name, exact[0].code, exact[0].words, done)
        if exact
        else ActionResult(id=name, ok=True, message=done)
    )


def _same(entry: KillStatus, one: JobId) -> bool:
    try:
        return parse_job_id(entry.step_id or "") == one
    except InvalidRequest:
        return False


def _component(entry: KillStatus, whole: JobId) -> bool:
    return str(entry.step_id or "").startswith(f"{whole.job}+")


def judge(name: str, code: int, words: str, done: str) -> ActionResult:
    """A result from Slurm's number (0 for success) and words."""
    if code == 0:
        return ActionResult(id=name, ok=True, message=done)
    if code == _ALREADY_DONE:
        return ActionResult(id=name, ok=True, message=_FINISHED)
    if code == _TRANSITION:
        words = "It is not running, or is changing its state: signals reach running jobs only."
    return ActionResult(id=name, ok=False, message=shorten(words), error_number=code)


def refused(name: str, problem: SlurmError) -> ActionResult:
    """A result from Slurm's refusal; whatever else went wrong is raised again."""
    if not isinstance(problem, (NotFound, PermissionDenied, Refused, Unsupported)):
        # Slurm was not reached, or did not answer: nobody's job was judged.
        raise problem
    code = problem.error_number
    if code in (_ALREADY_DONE, _TRANSITION):
        return judge(name, code, problem.message, "")
    words = f"{problem.message} {problem.advice}".strip()
    return ActionResult(id=name, ok=False, message=words, error_number=code)
