"""Whether everything a cluster shows to the hub's reader may be shown to everybody.

What an ordinary user without any privilege may see, everybody may see. So the reader
must be one, and nothing may be hidden from it; who is in doubt, refuses.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from jupyter_slurm_rest.queue.source import Accounted, Dump, Numbered, Source, State
from jupyter_slurm_rest.slurm import Credentials, CredentialSource, SlurmClient
from jupyter_slurm_rest.slurm.error_mapping import failure
from jupyter_slurm_rest.slurm.errors import (
    AccountingMissing,
    ControllerDown,
    PermissionDenied,
    Refused,
    SlurmError,
    TokenRejected,
)
from jupyter_slurm_rest.slurm.models import Diag, JobSummary
from jupyter_slurm_rest.slurm.wire.version import Capabilities

from .errors import Refusal, not_public

#: Seconds between two looks for hidden jobs where an answer gives no cause for one.
_EVERY = 60.0
#: Seconds after which accounting has heard of a job.
_HEARD = 300.0
#: Records that are looked at of those that might be hidden: PrivateData spares none of
#: another person's, and what merely came in between has the highest numbers.
_LOWEST, _HIGHEST = 3, 2
#: Other states are those of jobs that slurmctld is about to forget.
_LIVE = ("PENDING", "RUNNING", "SUSPENDED")


class Witness:
    """A :class:`Source` that compares what it may read with what it should.

    ``jobs/state`` names every job whatever PrivateData says; the queue and ``job/{id}``
    leave hidden ones out. A live job that is named before and after ``job/{id}`` does not
    know it, twice, is hidden: one that came or ended meanwhile is not. ``hidden`` is told
    before anything of the incomplete answer can be.
    """

    def __init__(
        self,
        source: Source,
        hidden: Callable[[Refusal], None],
        *,
        clock: Callable[[], float] = time.time,
        pause: float = 1.0,
    ) -> None:
        self._source = source
        self._tell = hidden
        self._clock = clock
        self._pause = pause
        self._named: list[int] = []
        self._next = -float("inf")
        self._next_accounted = -float("inf")

    @property
    def seconds(self) -> float:
        return self._source.seconds

    @property
    def requests(self) -> int:
        return self._source.requests

    async def dump(self, update_time: int | None) -> Dump | None:
        dump = await self._source.dump(update_time)
        if dump is None:
            await self._look_around()
            return None
        shown = {row.job_id for row in dump.rows}
        states = await self._source.states()
        self._named = _live(states)
        await self._examine(i for i in self._named if i not in shown)
        return dump

    async def states(self, job_ids: Iterable[int] | None = None) -> Mapping[int, State]:
        states = await self._source.states(job_ids)
        self._named = _live(states) or self._named
        await self._look_around()
        return states

    async def numbered(self, numbers: Sequence[int]) -> Numbered:
        found = await self._source.numbered(numbers)
        self._named = _live(found.states) or self._named
        await self._look_around()
        return found

    async def records(self, job_id: int) -> list[JobSummary]:
        rows = await self._source.records(job_id)
        if not rows:
            await self._examine([job_id])
        return rows

    async def accounted(self, wanted: Accounted) -> list[JobSummary]:
        await self._ask_accounting(wanted.job_ids)
        return await self._source.accounted(wanted)

    async def diag(self) -> Diag:
        return await self._source.diag()

    async def capabilities(self) -> Capabilities:
        return await self._source.capabilities()

    async def has_accounting(self) -> bool:
        return await self._source.has_accounting()

    async def user(self) -> str:
        return await self._source.user()

    async def _look_around(self) -> None:
        if self._clock() >= self._next:
            await self._examine(self._named)

    async def _examine(self, job_ids: Iterable[int]) -> None:
        self._next = self._clock() + _EVERY
        suspects = sorted(job_ids)
        highest = suspects[max(_LOWEST, len(suspects) - _HIGHEST) :]
        for job_id in suspects[:_LOWEST] + highest:
            if await self._is_hidden(job_id):
                self._refuse("other people's jobs are hidden (PrivateData=jobs in slurm.conf)")

    async def _is_hidden(self, job_id: int) -> bool:
        for pause in (0.0, self._pause):
            await asyncio.sleep(pause)
            if await self._source.records(job_id):
                return False
            state = (await self._source.states([job_id])).get(job_id)
            if state is None or state[0] not in _LIVE:
                return False
        return True

    async def _ask_accounting(self, job_ids: Iterable[int]) -> None:
        """slurmdbd has a PrivateData of its own, and finds less for whoever filters."""
        if self._clock() < self._next_accounted:
            return
        rows = [row for i in sorted(job_ids)[:_LOWEST] for row in await self._source.records(i)]
        old = [row.job_id for row in rows if (row.submit_time or 0) < self._clock() - _HEARD]
        if old and not await self._source.accounted(Accounted(job_ids=old)):
            self._refuse("accounting does not tell of other people's jobs (slurmdbd.conf)")
        if old:
            self._next_accounted = self._clock() + _EVERY

    def _refuse(self, why: str) -> None:
        refusal = not_public(why)
        self._tell(refusal)
        raise refusal


def _live(states: Mapping[int, State]) -> list[int]:
    return [job_id for job_id, state in states.items() if state[0] in _LIVE]


log = logging.getLogger(__name__)

#: Seconds that a verdict holds: administrators change such things seldom, and jobs that
#: are hidden of a sudden are noticed by the Witness.
_BELIEVED = 600.0
_NEXT_TRY = 30.0
#: Whose name only tokens of root and SlurmUser may bear beside their own.
_SOMEBODY_ELSE = "nobody"
#: PrivateData=nodes is a denial; =partitions answers without a word of Slurm, and makes
#: slurmrestd fail at nodes as if slurmctld were down (24.11 and 26.05).
_HIDES = (PermissionDenied, Refused, ControllerDown)


class Publicness:
    """The verdict on one cluster, as of at most ten minutes ago."""

    def __init__(
        self,
        name: str,
        user: str,
        client: SlurmClient,
        credentials: CredentialSource,
        begin: Callable[[], Awaitable[None]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._user = user
        self._client = client
        self._credentials = credentials
        self._begin = begin
        self._clock = clock
        self._until = -float("inf")
        self._refusal: Refusal | None = None
        self._public = False
        self._lock = asyncio.Lock()

    async def check(self) -> None:
        """Raises the Refusal, or a SlurmError while nothing could be found out yet."""
        async with self._lock:
            if self._clock() >= self._until:
                await self._find_out()
        self.insist()

    def insist(self) -> None:
        """Raise the Refusal, if there is one: also after a reading, which may have found it."""
        if self._refusal is not None:
            raise self._refusal

    def refuse(self, refusal: Refusal) -> None:
        """Something was hidden: nobody gets anything until the next examination."""
        if self._refusal is None or self._refusal.message != refusal.message:
            log.warning("shared mode of %s is refused: %s", self._name, refusal.message)
        self._refusal, self._public = refusal, False
        self._until = self._clock() + _BELIEVED

    async def _find_out(self) -> None:
        try:
            await self._examine()
        except Refusal as refusal:
            self.refuse(refusal)
        except SlurmError:
            # What was public an hour ago is still: nothing new can be read meanwhile.
            if not self._public:
                raise
            self._until = self._clock() + _NEXT_TRY
        else:
            if not self._public:
                await self._begin()
                log.info("shared mode of %s: reading as %s for everybody", self._name, self._user)
            self._refusal, self._public = None, True
            self._until = self._clock() + _BELIEVED

    async def _examine(self) -> None:
        can = await self._client.capabilities()
        if not can.job_states:
            raise not_public(
                f"it takes Slurm 23.11.5 to tell whether jobs are hidden ({can.version})"
            )
        try:
            privileges = await self._client.privileges(self._user)
        except AccountingMissing:
            privileges = []
        if privileges or await self._may_act_for_others():
            what = ", ".join(privileges) or "may act as anybody"
            raise not_public(f"the reader {self._user} sees more than others ({what})")
        await self._must_show("nodes", self._client.nodes)
        await self._must_show("partitions", self._client.partitions)

    async def _may_act_for_others(self) -> bool:
        """SlurmUser has no level in accounting; but Slurm lets it bear any name."""
        path = f"/slurm/{await self._client.api_version()}/diag/"
        own = await self._credentials()
        posing = Credentials(_SOMEBODY_ELSE, own.token)
        transport = self._client.connection.transport
        problem = failure(await transport.request("GET", path, credentials=posing), path=path)
        if problem is not None and not isinstance(problem, TokenRejected):
            raise problem
        return problem is None

    async def _must_show(self, what: str, read: Callable[[], Awaitable[object]]) -> None:
        for pause in (1.0, 0.0):
            try:
                await read()
            except _HIDES:
                # Raises in its turn while it is Slurm that is down.
                await self._client.diag()
                await asyncio.sleep(pause)
            else:
                return
        raise not_public(f"{what} are hidden (PrivateData in slurm.conf)")
