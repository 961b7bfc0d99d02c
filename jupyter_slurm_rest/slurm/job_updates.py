"""Changing existing jobs: update, hold, release, requeue."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

import msgspec

from jupyter_slurm_rest.slurm.models.job import JobUpdate
from jupyter_slurm_rest.slurm.models.job_id import JobId, known_ranges
from jupyter_slurm_rest.slurm.wire.actions import RequeueResponse, UpdateResponse, UpdateResult
from jupyter_slurm_rest.slurm.wire.envelope import decode

from .action_results import action_result, each, is_over, refused
from .actions import SingleJobCalls
from .errors import InvalidRequest, NotFound, SlurmError, Unsupported, shorten
from .jobs import JobCalls
from .models import ActionResult, Job
from .sbatch import merge, parse_script
from .session import Calls, Connection, in_one_version
from .transport import segment

#: Refusals before anything is changed: no such job, another user's, already finished.
_BEFORE_ANY = {2010, 2017, 2021, 2084}
#: The first of slurmrestd's own numbers: it could not read the request.
_UNREAD = 9000


class UpdateCalls(Calls):
    """Each gives one result per job, in the order of ``ids``."""

    def __init__(self, connection: Connection, jobs: JobCalls, single: SingleJobCalls) -> None:
        super().__init__(connection)
        self._jobs = jobs
        self._single = single

    @in_one_version
    async def update(self, ids: Iterable[str | int], update: JobUpdate) -> list[ActionResult]:
        """Change jobs. Raises :exc:`InvalidRequest` before anything is sent."""
        update = _in_numbers(update)
        update.check()
        body = (await self.dialect()).encode_change(update)
        results = await self._update(ids, body, "changed")
        return results if len(update.given()) == 1 else [_perhaps_partly(one) for one in results]

    @in_one_version
    async def hold(self, ids: Iterable[str | int]) -> list[ActionResult]:
        """Prevent pending jobs from starting until they are released."""
        body = (await self.dialect()).change_body({"hold": True})
        return await self._update(ids, body, "held")

    @in_one_version
    async def release(self, ids: Iterable[str | int]) -> list[ActionResult]:
        """Release held jobs. Only administrators can release jobs that an administrator holds."""
        body = (await self.dialect()).change_body({"hold": False})
        return await self._update(ids, body, "released")

    @in_one_version
    async def requeue(self, ids: Iterable[str | int], *, hold: bool = False) -> list[ActionResult]:
        """Put running or finished batch jobs back into the queue; needs v0.0.45.

        With ``hold``, they are held there.
        """
        can = await self.capabilities()
        if not can.requeue:
            needs, advice = "v0.0.45 (Slurm 26.05)", "scontrol requeue does it too."
            raise Unsupported("Requeue", can.version, needs=needs, advice=advice)

        async def requeue_all(names: list[JobId]) -> list[ActionResult]:
            return [await self._requeue_one(name, hold) for name in names]

        return await each(ids, requeue_all)

    @in_one_version
    async def suspend(self, ids: Iterable[str | int]) -> NoReturn:
        """Raises :exc:`Unsupported`: slurmrestd has no endpoint for it."""
        raise await self._no_suspension("Suspending a job")

    @in_one_version
    async def resume(self, ids: Iterable[str | int]) -> NoReturn:
        """Raises :exc:`Unsupported`: slurmrestd has no endpoint for it."""
        raise await self._no_suspension("Resuming a job")

    async def _no_suspension(self, what: str) -> Unsupported:
        return Unsupported(
            what,
            (await self.dialect()).version,
            advice="No API version supports it; operators can use scontrol. To keep a pending"
            " job from starting, hold it.",
        )

    async def _update(
        self, ids: Iterable[str | int], body: dict[str, object], done: str
    ) -> list[ActionResult]:
        async def update_all(names: list[JobId]) -> list[ActionResult]:
            return [await self._update_one(name, body, done) for name in names]

        return await each(ids, update_all)

    async def _update_one(self, one: JobId, body: dict[str, object], done: str) -> ActionResult:
        name = str(one)
        try:
            results = [
                await self._send_change(one, target, body, done)
                for target in await self._records_of(one, only_waiting="hold" in body)
            ]
        except SlurmError as problem:
            return refused(name, problem)
        return next((result for result in results if not result.ok), results[0])

    async def _send_change(
        self, one: JobId, target: str, body: dict[str, object], done: str
    ) -> ActionResult:
        name = str(one)
        response = await self.connection.send(
            "POST",
            "slurm",
            f"job/{segment(target)}",
            body=body,
            wanted=("job", name),
            twice_is_once=True,
        )
        decoded = decode(response.body, UpdateResponse)
        # An empty string where a list is expected is accepted with a warning.
        taken = {f"#/{key}/" for key, value in body.items() if value == ""}
        unread = [one.words for one in decoded.warnings or [] if one.source not in taken]
        if decoded.results is None and unread:
            # This is the response of v0.0.39 to a request that it could not read: nothing
            # was changed.
            words = shorten("; ".join(unread))
            return ActionResult(id=name, ok=False, message=f"Slurm made no changes: {words}")
        return _first_failure(name, decoded.results, done)

    async def _records_of(self, one: JobId, *, only_waiting: bool) -> list[str]:
        """What to use in the path so that only ``one`` is changed.

        Up to v0.0.38 slurmctld reads the id as scontrol gives it. Later versions change
        single records by their number: the array's own is that of the tasks that wait
        together, every other task has one of its own.
        """
        can = await self.capabilities()
        if can.tasks_changed_by_id and not one.waiting:
            return [str(one)]
        if one.het is not None:
            return [await self._single.own_number(one)]
        try:
            rows = await self._jobs.records_of(one)
        except NotFound:
            if one.tasks or one.waiting:
                raise
            # Leave the error to Slurm.
            return [str(one)]
        live = [row for row in rows if not is_over(row)]
        if one.waiting:
            chosen = [row for row in live if row.array_tasks]
            if can.tasks_changed_by_id and chosen != live:
                # Its number would change them all, and its list, cut, cannot be sent.
                raise _inseparable("Changing only the pending tasks", can.version)
        elif one.tasks:
            exactly = _exactly(one, rows)
            if exactly is None:
                raise _inseparable("Changing several pending tasks together", can.version)
            chosen = exactly
        else:
            waiting = [row for row in live if row.state == "PENDING"]
            chosen = (waiting if only_waiting else live) or rows
        if not chosen:
            raise NotFound("job", str(one))
        return [str(row.job_id) for row in chosen]

    async def _requeue_one(self, one: JobId, hold: bool) -> ActionResult:
        name = str(one)
        # Only the array as a whole and single tasks can be named in a path.
        if one.several:
            return ActionResult(
                id=name, ok=False, message="Change the tasks one by one, or the whole array."
            )
        try:
            # A GET that writes, so it must not be repeated like other GETs.
            response = await self.connection.send(
                "GET",
                "slurm",
                f"job/{segment(name)}/requeue/",
                {"Hold": "true"} if hold else None,
                wanted=("job", name),
            )
        except SlurmError as problem:
            return refused(name, problem)
        done = "requeued and held" if hold else "requeued"
        return _first_failure(name, decode(response.body, RequeueResponse).status, done)


def _inseparable(what: str, version: str) -> Unsupported:
    advice = "Change the whole array, or use scontrol update."
    return Unsupported(what, version, advice=advice)


def _exactly(one: JobId, rows: list[Job]) -> list[Job] | None:
    """The records that have tasks of ``one``; ``None`` where one of them has others as well."""
    wanted = {task for tasks in known_ranges(one.tasks) for task in tasks}
    chosen = []
    for row in rows:
        if row.array_task_id is not None:
            tasks = {row.array_task_id}
        else:
            tasks = {task for some in known_ranges(row.array_tasks or "") for task in some}
        if tasks & wanted:
            if tasks - wanted or "..." in (row.array_tasks or ""):
                return None
            chosen.append(row)
    return chosen


def _perhaps_partly(result: ActionResult) -> ActionResult:
    """``result`` of several changes: slurmctld stops at the first that it refuses."""
    number = result.error_number
    if result.ok or number is None or number in _BEFORE_ANY or number >= _UNREAD:
        return result
    words = f"{result.message} Some of the other changes may have been made."
    return msgspec.structs.replace(result, message=words)


def _first_failure(name: str, decoded: list[UpdateResult] | None, done: str) -> ActionResult:
    failed = next((entry for entry in decoded or [] if entry.code), None)
    return action_result(name, failed.code if failed else 0, failed.words if failed else "", done)


def _in_numbers(update: JobUpdate) -> JobUpdate:
    """Times in sbatch's words, read as sbatch reads them. Raises :exc:`InvalidRequest`."""
    if isinstance(words := update.time_limit, str) and words != "UNLIMITED":
        time_limit = _read("time_limit", "time", words)
        update = msgspec.structs.replace(update, time_limit=time_limit)
    if isinstance(words := update.begin, str):
        update = msgspec.structs.replace(update, begin=_read("begin", "begin", words))
    return update


def _read(name: str, option: str, words: str) -> object:
    if not words.strip():
        raise InvalidRequest(name, f"{name}: is empty.")
    try:
        (spec,) = merge(parse_script("#!/bin/sh\n"), {option: words})
    except InvalidRequest as problem:
        raise InvalidRequest(name, problem.message, advice=problem.advice) from None
    return getattr(spec, option)
