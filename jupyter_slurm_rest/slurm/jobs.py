"""The queue: all jobs, one job, states only, and jobs found by their numbers.

slurmrestd's time for ``jobs/state`` grows with the square of the length of the response:
100,000 jobs in one take 150 s, in a hundred of 1,000 jobs 1.5 s. Slurm does not report
which numbers exist, so they are tried: 1,000 numbers take 15 ms where each has a job and 6
ms where none has.
"""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import TypeVar, overload

import msgspec

from jupyter_slurm_rest.slurm.models.job import Model
from jupyter_slurm_rest.slurm.models.job_id import JobId, parse_job_id
from jupyter_slurm_rest.slurm.wire.cluster import NodeRows
from jupyter_slurm_rest.slurm.wire.envelope import decode, text, timestamp
from jupyter_slurm_rest.slurm.wire.job_detail import DetailRows, JobDetail, job

from .error_mapping import failure
from .errors import NotFound, PermissionDenied, Unsupported
from .json_stream import ArrayReader
from .models import Job, JobState, JobSummary
from .names import UserCalls
from .session import Calls, Connection, in_one_version
from .transport import Params, Response, segment
from .wire import jobs as wire


class JobListing(Model, frozen=True, kw_only=True):
    """All jobs that slurmctld shows this user."""

    jobs: list[JobSummary]
    #: Slurm's own time of the last change (seconds since the epoch), to be handed back
    #: as ``update_time``; ``None`` before v0.0.40.
    last_update: int | None = None


class Unchanged(Model, frozen=True):
    """Nothing has changed since ``update_time``; this does not mean that the queue is empty."""


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
        """All jobs that slurmctld shows to this user; expensive on a long queue.

        The response is parsed as it arrives and is never held in memory as a whole. With
        ``update_time`` (an earlier :attr:`JobList.last_update`), :class:`Unchanged` when
        nothing has changed since; which does not mean that the queue is empty.
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
        return JobListing(jobs=found, last_update=timestamp(around.last_update))

    @in_one_version
    async def job(self, job_id: str | int) -> Job:
        """slurmctld's record of one job: ``123``, ``123_4`` or ``123+1``.

        Raises :exc:`NotFound` if slurmctld does not have the job (any more).
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
        """All records that slurmctld has for a job; for an array, one for each task that differs.

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
        """The states of ``ids``, or of all jobs. Inexpensive; needs v0.0.40.

        Every task of an array has an entry, and the number in front is that of its record
        (``JobSummary.job_id``): ``124_4``, ``126+1``. It ignores ``PrivateData``. Jobs that
        slurmctld has forgotten are left out.
        """
        can = await self.capabilities()
        if not can.job_states:
            raise Unsupported("Job states", can.version, needs="v0.0.40 (Slurm 23.11.5)")
        if ids is None:
            read = await self._streamed(
                "jobs/state/", None, lambda raw: wire.states(_STATES.decode(raw))
            )
            return [] if read is None else read[0]
        # Its OpenAPI document specifies a comma-separated list, which slurmrestd rejects.
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
                # With a fast slurmrestd, the next piece is always ready: let other tasks
                # run.
                await asyncio.sleep(0)
        last, rest = reader.finish()
        found += last
        problem = failure(Response(200, stream.content_type, rest, 0.0), path="/slurm/")
        if problem is not None:
            raise problem
        return found, rest


#: Numbers in one request. More take longer for each of them, and a request line of more
#: than 65,535 bytes (4,000 numbers) is cut off by slurmrestd without an error.
WINDOW = 1_000
#: A job's number proper; a federation puts its cluster's number above.
ORIGIN_BITS = 26
_SPACE = 1 << ORIGIN_BITS
#: Numbers below the first that Slurm gives out where nothing is configured are rare.
_SMALLEST = 100
#: Windows spread over all numbers until a first job is found; at most and at least.
_TRIES, _AT_LEAST = 40, 3
#: Origins that are tried, once for so many windows without a federation's number.
_ORIGINS, _TRIES_WITHOUT = 8, 8
#: Numbers of each window above the newest known, and how far apart they are.
_ABOVE = 200
_STRIDES = (1, 16, 256, 4_096, 65_536, 524_288)
#: Windows of one stride that are tried one after the other where jobs are sparse.
_STEPS = 8

#: Which of these numbers have a job.
Ask = Callable[[Sequence[int]], Awaitable[Collection[int]]]


def origin(number: int) -> int:
    """The part of ``number`` that a federation adds: 0 without one."""
    return number >> ORIGIN_BITS


def smallest(number: int) -> int:
    """The first number that the cluster which gave out ``number`` may have given."""
    return (origin(number) << ORIGIN_BITS) + 1


#: What picks numbers, unless the caller brings its own.
CHANCE = random.Random()  # noqa: S311 - no secret


async def any_number(ask: Ask, *, chance: random.Random = CHANCE) -> int | None:
    """The highest number that a spread of guesses hits; ``None``: none of them.

    Every other window is spread evenly, which finds long queues, and the ones between
    more densely the smaller the numbers are, which finds most clusters.
    """
    highest: int | None = None
    for attempt in range(_TRIES):
        others = attempt and attempt % _TRIES_WITHOUT == 0
        for one in range(_ORIGINS + 1) if others else range(1):
            found = await ask(_guesses(one << ORIGIN_BITS, attempt, chance))
            highest = max([*found, highest or 0]) or None
        # The first to be hit may be a few old ones.
        if highest is not None and attempt + 1 >= _AT_LEAST:
            return highest
    return highest


async def any_above(
    ask: Ask, number: int, *, tries: int, chance: random.Random = CHANCE
) -> int | None:
    """The same above ``number``, with no more than ``tries`` windows."""
    for attempt in range(tries):
        guesses = _guesses(origin(number) << ORIGIN_BITS, attempt, chance)
        if found := await ask([guess for guess in guesses if guess > number]):
            return max(found)
    return None


def _guesses(base: int, attempt: int, chance: random.Random) -> list[int]:
    return [base + number for number in (_evenly(chance) if attempt % 2 else _by_size(chance))]


def _evenly(chance: random.Random) -> list[int]:
    stride = _SPACE // WINDOW
    first = chance.randrange(1, stride)
    return list(range(first, _SPACE, stride))[:WINDOW]


def _by_size(chance: random.Random) -> list[int]:
    ratio = math.log(_SPACE / _SMALLEST) / WINDOW
    shift = chance.random()
    return sorted({int(_SMALLEST * math.exp(ratio * (i + shift))) for i in range(WINDOW)})


async def newest_from(ask: Ask, number: int) -> int:
    """The newest number that has a job, at or above ``number``.

    Newer jobs are found where they are many or near: of a few behind a wide gap some may
    be missed, until there are more.
    """
    top, far = number, 0
    for position, stride in enumerate(_STRIDES):
        if found := await _above(ask, top, stride):
            top, far = max(found), position
    for stride in reversed(_STRIDES[: far + 1]):
        for _ in range(_STEPS if stride > 1 else _SPACE):
            before = top
            found = await _above(ask, before, stride)
            if not found or max(found) <= before:
                break
            top = max(found)
            # Where they are dense the newest is less than a stride away.
            if stride > 1 and 2 * len(found) * stride > top - before:
                break
    return top


async def _above(ask: Ask, number: int, stride: int) -> Collection[int]:
    end = (origin(number) + 1) * _SPACE
    numbers = range(number + stride, min(end, number + 1 + _ABOVE * stride), stride)
    return await ask(numbers) if numbers else ()


class Unread:
    """Numbers that are still to be tried: disjoint ranges, taken from the highest down."""

    def __init__(self) -> None:
        #: First and last, ascending.
        self._ranges: list[tuple[int, int]] = []
        #: Where taking goes on; ``None``: at the highest.
        self._below: int | None = None

    def __len__(self) -> int:
        return sum(last - first + 1 for first, last in self._ranges)

    def add(self, first: int, last: int) -> None:
        """These as well; they are taken first. They must not overlap with others."""
        if first <= last:
            self._ranges.append((first, last))
            self._ranges.sort()
            self._below = None

    def take(self, count: int) -> range:
        """The next ``count`` numbers or fewer, which are then taken out."""
        if not self._ranges:
            return range(0)
        place = len(self._ranges) - 1
        if self._below is not None:
            while place and self._ranges[place][0] > self._below:
                place -= 1
        first, last = self._ranges.pop(place)
        if self._below is not None and first <= self._below < last:
            self._ranges.insert(place, (self._below + 1, last))
            last = self._below
        begin = max(first, last - count + 1)
        if begin > first:
            self._ranges.insert(place, (first, begin - 1))
        self._below = begin - 1
        return range(begin, last + 1)

    def go_on_below(self, number: int | None) -> None:
        """Take ``number`` and those below it next; ``None``: the highest."""
        self._below = number

    def spread(self, count: int, *, chance: random.Random = CHANCE) -> list[int]:
        """About ``count`` of them, evenly spread."""
        stride = max(1, len(self) // count)
        numbers: list[int] = []
        skip = chance.randrange(stride)
        for first, last in self._ranges:
            numbers += range(first + skip, last + 1, stride)
            size = last - first + 1
            # Where the next one falls in the range that follows.
            skip = (skip - size) % stride
        return numbers[: count + len(self._ranges)]
