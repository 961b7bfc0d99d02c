"""Whether what a cluster shows to the hub's reader may be shown to everybody.

What an ordinary user without any privilege may see, everybody may see. So the reader
must be one, and nothing may be hidden from it; who is in doubt, refuses.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from jupyter_slurm_rest.slurm import Credentials, CredentialSource, SlurmClient
from jupyter_slurm_rest.slurm.errors import (
    AccountingMissing,
    ControllerDown,
    PermissionDenied,
    Refused,
    SlurmError,
    TokenRejected,
)
from jupyter_slurm_rest.slurm.faults import failure

from .errors import Refusal, not_public

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
