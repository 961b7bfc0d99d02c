"""A page of finished jobs."""

from __future__ import annotations

import time

import msgspec

from jupyter_slurm_rest.queue.filters import Filters, in_order, matching
from jupyter_slurm_rest.queue.responses import listed
from jupyter_slurm_rest.queue.table import with_elapsed
from jupyter_slurm_rest.slurm.accounting import MAX_PAGE, HistoryQuery
from jupyter_slurm_rest.slurm.errors import InvalidRequest
from jupyter_slurm_rest.slurm.names import state_names

from .cluster import ConfiguredCluster
from .known_names import check_filter
from .requests import HistoryPageQuery
from .responses import HistoryList

#: Seconds: the window when none is asked for, and the step that its end is rounded to, so
#: that several who look share one response.
_WINDOW = 7 * 86_400
_STEP = 60
#: Seconds that a response is kept: dearer than the queue, and what is over does not change.
_KEPT = 10.0


async def history_list(cluster: ConfiguredCluster, query: HistoryPageQuery) -> HistoryList:
    """The page that ``query`` asks for. Raises :exc:`InvalidRequest` for a bad one."""
    end = query.end_time or (int(time.time()) // _STEP + 1) * _STEP
    start = query.start_time if query.start_time is not None else end - _WINDOW
    if start >= end:
        raise InvalidRequest("start_time", "start_time: must lie before end_time.")
    users = [await cluster.username()] if query.scope == "mine" else sorted(listed(query.user))
    asked = HistoryQuery(
        users=users,
        states=sorted(state_names(listed(query.state))),
        partitions=sorted(listed(query.partition)),
        accounts=sorted(listed(query.account)),
        names=sorted(listed(query.name)),
        start=start // _STEP * _STEP,
        end=end,
        limit=MAX_PAGE,
    )
    asked.check()
    found = await cluster.snapshots.get(
        ("history", msgspec.json.encode(asked)), lambda: cluster.client.history(asked), ttl=_KEPT
    )
    now = time.time()
    given = {
        "partition": asked.partitions,
        "user": asked.users if query.scope == "all" else [],
        "account": asked.accounts,
    }
    await check_filter(cluster, given, total=found.value.total, rows=found.value.jobs)
    known = [with_elapsed(job, now) for job in found.value.jobs]
    rows = in_order(matching(known, Filters(search=query.search)), query.sort)
    note = found.note
    if found.value.total > len(known):
        note = (
            f"Only the {len(known)} newest of {found.value.total} jobs are looked through: "
            "choose a shorter time. " + note
        ).strip()
    return HistoryList(
        jobs=rows[query.offset : query.offset + query.limit],
        total=len(rows),
        as_of=found.as_of,
        stale=found.stale,
        note=note,
        start_time=start,
        end_time=end,
    )
