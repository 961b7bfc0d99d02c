"""Cancel all jobs that match a filter, based on current data."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress

from jupyter_slurm_rest.slurm.models.job_filter import LIVE_STATES, JobFilter
from jupyter_slurm_rest.slurm.models.job_id import parse_job_id
from jupyter_slurm_rest.slurm.sbatch.hostlist import expand
from jupyter_slurm_rest.slurm.wire.actions import KillResponse
from jupyter_slurm_rest.slurm.wire.dialect import Dialect
from jupyter_slurm_rest.slurm.wire.envelope import decode

from .accounting import AccountingCalls, HistoryQuery
from .action_results import action_result, refused, stranding
from .actions import SingleJobCalls, Target
from .errors import NoSuchEndpoint, NotFound, SlurmError, UnreadableResponse, UserNotResolved
from .jobs import JobCalls, Unchanged
from .models import ActionResult, JobSummary
from .names import UserCalls
from .session import Calls, Connection, in_one_version

_DONE = "canceled"
#: How often the queue is read again for tasks of an array that started meanwhile.
_LOOKS = 4


class LocalFilterCalls(Calls):
    """Choosing jobs from the queue, and canceling them one by one."""

    def __init__(
        self,
        connection: Connection,
        users: UserCalls,
        jobs: JobCalls,
        accounting: AccountingCalls,
        single: SingleJobCalls,
    ) -> None:
        super().__init__(connection)
        self._users = users
        self._jobs = jobs
        self._accounting = accounting
        self._single = single

    async def _chosen_here(
        self, wanted: JobFilter, user: str, dialect: Dialect
    ) -> list[ActionResult]:
        results: list[ActionResult] = []
        seen: set[int] = set()
        waiting: set[int] = set()
        for again in range(_LOOKS):
            queue = await self._queue()
            mine = [row for row in queue if row.user == user]
            rows = [row for row in mine if row.job_id not in seen and wanted.matches(row)]
            if not (again or rows):
                _refuse_numbers(row for row in queue if wanted.matches(row))
            if again:
                # Tasks that were waiting and started before they could be canceled.
                rows = [row for row in rows if row.array_job_id in waiting]
            seen.update(row.job_id for row in rows)
            waiting |= {row.array_job_id for row in rows if row.array_job_id and _waits(row)}
            whole = _whole_arrays(mine, wanted) & {row.array_job_id for row in rows}
            for array in sorted(whole):
                results += await self._kill_array_if_still(array, wanted, user, dialect)
            rest = [row for row in rows if row.array_job_id not in whole]
            results += await self._kill_rows(rest, wanted, user, dialect)
            if not waiting:
                break
        return results

    async def _queue(self) -> list[JobSummary]:
        queue = await self._jobs.jobs()
        if isinstance(queue, Unchanged):
            # Not asked for, and no empty queue.
            raise UnreadableResponse(
                "Slurm's response does not list the jobs.", advice="Try again."
            )
        return queue.jobs

    async def _kill_rows(
        self, rows: list[JobSummary], wanted: JobFilter, user: str, dialect: Dialect
    ) -> list[ActionResult]:
        results: list[ActionResult] = []
        whole: set[int] = set()
        # Pending tasks are canceled first; otherwise each canceled task would let the next
        # one start.
        for row in sorted(rows, key=lambda row: (not _waits(row), row.het_offset or 0)):
            if row.het_job_id in whole:
                continue
            if row.het_offset and _waits(row):
                # Its first component does not match; otherwise it would have been canceled
                # with it.
                results.append(stranding(row.id, row.het_job_id))
                continue
            result = await self._kill_if_still(row, wanted, user, dialect)
            if result is not None:
                results.append(result)
                if row.het_job_id is not None and row.het_offset == 0:
                    # Its other components are canceled with it.
                    whole.add(row.het_job_id)
        return results

    async def _kill_array_if_still(
        self, array: int, wanted: JobFilter, user: str, dialect: Dialect
    ) -> list[ActionResult]:
        """Cancel all of ``array``, or those of its records that still match."""
        one = parse_job_id(array)
        try:
            records = [job for job in await self._jobs.records_of(one) if _lives(job)]
            if array in _whole_arrays(records, wanted) and all(job.user == user for job in records):
                return [await self._single.deliver(one, Target(str(one)), "", _DONE, dialect)]
        except NotFound:
            return []
        except SlurmError as problem:
            return [refused(str(one), problem)]
        meant: list[JobSummary] = [job for job in records if wanted.matches(job)]
        return await self._kill_rows(meant, wanted, user, dialect)

    async def _kill_if_still(
        self, row: JobSummary, wanted: JobFilter, user: str, dialect: Dialect
    ) -> ActionResult | None:
        """Cancel the record ``row``; ``None`` if the id belongs to another job now."""
        try:
            job = await self._jobs.job(row.job_id)
            if job.job_id != row.job_id or job.user != user or not wanted.matches(job):
                return None
            # For an array, the pending tasks: those that started have other records.
            name = str(job.job_id) if job.het_offset == 0 else job.id
            one = parse_job_id(name)
            target = await self._single.safe_target(one, dialect)
            return await self._single.deliver(one, target, "", _DONE, dialect)
        except NotFound:
            return None
        except SlurmError as problem:
            return refused(row.id, problem)


def _refuse_numbers(rows: Iterable[JobSummary]) -> None:
    if any(row.user.isdigit() for row in rows):
        raise UserNotResolved(
            "Slurm names users by number only here: which of these jobs are yours is unknown.",
            advice="Cancel them by ID, or ask the cluster's administrators to make its users"
            " known on slurmrestd's host.",
        )


def _waits(row: JobSummary) -> bool:
    return row.state == "PENDING"


def _lives(row: JobSummary) -> bool:
    return row.state in LIVE_STATES


def _whole_arrays(rows: Iterable[JobSummary], wanted: JobFilter) -> set[int]:
    """Arrays of which everything that is not finished is ``wanted``."""
    arrays: dict[int, list[JobSummary]] = {}
    for row in rows:
        if row.array_job_id is not None and _lives(row):
            arrays.setdefault(row.array_job_id, []).append(row)
    return {array for array, records in arrays.items() if all(map(wanted.matches, records))}


#: The maximum number of live jobs that are read to find a user's uid.
_LOOKED_AT = 5


class FilterCalls(LocalFilterCalls):
    """Canceling by properties of jobs instead of ids."""

    @in_one_version
    async def cancel_matching(self, wanted: JobFilter, *, cron: bool = False) -> list[ActionResult]:
        """Cancel this user's own jobs that match ``wanted``; returns a result for each.

        Other users' jobs are never canceled; operators and coordinators can cancel them by
        id. From v0.0.40 (Slurm 23.11.6) on, slurmctld selects the jobs when it cancels them.
        With older versions, the queue is read, and each job again immediately before it is
        canceled. For ``cron`` see :meth:`cancel`. Raises :exc:`InvalidRequest` if ``wanted``
        is ambiguous.
        """
        wanted.check()
        user = await self.connection.username()
        dialect = await self.dialect()
        if dialect.capabilities.jobs_killed_together:
            try:
                return await self._chosen_by_slurm(wanted, {"user_name": user}, cron)
            except NoSuchEndpoint:
                # Slurm 23.11 before 23.11.6.
                pass
            except UserNotResolved:
                number = await self._number_of(user)
                if number is not None:
                    # The uid alone would match all users: slurmctld considers it only with
                    # a name.
                    whose = {"user_name": user, "user_id": str(number)}
                    return await self._chosen_by_slurm(wanted, whose, cron)
        return await self._chosen_here(wanted, user, dialect)

    async def _number_of(self, user: str) -> int | None:
        """The numeric id of ``user``, whom slurmrestd does not know; ``None`` without jobs."""
        if self._users.user_names.number(user) is None:
            now = int(time.time())
            lately = HistoryQuery(users=[user], states=list(LIVE_STATES), start=now - 1, end=now)
            for job in (await self._accounting.history(lately)).jobs[:_LOOKED_AT]:
                # Its record has the uid, and accounting the user name.
                with suppress(NotFound):
                    await self._jobs.job(job.job_id)
                if self._users.user_names.number(user) is not None:
                    break
        return self._users.user_names.number(user)

    async def _chosen_by_slurm(
        self, wanted: JobFilter, whose: dict[str, str], cron: bool
    ) -> list[ActionResult]:
        flags = ["VERBOSE", "CRON_JOBS"] if cron else ["VERBOSE"]
        body: dict[str, object] = {**whose, "flags": flags}
        for name, value in (
            ("job_name", wanted.name),
            ("partition", wanted.partition),
            ("account", wanted.account),
            ("qos", wanted.qos),
            ("reservation", wanted.reservation),
            ("nodes", wanted.nodes and expand(wanted.nodes)),
        ):
            if value is not None:
                body[name] = value
        apart = await self._chosen_apart(body) if "PENDING" in wanted.states else None
        if apart is None and len(wanted.states) == len(LIVE_STATES):
            return await self._kill_chosen(body)
        # Of several states, Slurm considers only the last. A job that changes its state
        # meanwhile is found in the next state.
        results: list[ActionResult] = []
        for state in wanted.states:
            some = body | {"job_state": [state]}
            if apart is None or state != "PENDING":
                results += await self._kill_chosen(some)
                continue
            whole, parts = apart
            others = await self._kill_chosen(some | {"jobs": whole}) if whole else []
            # Slurm lists array tasks twice, including tasks that did not match the filter.
            met = {one.id: one for one in reversed(others) if one.id in whole}
            results += met.values()
            results += [stranding(name, int(name.partition("+")[0])) for name in parts]
        return results

    async def _chosen_apart(self, body: dict[str, object]) -> tuple[list[str], list[str]] | None:
        """Pending jobs that match as a whole, and components that match without the first
        one.

        ``None``: there are no such components. Slurm would cancel them, and the rest of
        their jobs would stay pending forever. To list the matches, SIGCONT is sent to
        pending jobs, which fails for each.
        """
        waiting = body | {"job_state": ["PENDING"], "signal": "CONT"}
        met = [one.id for one in await self._kill_chosen(waiting)]
        parts = [name for name in met if "+" in name and name.partition("+")[0] not in met]
        if not parts:
            return None
        return [name for name in met if "+" not in name], parts

    async def _kill_chosen(self, body: dict[str, object]) -> list[ActionResult]:
        response = await self.connection.send(
            "DELETE", "slurm", "jobs/", body=body, twice_is_once=True
        )
        statuses = decode(response.body, KillResponse).status or []
        return [
            action_result(str(entry.step_id), entry.code, entry.words, _DONE) for entry in statuses
        ]
