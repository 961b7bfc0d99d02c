"""A scripted queue: what slurmctld and slurmdbd would return, as models."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from jupyter_slurm_rest.queue.source import Accounted, Dump, Numbered, State, is_live
from jupyter_slurm_rest.slurm.models import Diag, JobSummary
from jupyter_slurm_rest.slurm.wire.version import Capabilities, capabilities_of


def job(job_id: int, state: str = "PENDING", user: str = "alice", **more: object) -> JobSummary:
    fields = {"id": str(job_id), "job_id": job_id, "state": state, "user": user, **more}
    return msgspec.convert(fields, JobSummary)


class Queue:
    """A :class:`~jupyter_slurm_rest.queue.Source` that counts its calls."""

    def __init__(self, *jobs: JobSummary, minor: int = 42, accounting: bool = True) -> None:
        #: What slurmctld holds.
        self.jobs = {one.job_id: one for one in jobs}
        #: What only accounting still knows.
        self.history: dict[int, JobSummary] = {}
        #: Other users' jobs, where PrivateData hides them: jobs/state does not heed it.
        self.hidden: set[int] = set()
        #: Whether accounting hides them as well: its PrivateData is another.
        self.accounting_hides = True
        #: What accounting has not heard of yet.
        self.late: set[int] = set()
        self.minor = minor
        self.accounting = accounting
        self.failure: Exception | None = None
        self.accounting_failure: Exception | None = None
        self.changed_at = 1_000
        self.whole_states = 0
        #: Records that stand for several tasks, and how many.
        self.tasks: dict[int, int] = {}
        #: Most numbers in one request, and states listed in all.
        self.largest = self.entries = 0
        #: Rows that accounting told.
        self.told = 0
        self.calls: list[str] = []
        self.asked: list[Accounted] = []
        self.seconds = 0.0

    @property
    def requests(self) -> int:
        return len(self.calls)

    def put(self, row: JobSummary) -> None:
        self.jobs[row.job_id] = row
        self.changed_at += 1

    def end(self, job_id: int, state: str = "COMPLETED", end_time: int = 0) -> None:
        """The job ends and slurmctld forgets it at once."""
        row = self.jobs.pop(job_id)
        self.history[job_id] = msgspec.structs.replace(row, state=state, end_time=end_time)
        self.changed_at += 1

    async def _call(self, name: str) -> None:
        await asyncio.sleep(0)
        self.calls.append(name)
        self.seconds += 0.01
        if self.failure is not None:
            raise self.failure

    async def dump(self, update_time: int | None) -> Dump | None:
        await self._call("dump")
        if update_time is not None and update_time > self.changed_at:
            return None
        return Dump(list(self.jobs.values()), self.changed_at + 1)

    async def states(self, job_ids: Iterable[int] | None = None) -> Mapping[int, State]:
        await self._call("states")
        self.whole_states += job_ids is None
        wanted: Iterable[int] = self.jobs
        if job_ids is not None:
            asked = set(job_ids)
            arrays = {one.array_job_id for one in self.jobs.values()} & asked
            wanted = asked & self.jobs.keys()
            if arrays:
                # An array's number brings all of its tasks.
                wanted |= {i for i, row in self.jobs.items() if row.array_job_id in arrays}
        return {i: (self.jobs[i].state, tuple(self.jobs[i].flags)) for i in wanted}

    async def numbered(self, numbers: Sequence[int]) -> Numbered:
        self.largest = max(self.largest, len(numbers))
        states = dict(await self.states(numbers))
        self.entries += sum(self.tasks.get(one, 1) for one in states)
        return Numbered(states, {one: self.tasks[one] for one in states if one in self.tasks})

    async def records(self, job_id: int) -> list[JobSummary]:
        await self._call(f"record {job_id}")
        rows = [row for row in self.jobs.values() if row.job_id not in self.hidden]
        return [row for row in rows if job_id in (row.job_id, row.array_job_id or 0)]

    async def accounted(self, wanted: Accounted) -> list[JobSummary]:
        await self._call("accounted")
        self.asked.append(wanted)
        if self.accounting_failure is not None:
            raise self.accounting_failure
        unheard = self.late | (self.hidden if self.accounting_hides else set())
        known = [row for row in self.jobs.values() if row.job_id not in unheard]
        rows = [msgspec.structs.replace(row, reason="") for row in known]
        rows += self.history.values()
        if wanted.job_ids:
            asked = set(wanted.job_ids)
            rows = [row for row in rows if row.job_id in asked]
        else:
            since = wanted.ended_since or 0
            rows = [row for row in rows if is_live(row) or (row.end_time or 0) >= since]
        for field, values in (("user", wanted.users), ("account", wanted.accounts)):
            rows = [row for row in rows if not values or getattr(row, field) in values]
        if (earliest := wanted.live_since) is not None:
            rows = [row for row in rows if is_live(row) or (row.end_time or 0) >= earliest]
        self.told += len(rows)
        return rows

    async def diag(self) -> Diag:
        await self._call("diag")
        waiting = sum(self.tasks.get(one, 1) for one in self.jobs)
        return Diag(jobs_pending=waiting, jobs_running=0, asked_at=self.changed_at + 1)

    async def capabilities(self) -> Capabilities:
        return capabilities_of(f"v0.0.{self.minor}")

    async def has_accounting(self) -> bool:
        return self.accounting

    async def user(self) -> str:
        await asyncio.sleep(0)
        return "alice"
