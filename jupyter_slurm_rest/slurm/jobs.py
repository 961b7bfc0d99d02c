"""The queue: all jobs, one job, states only."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import TypeVar, overload

import msgspec

from jupyter_slurm_rest.slurm.models import Job, JobState, JobSummary
from jupyter_slurm_rest.slurm.models.job_id import JobId, parse_job_id
from jupyter_slurm_rest.slurm.models.values import Model
from jupyter_slurm_rest.slurm.wire import jobs as wire
from jupyter_slurm_rest.slurm.wire.envelope import decode
from jupyter_slurm_rest.slurm.wire.job_detail import DetailRows, JobDetail, job
from jupyter_slurm_rest.slurm.wire.nodes import NodeRows
from jupyter_slurm_rest.slurm.wire.scalars import moment, text

from .error_mapping import failure
from .errors import NotFound, PermissionDenied, Unsupported
from .json_stream import ArrayReader
from .session import Calls, Connection, in_one_version
from .transport import Params, Response, segment
from .user_names import UserCalls


class JobListing(Model, frozen=True, kw_only=True):
    """All jobs that slurmctld shows this user."""

    jobs: list[JobSummary]
    #: Slurm's own time of the last change (seconds since the epoch), to be handed back
    #: as ``update_time``; ``None`` before v0.0.40.
    last_update: int | None = None


class Unchanged(Model, frozen=True):
    """Nothing has changed since ``update_time``; says nothing about how many there are."""


T = TypeVar("T")

_ROWS = msgspec.json.Decoder(list[wire.JobRow])
_STATES = msgspec.json.Decoder(list[wire.StateRow])


class JobCalls(Calls):
    """Reading slurmctld's jobs."""

    def __init__(self, connection: Connection, users: UserCalls) -> None:
        super().__init__(connection)
        self._users = users

    @overload
    async def jobs(self) -> JobListing: ...

    @overload
    async def jobs(self, *, update_time: int | None) -> JobListing | Unchanged: ...

    @in_one_version
    async def jobs(self, *, update_time: int | None = None) -> JobListing | Unchanged:
        """Every job that slurmctld shows: expensive on a full queue.

        The response is read while it arrives and is never held as a whole.
        With ``update_time`` (an earlier :attr:`JobList.last_update`), :class:`Unchanged`
        when nothing has changed since; that is never to be read as an empty queue.
        """
        params: Params | None = None
        if update_time is not None:
            params = {"update_time": (await self.dialect()).update_time(update_time)}
        now = time.time()
        read = await self._streamed(
            "jobs/", params, lambda raw: [wire.summary(row, now) for row in _ROWS.decode(raw)]
        )
        if read is None:
            return Unchanged()
        found, rest = read
        around = decode(rest, wire.JobRows)
        if not found and wire.says_unchanged(around):
            return Unchanged()
        found = await self._users.with_names(found)
        return JobListing(jobs=found, last_update=moment(around.last_update))

    @in_one_version
    async def job(self, job_id: str | int) -> Job:
        """What slurmctld knows of one job: ``123``, ``123_4`` or ``123+1``.

        Raises :exc:`NotFound` for a job that it has forgotten or never had.
        """
        name = parse_job_id(job_id)
        try:
            # Slurm takes one task by its number, but several only by their array's.
            found = await self._details(name.job if name.several else str(name), str(name))
        except NotFound:
            if name.one_task is None:
                raise
            # Up to v0.0.38 a task that waits with others is found by its array only.
            found = await self._details(name.job, str(name))
        chosen = name.among(found)
        if chosen is None:
            raise NotFound("job", str(name))
        return chosen

    @in_one_version
    async def records_of(self, name: JobId) -> list[Job]:
        """Every record that slurmctld has of a job: of an array, one for each that differs.

        Raises :exc:`NotFound`.
        """
        return await self._details(name.job, str(name))

    async def _details(self, target: str | int, wanted: str) -> list[Job]:
        """Every record that slurmctld gives for ``target``."""
        response = await self.connection.get(
            "slurm", f"job/{segment(target)}", wanted=("job", wanted)
        )
        resolved = (await self.capabilities()).resolved_files
        rows = decode(response.body, DetailRows).jobs or []
        hosts = [await self._host(row) for row in rows]
        found = [
            job(row, resolved=resolved, host=host) for row, host in zip(rows, hosts, strict=True)
        ]
        named = await self._users.with_names(found)
        if named is found:
            return found
        # A file's name may hold the user's.
        return [
            job(row, resolved=resolved, user=one.user, host=host)
            for row, one, host in zip(rows, named, hosts, strict=True)
        ]

    async def _host(self, row: JobDetail) -> str:
        """The host of a job's first node, where its files are named by it."""
        if not row.names_host():
            return ""
        node = text(row.batch_host)
        try:
            response = await self.connection.get(
                "slurm", f"node/{segment(node)}", wanted=("node", node)
            )
        except (NotFound, PermissionDenied):
            return ""
        return next((text(one.hostname) for one in decode(response.body, NodeRows).nodes or []), "")

    @in_one_version
    async def job_states(self, ids: Iterable[str | int] | None = None) -> list[JobState]:
        """States alone, of ``ids`` or of all jobs: cheap. From v0.0.40.

        Every task of an array has an entry, and the number in front is that of its record
        (``JobSummary.job_id``): ``124_4``, ``126+1``. It does not heed ``PrivateData``.
        Jobs that slurmctld has forgotten are left out.
        """
        can = await self.capabilities()
        if not can.job_states:
            raise Unsupported("Job states", can.version, needs="v0.0.40 (Slurm 23.11.5)")
        if ids is None:
            read = await self._streamed(
                "jobs/state/", None, lambda raw: wire.states(_STATES.decode(raw))
            )
            return [] if read is None else read[0]
        # Its description promises a comma-separated list, which it refuses.
        params: Params = {"job_id": [str(one) for one in ids]}
        response = await self.connection.get("slurm", "jobs/state/", params)
        return wire.states(decode(response.body, wire.StateRows).jobs or [])

    async def _streamed(
        self, path: str, params: Params | None, rows: Callable[[bytes], list[T]]
    ) -> tuple[list[T], bytes] | None:
        """The list ``jobs`` of a long response, and the response without it; ``None``: a 304."""
        reader = ArrayReader("jobs", rows)
        found: list[T] = []
        async with self.connection.stream("slurm", path, params) as stream:
            if stream.status == 304:
                return None
            async for chunk in stream.chunks():
                found += reader.feed(chunk)
                # A fast slurmrestd always has the next piece ready: others want a turn.
                await asyncio.sleep(0)
        last, rest = reader.finish()
        found += last
        problem = failure(Response(200, stream.content_type, rest, 0.0), path="/slurm/")
        if problem is not None:
            raise problem
        return found, rest
