"""The plan for "all jobs" of a short queue, and of API versions that have nothing better."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable

import msgspec

from jupyter_slurm_rest.slurm.errors import UnreadableResponse
from jupyter_slurm_rest.slurm.models import JobSummary

from .source import Meter, Source
from .table import Table, amended, carry_over, new_version


class QueueDump:
    """Every job that slurmctld holds, in one response.

    Cost: 8 kB and up to 0.9 ms of slurmrestd per job (5,000 jobs: 40 MB, 3-4 s), and up to
    0.5 MB of its memory per thousand jobs and dump, which it does not give back. So it is
    for queues under ``max_jobs_dump``; on longer ones only where an API version before
    v0.0.40, or a cluster without accounting, leaves nothing else.

    When nothing changed, ``update_time`` makes it 3 ms and an empty response. Versions
    before v0.0.40 do not tell when the last change was; there slurmctld's own clock, read
    from ``diag`` just before the dump, stands in for it.
    """

    name = "dump"
    cost = "the whole queue in one response: 8 kB and up to 0.9 ms of slurmrestd's time per job"

    def __init__(
        self,
        source: Source,
        *,
        tells_last_update: bool,
        note: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._source = source
        self._tells_last_update = tells_last_update
        self._note = note
        self._clock = clock

    def amend(self, table: Table, wholes: Collection[int], found: Iterable[JobSummary]) -> Table:
        """``table`` after these jobs were read again."""
        return amended(table, wholes, found, keep_ended=False)

    async def __call__(self, before: Table | None) -> Table:
        meter = Meter(self._source, self._clock)
        asked_at = None if self._tells_last_update else (await self._source.diag()).asked_at
        dump = await self._source.dump(before.last_update if before else None)
        if dump is None:
            # In answer to an update_time, which came out of a table.
            if before is None:
                raise UnreadableResponse(
                    "slurmrestd reported no changes, although no time was given."
                )
            return msgspec.structs.replace(
                before, as_of=meter.begun, seconds=meter.seconds, requests=meter.requests
            )
        rows, changed = carry_over(before.rows if before else {}, dump.rows)
        return Table(
            rows=rows,
            as_of=meter.begun,
            version=before.version if before and not changed else new_version(),
            plan=self.name,
            note=f"{self._note} {_strangers(rows.values())}".strip(),
            seconds=meter.seconds,
            requests=meter.requests,
            last_update=dump.last_update if self._tells_last_update else asked_at,
        )


def _strangers(rows: Iterable[JobSummary]) -> str:
    count = sum(row.user.isdigit() for row in rows)
    if not count:
        return ""
    return f"{count} jobs have no user name, because slurmrestd's host does not know the user."
