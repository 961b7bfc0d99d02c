"""Ending and signalling jobs."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from jupyter_slurm_rest.slurm.dialects.actions import KillAnswer, KillStatus
from jupyter_slurm_rest.slurm.dialects.envelope import decode
from jupyter_slurm_rest.slurm.dialects.states import FINISHED_STATES
from jupyter_slurm_rest.slurm.errors import (
    AccountingDown,
    AccountingMissing,
    InvalidRequest,
    NoSuchEndpoint,
    NotFound,
    shorten,
)
from jupyter_slurm_rest.slurm.jobids import JobId, known_ranges
from jupyter_slurm_rest.slurm.models import ActionResult

from .one_by_one import ENDING, OneByOneCalls
from .results import FINISHED, NO_SUCH_JOB, WHERE_LIVE, each, finished_records, killed, stranding

#: What a kill request may say beside the ids.
Flags = tuple[str, ...]
_SIGNAL = re.compile(r"(?:SIG)?([A-Z]{2,9}\d{0,2})|(\d{1,2})", re.IGNORECASE)
#: Ids in one question for states.
_STATES_AT_ONCE = 1_000
#: Pieces in which Slurm may tell an array's waiting tasks: some 20 tasks each.
_MOST_PIECES = 1_000


class ActionCalls(OneByOneCalls):
    """Doing something to jobs; every call gives one result per job, in their order."""

    async def cancel(
        self, ids: Iterable[str | int], *, signal: str = "", cron: bool = False
    ) -> list[ActionResult]:
        """Cancel jobs, array tasks (``123_4``, ``123_[5-9]``) or components (``123+1``).

        Cancelling what has finished succeeds and says so. With ``signal`` it is sent
        instead (see :meth:`signal`). Sites may want to be told (``cron``) that jobs from
        scrontab are meant as well.
        """
        flags = ("CRON_JOBS",) if cron else ()
        return await each(ids, lambda found: self._kill(found, signal, "cancelled", flags))

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
        return await each(ids, lambda found: self._kill(found, name, f"signal {name} sent"))

    async def _kill(
        self, ids: list[JobId], signal: str, done: str, flags: Flags = ()
    ) -> list[ActionResult]:
        known = {one: await self._kill_waiting(one, signal, done) for one in ids if one.waiting}
        rest = [one for one in ids if one not in known]
        if rest:
            known.update(zip(rest, await self._kill_all(rest, signal, done, flags), strict=True))
        if signal:
            return [known[one] for one in ids]
        return [await self._unless_ended(one, known[one]) for one in ids]

    async def _kill_waiting(self, one: JobId, signal: str, done: str) -> ActionResult:
        """All tasks of an array that wait, piece by piece: Slurm tells no more at once."""
        result = ActionResult(id=str(one), ok=True, message=FINISHED)
        last: list[range] = []
        for _ in range(_MOST_PIECES):
            try:
                tasks = (await self.job(one.job)).array_tasks or ""
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
            job = await self.accounting_job(str(one))
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
        # The first component of a heterogeneous job is the whole: the others go with it.
        ordered = sorted(ids, key=lambda one: one.het or 0)
        told = {one: await self._kill_one(one, signal, done, dialect) for one in ordered}
        return [told[one] for one in ids]

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
        told: list[KillStatus] = []
        if chosen:
            response = await self.connection.send(
                "DELETE", "slurm", "jobs/", body=body, twice_is_once=not signal
            )
            told = decode(response.body, KillAnswer).status or []
        results = [
            stranding(str(one), parts[one]) if one in parts else killed(one, told, done)
            for one in ids
        ]
        return [
            await self._of_its_records(one, result, told, done)
            for one, result in zip(ids, results, strict=True)
        ]

    async def _of_its_records(
        self, one: JobId, result: ActionResult, told: list[KillStatus], done: str
    ) -> ActionResult:
        """``result``, or that all of an array or heterogeneous job had finished, or some.

        Slurm tells that of each record, and nothing of those that it reached.
        """
        over = finished_records(one, told)
        if not (result.ok and over) or one.one_task is not None or one.het is not None:
            return result
        try:
            rows = await self.records_of(one)
        except NotFound:
            return result
        if all(row.job_id in over for row in rows if one.means(row)):
            return msgspec.structs.replace(result, message=FINISHED)
        if result.message == FINISHED:
            return msgspec.structs.replace(result, message=f"{done}{WHERE_LIVE}")
        return result

    async def _waiting_parts(self, ids: list[JobId]) -> dict[JobId, int]:
        """Which ids name one component of a job that waits, and the job's number.

        Over REST Slurm cancels it without its siblings, which then wait forever and keep
        nodes planned. A component is fine together with the first, which is the whole.
        """
        numbers = sorted({one.job for one in ids if not one.tasks})
        found: dict[tuple[int, int | None], int] = {}
        for begin in range(0, len(numbers), _STATES_AT_ONCE):
            for state in await self.job_states(numbers[begin : begin + _STATES_AT_ONCE]):
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


def _written(tasks: range) -> str:
    """``5-9:2`` for ``range(5, 10, 2)``."""
    if len(tasks) == 1:
        return str(tasks[0])
    step = f":{tasks.step}" if tasks.step != 1 else ""
    return f"{tasks[0]}-{tasks[-1]}{step}"
