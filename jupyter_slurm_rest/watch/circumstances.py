"""What plans are chosen by, asked for once a minute."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from jupyter_slurm_rest.slurm.errors import AccountingDown
from jupyter_slurm_rest.slurm.plans import Circumstances, Source

#: Seconds that an answer is believed. It costs one ``diag`` (7 kB, 3-6 ms), and one
#: small question to accounting.
_BELIEVED = 60.0


class Weather:
    """The :class:`Circumstances` of one cluster, as of at most a minute ago."""

    def __init__(
        self,
        source: Source,
        max_jobs_dump: int,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._max_jobs_dump = max_jobs_dump
        self._clock = clock
        self._now: Circumstances | None = None
        self._asked = -float("inf")
        self._lock = asyncio.Lock()

    async def now(self) -> Circumstances:
        """Raises the ``SlurmError`` of slurmrestd's first answer when there is none yet."""
        async with self._lock:
            old = self._clock() - self._asked >= _BELIEVED
            if self._now is None or old or await self._speaks_otherwise(self._now):
                self._now = await self._ask()
                self._asked = self._clock()
            return self._now

    def forget(self) -> None:
        """Ask again at the next occasion."""
        self._asked = -float("inf")

    async def _speaks_otherwise(self, known: Circumstances) -> bool:
        """Whether the API version is another one by now, as while slurmdbd is down."""
        return await self._source.capabilities() != known.capabilities

    async def _ask(self) -> Circumstances:
        capabilities = await self._source.capabilities()
        diag = await self._source.diag()
        known = None not in (diag.jobs_pending, diag.jobs_running)
        return Circumstances(
            capabilities=capabilities,
            accounting=await self._accounting(),
            queue=(diag.jobs_pending or 0) + (diag.jobs_running or 0) if known else None,
            max_jobs_dump=self._max_jobs_dump,
        )

    async def _accounting(self) -> bool:
        try:
            return await self._source.has_accounting()
        except AccountingDown:
            # What is being read through accounting lives through its absence; only who
            # looks for the first time gets a plan without it.
            return self._now is not None and self._now.accounting
