"""A page of the queue."""

from __future__ import annotations

import time
from typing import Any, cast

from jupyter_slurm_rest.slurm.errors import InvalidRequest
from jupyter_slurm_rest.slurm.models import JobSummary
from jupyter_slurm_rest.slurm.names import state_names

from .filters import Filters
from .pages import with_elapsed
from .responses import JobList, JobsQuery, listed
from .watcher import Watcher


async def job_list(watcher: Watcher, query: JobsQuery) -> JobList:
    """The page that ``query`` asks for. Raises :exc:`InvalidRequest` for a bad sort."""
    columns = _columns(query.columns)
    filters = Filters(
        states=frozenset(state_names(listed(query.state))),
        users=listed(query.user),
        partitions=listed(query.partition),
        accounts=listed(query.account),
        qos=listed(query.qos),
        search=query.search,
    )
    look = await watcher.page(
        query.scope,
        filters,
        sort=query.sort,
        offset=query.offset,
        limit=query.limit,
        since=query.since,
        fresh=query.fresh,
    )
    now = time.time()
    return JobList(
        jobs=_only([with_elapsed(row, now) for row in look.page.rows], columns),
        total=look.page.total,
        version=look.page.version,
        delta=look.page.delta,
        as_of=look.as_of,
        stale=look.stale,
        strategy=look.strategy,
        note=look.note,
        counts=look.page.counts,
    )


def _columns(wanted: str) -> list[str]:
    known = JobSummary.__struct_fields__
    columns = [name for name in known if name in listed(wanted)]
    for name in listed(wanted):
        if name not in known:
            raise InvalidRequest(
                "columns", f"columns: jobs have no {name[:80]!r}.", advice=", ".join(known)
            )
    # Whoever applies a difference needs the ids.
    return columns if not columns or "id" in columns else ["id", *columns]


def _only(rows: list[JobSummary], columns: list[str]) -> list[JobSummary]:
    if not columns:
        return rows
    # Encoded alike, with fewer fields: the only place where a row is not a whole one.
    cut: list[dict[str, Any]] = [{name: getattr(row, name) for name in columns} for row in rows]
    return cast("list[JobSummary]", cut)
