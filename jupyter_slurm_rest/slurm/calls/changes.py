"""Changing jobs that are there: update, hold, release, requeue."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

import msgspec

from jupyter_slurm_rest.slurm.changes import JobChange
from jupyter_slurm_rest.slurm.dialects.actions import RequeueAnswer, UpdateAnswer, UpdateResult
from jupyter_slurm_rest.slurm.dialects.envelope import decode
from jupyter_slurm_rest.slurm.errors import SlurmError, Unsupported
from jupyter_slurm_rest.slurm.jobids import JobId, parse_job_id
from jupyter_slurm_rest.slurm.models import ActionResult
from jupyter_slurm_rest.slurm.transport import segment

from .actions import ActionCalls, judge, refused


class ChangeCalls(ActionCalls):
    """Each gives one result per job, in the order of ``ids``."""

    async def update(self, ids: Iterable[str | int], change: JobChange) -> list[ActionResult]:
        """Change jobs. Raises :exc:`InvalidRequest` before anything is sent."""
        change.check()
        body = (await self.dialect()).encode_change(change)
        results = await self._update(ids, body, "changed")
        if len(body) == 1:
            return results
        # slurmctld works through them and stops at the first that it refuses.
        return [
            one
            if one.ok
            else msgspec.structs.replace(
                one, message=f"{one.message} Some of the other changes may have been made."
            )
            for one in results
        ]

    async def hold(self, ids: Iterable[str | int]) -> list[ActionResult]:
        """Keep pending jobs from starting until they are released."""
        return await self._update(ids, {"hold": True}, "held")

    async def release(self, ids: Iterable[str | int]) -> list[ActionResult]:
        """Release held jobs; what an administrator holds, only they can release."""
        return await self._update(ids, {"hold": False}, "released")

    async def requeue(self, ids: Iterable[str | int], *, hold: bool = False) -> list[ActionResult]:
        """Put running or finished batch jobs back into the queue. From v0.0.45.

        With ``hold`` they stay held there.
        """
        names = [parse_job_id(one) for one in ids]
        can = await self.capabilities()
        if not can.requeue:
            needs, advice = "v0.0.45 (Slurm 26.05)", "scontrol requeue does it too."
            raise Unsupported("Requeue", can.version, needs=needs, advice=advice)
        return [await self._requeue_one(name, hold) for name in names]

    async def suspend(self, ids: Iterable[str | int]) -> NoReturn:
        """Raises :exc:`Unsupported`: no version of slurmrestd can."""
        raise await self._no_suspension("Suspending a job")

    async def resume(self, ids: Iterable[str | int]) -> NoReturn:
        """Raises :exc:`Unsupported`: no version of slurmrestd can."""
        raise await self._no_suspension("Resuming a job")

    async def _no_suspension(self, what: str) -> Unsupported:
        return Unsupported(
            what,
            (await self.dialect()).version,
            advice="No version of it has this; operators do it with scontrol. To keep a"
            " pending job from starting, hold it.",
        )

    async def _update(
        self, ids: Iterable[str | int], body: dict[str, object], done: str
    ) -> list[ActionResult]:
        names = [parse_job_id(one) for one in ids]
        return [await self._update_one(name, body, done) for name in names]

    async def _update_one(self, one: JobId, body: dict[str, object], done: str) -> ActionResult:
        name, dialect = str(one), await self.dialect()
        try:
            target = (
                name if dialect.capabilities.tasks_changed_by_id else await self.own_number(one)
            )
            answer = await self.connection.send(
                "POST",
                "slurm",
                f"job/{segment(target)}",
                body=body,
                wanted=("job", name),
                twice_is_once=True,
            )
        except SlurmError as problem:
            return refused(name, problem)
        return _first_failure(name, decode(answer.body, UpdateAnswer).results, done)

    async def _requeue_one(self, one: JobId, hold: bool) -> ActionResult:
        name = str(one)
        # Only the array as a whole and single tasks can be named in a path.
        target = name if not one.tasks or one.one_task is not None else str(one.job)
        if target != name:
            return ActionResult(
                id=name, ok=False, message="Name the tasks one by one, or the whole array."
            )
        try:
            # A GET that writes: it is not to be repeated like one.
            answer = await self.connection.send(
                "GET",
                "slurm",
                f"job/{segment(name)}/requeue/",
                {"Hold": "true"} if hold else None,
                wanted=("job", name),
            )
        except SlurmError as problem:
            return refused(name, problem)
        done = "requeued and held" if hold else "requeued"
        return _first_failure(name, decode(answer.body, RequeueAnswer).status, done)


def _first_failure(name: str, told: list[UpdateResult] | None, done: str) -> ActionResult:
    failed = next((entry for entry in told or [] if entry.code), None)
    return judge(name, failed.code if failed else 0, failed.words if failed else "", done)
