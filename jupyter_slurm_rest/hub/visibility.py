"""Whether everything that a cluster shows to the hub's reader may be shown to all users.

What a user without privileges may see, all users may see. So the reader must have none,
and nothing may be hidden from it. In doubt, sharing is refused.
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

#: Seconds between two checks for hidden jobs where responses give no reason for one.
_CHECK_EVERY = 60.0
#: Seconds after which accounting knows a job.
_ACCOUNTED_AFTER = 300.0
#: How many possibly hidden jobs are checked: PrivateData hides all jobs of other users, and
#: jobs that were just submitted have the highest numbers.
_LOWEST, _HIGHEST = 3, 2
#: Jobs in other states may leave slurmctld's memory at any time.
_LIVE = ("PENDING", "RUNNING", "SUSPENDED")


class VisibilityCheckedSource:
    """A :class:`Source` that detects jobs which PrivateData hides.

    ``jobs/state`` names every job whatever PrivateData says; the queue and ``job/{id}``
    leave hidden ones out. A job is hidden if ``jobs/state`` has it before and after
    ``job/{id}`` does not, twice; jobs that came or ended meanwhile are not. ``on_hidden``
    is called before the incomplete response can be used.
    """

    def __init__(
        self,
        source: Source,
        on_hidden: Callable[[Refusal], None],
        *,
        clock: Callable[[], float] = time.time,
        pause: float = 1.0,
    ) -> None:
        self._source = source
        self._on_hidden = on_hidden
        self._clock = clock
        self._pause = pause
        self._listed: list[int] = []
        self._next_check = -float("inf")
        self._next_accounting_check = -float("inf")

    @property
    def seconds(self) -> float:
        return self._source.seconds

    @property
    def requests(self) -> int:
        return self._source.requests

    async def dump(self, update_time: int | None) -> Dump | None:
        dump = await self._source.dump(update_time)
        if dump is None:
            await self._check_if_due()
            return None
        shown = {row.job_id for row in dump.rows}
        states = await self._source.states()
        self._listed = _live(states)
        await self._check_jobs(i for i in self._listed if i not in shown)
        return dump

    async def states(self, job_ids: Iterable[int] | None = None) -> Mapping[int, State]:
        states = await self._source.states(job_ids)
        self._listed = _live(states) or self._listed
        await self._check_if_due()
        return states

    async def numbered(self, numbers: Sequence[int]) -> Numbered:
        found = await self._source.numbered(numbers)
        self._listed = _live(found.states) or self._listed
        await self._check_if_due()
        return found

    async def records(self, job_id: int) -> list[JobSummary]:
        rows = await self._source.records(job_id)
        if not rows:
            await self._check_jobs([job_id])
        return rows

    async def accounted(self, wanted: Accounted) -> list[JobSummary]:
        await self._check_accounting(wanted.job_ids)
        return await self._source.accounted(wanted)

    async def diag(self) -> Diag:
        return await self._source.diag()

    async def capabilities(self) -> Capabilities:
        return await self._source.capabilities()

    async def has_accounting(self) -> bool:
        return await self._source.has_accounting()

    async def user(self) -> str:
        return await self._source.user()

    async def _check_if_due(self) -> None:
        if self._clock() >= self._next_check:
            await self._check_jobs(self._listed)

    async def _check_jobs(self, job_ids: Iterable[int]) -> None:
        self._next_check = self._clock() + _CHECK_EVERY
        suspects = sorted(job_ids)
        highest = suspects[max(_LOWEST, len(suspects) - _HIGHEST) :]
        for job_id in suspects[:_LOWEST] + highest:
            if await self._is_hidden(job_id):
                self._refuse("other users' jobs are hidden (PrivateData=jobs in slurm.conf)")

    async def _is_hidden(self, job_id: int) -> bool:
        for pause in (0.0, self._pause):
            await asyncio.sleep(pause)
            if await self._source.records(job_id):
                return False
            state = (await self._source.states([job_id])).get(job_id)
            if state is None or state[0] not in _LIVE:
                return False
        return True

    async def _check_accounting(self, job_ids: Iterable[int]) -> None:
        """slurmdbd has its own PrivateData, which hides jobs without an error."""
        if self._clock() < self._next_accounting_check:
            return
        rows = [row for i in sorted(job_ids)[:_LOWEST] for row in await self._source.records(i)]
        old = [
            row.job_id for row in rows if (row.submit_time or 0) < self._clock() - _ACCOUNTED_AFTER
        ]
        if old and not await self._source.accounted(Accounted(job_ids=old)):
            self._refuse("accounting hides other users' jobs (PrivateData in slurmdbd.conf)")
        if old:
            self._next_accounting_check = self._clock() + _CHECK_EVERY

    def _refuse(self, why: str) -> None:
        refusal = not_public(why)
        self._on_hidden(refusal)
        raise refusal


def _live(states: Mapping[int, State]) -> list[int]:
    return [job_id for job_id, state in states.items() if state[0] in _LIVE]


log = logging.getLogger(__name__)

#: Seconds for which a result is valid: such settings rarely change, and jobs that become
#: hidden are detected by :class:`VisibilityCheckedSource`.
_VALID_FOR = 600.0
_NEXT_TRY = 30.0
#: Only tokens of root and SlurmUser are accepted under another user's name.
_OTHER_USER = "nobody"
#: PrivateData=nodes is a denial; =partitions fails without a message from Slurm, and makes
#: slurmrestd fail at nodes as if slurmctld were down (24.11 and 26.05).
_HIDES = (PermissionDenied, Refused, ControllerDown)


class Visibility:
    """Whether one cluster's data is public, as of at most ten minutes ago."""

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
        """Raise the Refusal, if any, or a SlurmError while nothing is known yet."""
        async with self._lock:
            if self._clock() >= self._until:
                await self._update()
        self.raise_if_refused()

    def raise_if_refused(self) -> None:
        """Raise the Refusal, if any. Call it after a reading too, which may have caused it."""
        if self._refusal is not None:
            raise self._refusal

    def refuse(self, refusal: Refusal) -> None:
        """Refuse all callers until the next check, because something is hidden."""
        if self._refusal is None or self._refusal.message != refusal.message:
            log.warning("shared mode of %s is refused: %s", self._name, refusal.message)
        self._refusal, self._public = refusal, False
        self._until = self._clock() + _VALID_FOR

    async def _update(self) -> None:
        try:
            await self._check_privileges_and_lists()
        except Refusal as refusal:
            self.refuse(refusal)
        except SlurmError:
            # It was public before, and nothing new can be read meanwhile.
            if not self._public:
                raise
            self._until = self._clock() + _NEXT_TRY
        else:
            if not self._public:
                await self._begin()
                log.info("shared mode of %s: reading as %s for all users", self._name, self._user)
            self._refusal, self._public = None, True
            self._until = self._clock() + _VALID_FOR

    async def _check_privileges_and_lists(self) -> None:
        can = await self._client.capabilities()
        if not can.job_states:
            raise not_public(
                f"Slurm 23.11.5 or newer is needed to detect hidden jobs ({can.version})"
            )
        try:
            privileges = await self._client.privileges(self._user)
        except AccountingMissing:
            privileges = []
        if privileges or await self._may_act_for_others():
            what = ", ".join(privileges) or "may act as any user"
            raise not_public(f"the reader {self._user} has privileges ({what})")
        await self._require_visible("nodes", self._client.nodes)
        await self._require_visible("partitions", self._client.partitions)

    async def _may_act_for_others(self) -> bool:
        """Detect SlurmUser: it has no admin level, but its token is accepted under any name."""
        path = f"/slurm/{await self._client.api_version()}/diag/"
        own = await self._credentials()
        as_other_user = Credentials(_OTHER_USER, own.token)
        transport = self._client.connection.transport
        problem = failure(
            await transport.request("GET", path, credentials=as_other_user), path=path
        )
        if problem is not None and not isinstance(problem, TokenRejected):
            raise problem
        return problem is None

    async def _require_visible(self, what: str, read: Callable[[], Awaitable[object]]) -> None:
        for pause in (1.0, 0.0):
            try:
                await read()
            except _HIDES:
                # Raises if Slurm itself is down.
                await self._client.diag()
                await asyncio.sleep(pause)
            else:
                return
        raise not_public(f"{what} are hidden (PrivateData in slurm.conf)")
