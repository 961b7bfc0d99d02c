"""What plans ask, over a real slurmrestd."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

from jupyter_slurm_rest.slurm.calls.users import flags
from jupyter_slurm_rest.slurm.capabilities import Capabilities
from jupyter_slurm_rest.slurm.client import SlurmClient
from jupyter_slurm_rest.slurm.dialects import jobs as wire
from jupyter_slurm_rest.slurm.dialects import records
from jupyter_slurm_rest.slurm.dialects.envelope import decode
from jupyter_slurm_rest.slurm.errors import NotFound
from jupyter_slurm_rest.slurm.lists import Unchanged
from jupyter_slurm_rest.slurm.models import Diag, JobSummary
from jupyter_slurm_rest.slurm.oneversion import in_one_version
from jupyter_slurm_rest.slurm.transport import Params

from .source import Accounted, Dump, State
from .task_numbers import TaskNumbers

#: Ids in one request: the request line may be long, but not without end, and slurmrestd's
#: threads keep the memory that their largest answer took.
_MAX_IDS = 1_000
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
            answer = await self._client.jobs(update_time=update_time)
        return None if isinstance(answer, Unchanged) else Dump(answer.jobs, answer.last_update)

    async def states(self, job_ids: Iterable[int] | None = None) -> Mapping[int, State]:
        if job_ids is None:
            with self._timed():
                found = await self._client.job_states()
        else:
            ids, found = list(job_ids), []
            for begin in range(0, len(ids), _MAX_IDS):
                with self._timed():
                    found += await self._client.job_states(ids[begin : begin + _MAX_IDS])
        if (await self.capabilities()).states_by_array:
            for array in self._tasks.to_read(found):
                await self.records(array)
            found = self._tasks.renamed(found)
        # Tasks that wait are listed one by one under their record's number; being one
        # record, they have one state.
        states: dict[int, State] = {}
        # One of a kind, or the collector would look at thousands of them.
        kinds: dict[State, State] = {}
        for begin in range(0, len(found), _AT_ONCE):
            some = found[begin : begin + _AT_ONCE]
            for one in some:
                state = (one.state, one.flags)
                states[_record(one.id)] = kinds.setdefault(state, state)
            # A hundred thousand at once would stall the event loop.
            await asyncio.sleep(0)
        return states

    @in_one_version
    async def records(self, job_id: int) -> list[JobSummary]:
        with self._timed():
            try:
                answer = await self._client.connection.get(
                    "slurm", f"job/{job_id}", wanted=("job", str(job_id))
                )
            except NotFound:
                return []
            rows = await self._client.with_names(wire.decode_jobs(answer.body))
        return self._learned(rows)

    @in_one_version
    async def accounted(self, wanted: Accounted) -> list[JobSummary]:
        params = _params(wanted, await self.capabilities())
        with self._timed():
            answer = await self._client.database_jobs(params, wanted.users)
        rows = decode(answer.body, records.RecordRows).jobs or []
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


def _params(wanted: Accounted, can: Capabilities) -> Params:
    params: dict[str, str | int | list[str]] = {
        # Despite its name: "live, or ended since start_time", where the default would
        # leave out jobs that may not start yet (held, begin time, dependency).
        "usage_time_as_submit_time": "true",
        # v0.0.40 and v0.0.41 refuse a bare number, and Slurm times before 1000000.
        "start_time": f"uts{wanted.ended_since or 1_000_000}",
        "skip_steps": "true",
        **flags(can),
    }
    lists = {
        "account": wanted.accounts,
        "partition": wanted.partitions,
        "job_name": wanted.names,
        # A comma-separated list, as the API's description has it, is refused for ids.
        "step": [str(job_id) for job_id in wanted.job_ids],
    }
    return params | {name: list(values) for name, values in lists.items() if values}
