"""Ending and signalling one job at a time, for versions that cannot do it together."""

from __future__ import annotations

from typing import NamedTuple

from jupyter_slurm_rest.slurm.dialects.actions import KillAnswer
from jupyter_slurm_rest.slurm.dialects.base import Dialect
from jupyter_slurm_rest.slurm.dialects.envelope import decode
from jupyter_slurm_rest.slurm.errors import NotFound, SlurmError, Unsupported
from jupyter_slurm_rest.slurm.jobids import JobId
from jupyter_slurm_rest.slurm.models import ActionResult, Job
from jupyter_slurm_rest.slurm.transport import segment

from .accounting import AccountingCalls
from .results import FINISHED, WHERE_LIVE, is_over, judge, refused, stranding

#: What v0.0.39 and newer say of a job that had finished.
_ALREADY_SENT = "Job was already sent signal"
#: The last version that takes tasks of an array apart in a path.
_READS_TASKS = "v0.0.38"
#: Signals that end a job which waits.
ENDING = ("", "KILL", "9")


class Target(NamedTuple):
    """A job as one API version names it in a path; no version: the one in use."""

    id: str
    version: str = ""


class OneByOneCalls(AccountingCalls):
    """What :class:`ActionCalls` and cancelling by filter stand on."""

    async def _kill_one(self, one: JobId, signal: str, done: str, dialect: Dialect) -> ActionResult:
        name = str(one)
        try:
            target = await self._safe_target(one, dialect)
            jobs = await self._known(one)
            # Here Slurm says the same of a job that ends and of one that had ended, and of
            # one that had ended that a signal was sent.
            if jobs and all(map(is_over, jobs)):
                return ActionResult(id=name, ok=True, message=FINISHED)
            if signal in ENDING and jobs and jobs[0].het_offset and jobs[0].state == "PENDING":
                return stranding(name, jobs[0].het_job_id)
            return await self._deliver(one, target, signal, done, dialect)
        except SlurmError as problem:
            return refused(name, problem)

    async def _deliver(
        self, one: JobId, target: Target, signal: str, done: str, dialect: Dialect
    ) -> ActionResult:
        """Send ``signal`` to ``target``, which is ``one`` as this version understands it."""
        name = str(one)
        response = await self.connection.send(
            "DELETE",
            "slurm",
            f"job/{segment(target.id)}",
            {"signal": signal} if signal else None,
            wanted=("job", name),
            twice_is_once=not signal,
            version=target.version,
        )
        if response.status == 304:
            return ActionResult(id=name, ok=True, message=FINISHED)
        found = decode(response.body, KillAnswer)
        if any(warning.words.startswith(_ALREADY_SENT) for warning in found.warnings or []):
            # Perhaps only a part of it.
            return ActionResult(id=name, ok=True, message=f"{done}{WHERE_LIVE}")
        told = found.status or []
        if told:
            # There is one job only: whatever is told is about it.
            return judge(name, told[0].code, told[0].words, done)
        if dialect.capabilities.silent_refusals and not signal:
            jobs = await self._known(one)
            if not (jobs and all(map(is_over, jobs))):
                words = "Slurm took the request, but the job is still there."
                return ActionResult(id=name, ok=False, message=words)
        return ActionResult(id=name, ok=True, message=done)

    async def _known(self, one: JobId) -> list[Job]:
        """What slurmctld still has of the job; first the record that ``one`` names.

        Its number alone also stands for all other tasks of an array, and components.
        """
        try:
            if one.tasks or one.waiting or one.het is not None:
                return [await self.job(str(one))]
            rows = await self.records_of(one)
        except NotFound:
            # Its array may still have it among the tasks to come: let Slurm say.
            return []
        named = one.among(rows)
        if named is None:
            return []
        others = [row for row in rows if one.job in (row.array_job_id, row.het_job_id)]
        return [named, *(row for row in others if row is not named)]

    async def _safe_target(self, one: JobId, dialect: Dialect) -> Target:
        """Where to send so that nothing but ``one`` is hit.

        From 23.02 to 24.05 slurmrestd looks only at the digits before ``_`` or ``+`` of
        the path and cancels the whole: there a started task or a component goes by its own
        number, and tasks to come through the older version, where that is served.
        """
        if not dialect.capabilities.only_digits_read:
            return Target(str(one))
        try:
            return Target(await self.own_number(one))
        except Unsupported:
            if not await self.connection.also(_READS_TASKS, though_pinned=True):
                raise
        return Target(str(one), _READS_TASKS)

    async def own_number(self, one: JobId) -> str:
        """``one`` in digits alone: a started task or a component by its record's number.

        Raises :exc:`Unsupported` for tasks that have none, or share it with their array.
        """
        if one.het is not None:
            job = await self.job(str(one))
            if (job.het_job_id, job.het_offset) != (one.job, one.het):
                raise NotFound("job", str(one))
            return str(job.job_id)
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
