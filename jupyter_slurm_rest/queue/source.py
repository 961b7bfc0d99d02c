"""What strategies ask of Slurm, and what each request costs."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

import msgspec

from jupyter_slurm_rest.slurm.client import SlurmClient
from jupyter_slurm_rest.slurm.errors import NotFound
from jupyter_slurm_rest.slurm.jobs import WINDOW, Unchanged
from jupyter_slurm_rest.slurm.models import Diag, JobState, JobSummary
from jupyter_slurm_rest.slurm.session import in_one_version
from jupyter_slurm_rest.slurm.transport import Params
from jupyter_slurm_rest.slurm.wire import job_records as records
from jupyter_slurm_rest.slurm.wire import jobs as wire
from jupyter_slurm_rest.slurm.wire.envelope import decode
from jupyter_slurm_rest.slurm.wire.states import ACTIVE_STATES, PARTIAL_STATES, PENDING_STATES
from jupyter_slurm_rest.slurm.wire.version import Capabilities

#: A base state and its flags.
State = tuple[str, tuple[str, ...]]


#: Base states of jobs that are not finished; ``UNKNOWN`` does not prove an end, and a job
#: can continue after one run of it ended.
LIVE_STATES = PENDING_STATES | ACTIVE_STATES | PARTIAL_STATES | {"UNKNOWN"}


def is_live(row: JobSummary) -> bool:
    return row.state in LIVE_STATES


class Dump(msgspec.Struct, frozen=True):
    """The whole queue."""

    rows: list[JobSummary]
    #: To be handed back as ``update_time``; ``None`` where the version has none.
    last_update: int | None


class Accounted(msgspec.Struct, frozen=True, kw_only=True):
    """Which records to ask accounting for. Lists are "or", the fields "and"."""

    users: Sequence[str] = ()
    accounts: Sequence[str] = ()
    partitions: Sequence[str] = ()
    names: Sequence[str] = ()
    #: Only these records (``JobSummary.job_id``), whatever their age.
    job_ids: Sequence[int] = ()
    #: Without ``job_ids``: live jobs of any age, and those that ended after this.
    ended_since: int | None = None
    #: With ``job_ids``: of these records only those.
    live_since: int | None = None


class Numbered(msgspec.Struct, frozen=True):
    """States of the jobs that some numbers have."""

    #: By record (``JobSummary.job_id``).
    states: dict[int, State]
    #: Records that represent several tasks of an array, and the number of tasks.
    tasks: dict[int, int]


class Source(Protocol):
    """One slurmrestd as one user; every call may raise a ``SlurmError``."""

    @property
    def seconds(self) -> float:
        """Seconds of slurmrestd's time spent so far."""

    @property
    def requests(self) -> int:
        """Requests made so far."""

    async def dump(self, update_time: int | None) -> Dump | None:
        """The whole queue, read as a stream; ``None``: unchanged since ``update_time``."""

    async def states(self, job_ids: Iterable[int] | None = None) -> Mapping[int, State]:
        """States by record (``JobSummary.job_id``), of all or of these; from v0.0.40."""

    async def numbered(self, numbers: Sequence[int]) -> Numbered:
        """States of the jobs that these numbers have; many may have none. From v0.0.40."""

    async def records(self, job_id: int) -> list[JobSummary]:
        """slurmctld's record; all records of an array for its first id, likewise het jobs.

        Empty when slurmctld has forgotten it.
        """

    async def accounted(self, wanted: Accounted) -> list[JobSummary]:
        """slurmdbd's records."""

    async def diag(self) -> Diag:
        """slurmctld's counters."""

    async def capabilities(self) -> Capabilities:
        """What this Slurm can do through the API version in use."""

    async def has_accounting(self) -> bool:
        """Whether accounting is served; raises ``AccountingDown`` when it is, but down."""

    async def user(self) -> str:
        """The Slurm user."""


class Meter:
    """What a reading cost."""

    def __init__(self, source: Source, clock: Callable[[], float] = time.time) -> None:
        self._source = source
        self._seconds = source.seconds
        self._requests = source.requests
        self.begun = clock()

    @property
    def seconds(self) -> float:
        return self._source.seconds - self._seconds

    @property
    def requests(self) -> int:
        return self._source.requests - self._requests


#: Tasks remembered: some hundred bytes each.
_KEEP = 20_000
#: Arrays read in one look, each with all its records.
_ARRAYS_AT_ONCE = 20
#: Started tasks of an array that takes too long to read: 8 kB and a millisecond each.
_LONG = 200
_TASK = re.compile(r"(\d+)_(\d+)")


class TaskNumbers:
    """Numbers of the records of started tasks, learned from every row that passes.

    v0.0.40 calls a task ``8_0`` whatever its record's number (``JobSummary.job_id``); later
    versions put that in front. A task that has a record of its own keeps it.
    """

    def __init__(self) -> None:
        self._numbers: OrderedDict[tuple[int, int], int] = OrderedDict()
        #: Tasks that were unknown when their array was last read.
        self._asked: dict[int, set[int]] = {}

    def learn(self, rows: Iterable[JobSummary]) -> None:
        for row in rows:
            if row.array_job_id is not None and row.array_task_id is not None:
                self._numbers[row.array_job_id, row.array_task_id] = row.job_id
        while len(self._numbers) > _KEEP:
            self._numbers.popitem(last=False)

    def to_read(self, states: Iterable[JobState]) -> list[int]:
        """Arrays to learn from: a task has started whose number is not known yet.

        Few, and none that is long to read: their tasks are learned of later, as others are
        known by then, or as accounting tells of them.
        """
        started: Counter[int] = Counter()
        unknown: defaultdict[int, set[int]] = defaultdict(set)
        for one in states:
            task = _task(one.id)
            if task is None or one.state == "PENDING":
                continue
            started[task[0]] += 1
            if task not in self._numbers:
                unknown[task[0]].add(task[1])
        chosen = [
            array
            for array, tasks in unknown.items()
            # Those of other users may be hidden, and asking again does not help.
            if started[array] <= _LONG and self._asked.get(array) != tasks
        ][:_ARRAYS_AT_ONCE]
        self._asked = {array: tasks for array, tasks in self._asked.items() if array in unknown}
        self._asked.update((array, unknown[array]) for array in chosen)
        return chosen

    def renamed(self, states: Iterable[JobState]) -> list[JobState]:
        """``states`` as later versions have them. A started task whose number is not known is
        left out, as its array's number would say that the tasks to come have started.
        """
        found = []
        for one in states:
            task = _task(one.id)
            if task is None:
                found.append(one)
            elif task in self._numbers:
                own = f"{self._numbers[task]}_{task[1]}"
                found.append(JobState(id=own, state=one.state, flags=one.flags))
            elif one.state == "PENDING":
                found.append(one)
        return found


def _task(state_id: str) -> tuple[int, int] | None:
    match = _TASK.fullmatch(state_id)
    return None if match is None else (int(match[1]), int(match[2]))


#: States taken over before others get a turn.
_AT_ONCE = 5_000


class RestSource:
    """:class:`~.source.Source` through a :class:`SlurmClient`."""

    def __init__(self, client: SlurmClient, user: Callable[[], Awaitable[str]]) -> None:
        self._client = client
        self._user = user
        self._tasks = TaskNumbers()
        self.seconds = 0.0
        self.requests = 0

    async def dump(self, update_time: int | None) -> Dump | None:
        with self._timed():
            response = await self._client.jobs(update_time=update_time)
        return (
            None if isinstance(response, Unchanged) else Dump(response.jobs, response.last_update)
        )

    async def states(self, job_ids: Iterable[int] | None = None) -> Mapping[int, State]:
        if job_ids is not None:
            return (await self.numbered(list(job_ids))).states
        with self._timed():
            found = await self._client.job_states()
        return (await self._by_record(found)).states

    async def numbered(self, numbers: Sequence[int]) -> Numbered:
        found: list[JobState] = []
        for begin in range(0, len(numbers), WINDOW):
            with self._timed():
                found += await self._client.job_states(numbers[begin : begin + WINDOW])
        return await self._by_record(found)

    async def _by_record(self, found: list[JobState]) -> Numbered:
        if (await self.capabilities()).states_by_array:
            for array in self._tasks.to_read(found):
                await self.records(array)
            found = self._tasks.renamed(found)
        # Tasks that wait are listed one by one under their record's number; being one
        # record, they have one state.
        states: dict[int, State] = {}
        tasks: dict[int, int] = {}
        # One of a kind, or the collector would look at thousands of them.
        kinds: dict[State, State] = {}
        for begin in range(0, len(found), _AT_ONCE):
            some = found[begin : begin + _AT_ONCE]
            for one in some:
                state = (one.state, one.flags)
                record = _record(one.id)
                if record in states:
                    tasks[record] = tasks.get(record, 1) + 1
                states[record] = kinds.setdefault(state, state)
            # A hundred thousand at once would stall the event loop.
            await asyncio.sleep(0)
        return Numbered(states, tasks)

    @in_one_version
    async def records(self, job_id: int) -> list[JobSummary]:
        with self._timed():
            try:
                response = await self._client.connection.get(
                    "slurm", f"job/{job_id}", wanted=("job", str(job_id))
                )
            except NotFound:
                return []
            rows = await self._client.with_names(wire.decode_jobs(response.body))
        return self._learned(rows)

    @in_one_version
    async def accounted(self, wanted: Accounted) -> list[JobSummary]:
        params = _params(wanted, await self.capabilities())
        with self._timed():
            response = await self._client.database_jobs(params, wanted.users)
        rows = decode(response.body, records.RecordRows).jobs or []
        return self._learned([records.summary(row) for row in rows])

    async def diag(self) -> Diag:
        with self._timed():
            return await self._client.diag()

    async def capabilities(self) -> Capabilities:
        return await self._client.capabilities()

    async def has_accounting(self) -> bool:
        with self._timed():
            return await self._client.has_accounting()

    async def user(self) -> str:
        return await self._user()

    def _learned(self, rows: list[JobSummary]) -> list[JobSummary]:
        self._tasks.learn(rows)
        return rows

    @contextmanager
    def _timed(self) -> Iterator[None]:
        begun = time.perf_counter()
        self.requests += 1
        try:
            yield
        finally:
            self.seconds += time.perf_counter() - begun


def _record(state_id: str) -> int:
    """The record's number: ``jobs/state`` writes ``<record>_<task>``, ``<record>+<offset>``."""
    return int(state_id.replace("+", "_").partition("_")[0])


#: Seconds since the epoch; later ones do not fit where Slurm keeps them in 32 bits.
_END_OF_TIME = 2_147_483_000


def _params(wanted: Accounted, can: Capabilities) -> Params:
    lists = {
        "account": wanted.accounts,
        "partition": wanted.partitions,
        "job_name": wanted.names,
        "step": [str(job_id) for job_id in wanted.job_ids],
    }
    if wanted.live_since is not None:
        # Without the flag below the span holds for given ids as well.
        return records.jobs_query(can, lists, wanted.live_since, _END_OF_TIME)
    # Despite its name: "live, or ended since start_time", where the default would
    # leave out jobs that may not start yet (held, begin time, dependency).
    params = records.jobs_query(can, lists, wanted.ended_since)
    return {**params, "usage_time_as_submit_time": "true"}
