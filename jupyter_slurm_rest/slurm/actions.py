"""Cancel and signal jobs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from jupyter_slurm_rest.slurm.models import ActionResult, Job
from jupyter_slurm_rest.slurm.models.job_id import JobId, known_ranges
from jupyter_slurm_rest.slurm.wire.actions import KillResponse, KillStatus
from jupyter_slurm_rest.slurm.wire.dialect import Dialect
from jupyter_slurm_rest.slurm.wire.envelope import decode
from jupyter_slurm_rest.slurm.wire.states import FINISHED_STATES
from jupyter_slurm_rest.slurm.wire.version import READS_TASKS

from .accounting import AccountingCalls
from .action_results import (
    FINISHED,
    NO_SUCH_JOB,
    WHERE_LIVE,
    action_result,
    each,
    finished_records,
    is_over,
    killed,
    refused,
    stranding,
)
from .errors import (
    AccountingDown,
    AccountingMissing,
    InvalidRequest,
    NoSuchEndpoint,
    NotFound,
    SlurmError,
    Unsupported,
    shorten,
)
from .jobs import JobCalls
from .session import Calls, Connection, in_one_version
from .transport import segment

#: The error of v0.0.39 and newer for a job that had finished.
_ALREADY_SENT = "Job was already sent signal"
#: Signals that end a pending job.
ENDING = ("", "KILL", "9")


class Target(NamedTuple):
    """A job as one API version names it in a path; no version: the one in use."""

    id: str
    version: str = ""


class SingleJobCalls(Calls):
    """The basis of :class:`ActionCalls` and of canceling by filter."""

    def __init__(self, connection: Connection, jobs: JobCalls) -> None:
        super().__init__(connection)
        self._jobs = jobs

    async def kill_one(self, one: JobId, signal: str, done: str, dialect: Dialect) -> ActionResult:
        name = str(one)
        try:
            target = await self.safe_target(one, dialect)
            jobs = await self._known(one)
            # Here Slurm's response does not distinguish a job that ends now from one that
            # had ended, and it reports a signal as sent even to the latter.
            if jobs and all(map(is_over, jobs)):
                return ActionResult(id=name, ok=True, message=FINISHED)
            if signal in ENDING and jobs and jobs[0].het_offset and jobs[0].state == "PENDING":
                return stranding(name, jobs[0].het_job_id)
            return await self.deliver(one, target, signal, done, dialect)
        except SlurmError as problem:
            return refused(name, problem)

    async def deliver(
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
        found = decode(response.body, KillResponse)
        if any(warning.words.startswith(_ALREADY_SENT) for warning in found.warnings or []):
            # Perhaps only a part of it.
            return ActionResult(id=name, ok=True, message=f"{done}{WHERE_LIVE}")
        statuses = found.status or []
        if statuses:
            # There is only one job, so all entries are about it.
            return action_result(name, statuses[0].code, statuses[0].words, done)
        if dialect.capabilities.silent_refusals and not signal:
            jobs = await self._known(one)
            if not (jobs and all(map(is_over, jobs))):
                words = "Slurm accepted the request, but the job still exists."
                return ActionResult(id=name, ok=False, message=words)
        return ActionResult(id=name, ok=True, message=done)

    async def _known(self, one: JobId) -> list[Job]:
        """The records of the job that slurmctld still has, starting with that of ``one``.

        Its number alone also stands for all other tasks of an array, and components.
        """
        try:
            if one.tasks or one.waiting or one.het is not None:
                return [await self._jobs.job(str(one))]
            rows = await self._jobs.records_of(one)
        except NotFound:
            # It may still be one of the pending tasks of its array: leave it to Slurm.
            return []
        named = one.among(rows)
        if named is None:
            return []
        others = [row for row in rows if one.job in (row.array_job_id, row.het_job_id)]
        return [named, *(row for row in others if row is not named)]

    async def safe_target(self, one: JobId, dialect: Dialect) -> Target:
        """Where to send the request so that it affects only ``one``.

        From 23.02 to 24.05 slurmrestd looks only at the digits before ``_`` or ``+`` of the
        path and cancels the whole: so a started task or a component is addressed by its own
        id, and pending tasks through the older version, if it is served.
        """
        if not dialect.capabilities.only_digits_read:
            return Target(str(one))
        try:
            return Target(await self.own_number(one))
        except Unsupported:
            if not await self.connection.also(READS_TASKS, though_pinned=True):
                raise
        return Target(str(one), READS_TASKS)

    @in_one_version
    async def own_number(self, one: JobId) -> str:
        """``one`` as digits only: a started task or a component by the id of its record.

        Raises :exc:`Unsupported` for tasks that have none, or share it with their array.
        """
        if one.het is not None:
            job = await self._jobs.job(str(one))
            if (job.het_job_id, job.het_offset) != (one.job, one.het):
                raise NotFound("job", str(one))
            return str(job.job_id)
        if not one.tasks:
            return str(one)
        if one.one_task is not None:
            job = await self._jobs.job(str(one))
            if job.array_task_id == one.one_task and job.job_id != job.array_job_id:
                return str(job.job_id)
        raise Unsupported(
            "Changing a single task of this array",
            (await self.dialect()).version,
            advice="Change the whole array, or use Slurm's commands.",
        )


#: Fields of a kill request besides the ids.
Flags = tuple[str, ...]
_SIGNAL = re.compile(r"(?:SIG)?([A-Z]{2,9}\d{0,2})|(\d{1,2})", re.IGNORECASE)
#: Ids in one question for states.
_STATES_AT_ONCE = 1_000
#: The maximum number of parts in which Slurm lists an array's pending tasks, about 20 tasks
#: each.
_MOST_PIECES = 1_000


class ActionCalls(Calls):
    """Actions on jobs; every call returns one result per job, in their order."""

    def __init__(
        self,
        connection: Connection,
        jobs: JobCalls,
        accounting: AccountingCalls,
        single: SingleJobCalls,
    ) -> None:
        super().__init__(connection)
        self._jobs = jobs
        self._accounting = accounting
        self._single = single

    @in_one_version
    async def cancel(
        self, ids: Iterable[str | int], *, signal: str = "", cron: bool = False
    ) -> list[ActionResult]:
        """Cancel jobs, array tasks (``123_4``, ``123_[5-9]``) or components (``123+1``).

        Canceling a finished job succeeds, with a message. ``signal`` sends that signal instead
        (see :meth:`signal`). Jobs from scrontab may need ``cron``, which also disables their
        line in scrontab.
        """
        flags = ("CRON_JOBS",) if cron else ()
        return await each(ids, lambda found: self._kill(found, signal, "canceled", flags))

    @in_one_version
    async def signal(self, ids: Iterable[str | int], signal: str) -> list[ActionResult]:
        """Send ``signal`` (``USR1``, ``SIGTERM``, ``12``) to running jobs.

        It is sent to the batch script and all steps, as with ``scancel --full --signal``.
        """
        match = _SIGNAL.fullmatch(signal.strip())
        if match is None:
            raise InvalidRequest(
                "signal", f"{shorten(signal, 40)!r} is not a signal. Use a name such as USR1."
            )
        name = (match[1] or match[2]).upper()
        return await each(ids, lambda found: self._kill(found, name, f"signal {name} sent"))

    async def _kill(
        self, ids: list[JobId], signal: str, done: str, flags: Flags = ()
    ) -> list[ActionResult]:
        known = {one: await self._kill_waiting(one, signal, done) for one in ids if one.waiting}
        rest = [one for one in ids if one not in known]
        if rest:
            known.update(zip(rest, await self._kill_all(rest, signal, done, flags), strict=True))
        if signal:
            return [_signaled(known[one]) for one in ids]
        return [await self._unless_ended(one, known[one]) for one in ids]

    async def _kill_waiting(self, one: JobId, signal: str, done: str) -> ActionResult:
        """All pending tasks of an array, in parts, because Slurm truncates long lists."""
        result = ActionResult(id=str(one), ok=True, message=FINISHED)
        last: list[range] = []
        for _ in range(_MOST_PIECES):
            try:
                tasks = (await self._jobs.job(one.job)).array_tasks or ""
            except NotFound:
                return result
            ranges = known_ranges(tasks)
            if not ranges or ranges == last:
                return result
            last = ranges
            text = ",".join(_written(found) for found in ranges)
            [result] = await self._kill_all([JobId(one.job, text)], signal, done)
            result = msgspec.structs.replace(result, id=str(one))
            if not result.ok or "..." not in tasks or signal:
                return result
        return result

    async def _unless_ended(self, one: JobId, result: ActionResult) -> ActionResult:
        """``result``, or success for a job that only accounting remembers as finished."""
        if result.error_number != NO_SUCH_JOB:
            return result
        try:
            job = await self._accounting.accounting_job(str(one))
        except (NotFound, AccountingDown, AccountingMissing):
            return result
        ended = job.state in FINISHED_STATES
        return ActionResult(id=result.id, ok=True, message=FINISHED) if ended else result

    async def _kill_all(
        self, ids: list[JobId], signal: str, done: str, flags: Flags = ()
    ) -> list[ActionResult]:
        dialect = await self.dialect()
        if dialect.capabilities.jobs_killed_together:
            try:
                return await self._kill_together(ids, signal, done, flags)
            except NoSuchEndpoint:
                # Slurm 23.11 before 23.11.6.
                pass
        # The first component of a heterogeneous job stands for the whole job.
        ordered = sorted(ids, key=lambda one: one.het or 0)
        results = {one: await self._single.kill_one(one, signal, done, dialect) for one in ordered}
        return [results[one] for one in ids]

    async def _kill_together(
        self, ids: list[JobId], signal: str, done: str, flags: Flags
    ) -> list[ActionResult]:
        parts = await self._waiting_parts(ids) if signal in ENDING else {}
        chosen = [one for one in ids if one not in parts]
        body: dict[str, object] = {
            "jobs": [str(one) for one in chosen],
            "flags": ["VERBOSE", *flags],
        }
        if signal:
            # Up to v0.0.38 that is the only way.
            body |= {"signal": signal, "flags": ["VERBOSE", "FULL_JOB"]}
        statuses: list[KillStatus] = []
        if chosen:
            response = await self.connection.send(
                "DELETE", "slurm", "jobs/", body=body, twice_is_once=not signal
            )
            statuses = decode(response.body, KillResponse).status or []
        results = [
            stranding(str(one), parts[one]) if one in parts else killed(one, statuses, done)
            for one in ids
        ]
        return [
            await self._of_its_records(one, result, statuses, done)
            for one, result in zip(ids, results, strict=True)
        ]

    async def _of_its_records(
        self, one: JobId, result: ActionResult, statuses: list[KillStatus], done: str
    ) -> ActionResult:
        """``result``, or that all or some parts of an array or heterogeneous job had
        finished.

        Slurm reports this for each such record, and nothing for the others.
        """
        over = finished_records(one, statuses)
        if not (result.ok and over) or one.one_task is not None or one.het is not None:
            return result
        try:
            rows = await self._jobs.records_of(one)
        except NotFound:
            return result
        if all(row.job_id in over for row in rows if one.means(row)):
            return msgspec.structs.replace(result, message=FINISHED)
        if result.message == FINISHED:
            return msgspec.structs.replace(result, message=f"{done}{WHERE_LIVE}")
        return result

    async def _waiting_parts(self, ids: list[JobId]) -> dict[JobId, int]:
        """The ids that name one component of a pending job, with the id of the job.

        Through REST, Slurm would cancel it without the other components, which then stay
        pending forever. A component is allowed together with the first one, which stands
        for the whole job.
        """
        numbers = sorted({one.job for one in ids if not one.tasks})
        found: dict[tuple[int, int | None], int] = {}
        for begin in range(0, len(numbers), _STATES_AT_ONCE):
            for state in await self._jobs.job_states(numbers[begin : begin + _STATES_AT_ONCE]):
                record, plus, offset = state.id.partition("+")
                if plus and int(offset) and state.state == "PENDING":
                    whole = int(record) - int(offset)
                    found[int(record), None] = found[whole, int(offset)] = whole
        wholes = {one.job for one in ids if not one.tasks and not one.het}
        parts: dict[JobId, int] = {}
        for one in ids:
            its_whole = None if one.tasks else found.get((one.job, one.het))
            if its_whole is not None and its_whole not in wholes:
                parts[one] = its_whole
        return parts


def _signaled(result: ActionResult) -> ActionResult:
    """``result`` of a signal: unlike a cancellation, it has not done what was asked if too late."""
    if not result.ok or result.message != FINISHED:
        return result
    return msgspec.structs.replace(
        result, ok=False, message="The job has already finished; no signal was sent."
    )


def _written(tasks: range) -> str:
    """``5-9:2`` for ``range(5, 10, 2)``."""
    if len(tasks) == 1:
        return str(tasks[0])
    step = f":{tasks.step}" if tasks.step != 1 else ""
    return f"{tasks[0]}-{tasks[-1]}{step}"
