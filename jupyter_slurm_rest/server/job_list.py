"""A page of the queue."""

from __future__ import annotations

from collections import Counter

from msgspec.structs import replace

from jupyter_slurm_rest.slurm.lists import Unchanged
from jupyter_slurm_rest.slurm.models import JobSummary
from jupyter_slurm_rest.slurm.plans import Filters, in_order, matching

from .answers import JobList
from .cluster import Cluster
from .requests import JobsQuery, listed


async def job_list(cluster: Cluster, query: JobsQuery) -> JobList:
    """The page that ``query`` asks for. Raises :exc:`InvalidRequest` for a bad sort."""
    found = await cluster.snapshots.get("jobs", lambda: _all_jobs(cluster))
    filters = Filters(
        states=listed(query.state),
        users=frozenset({await cluster.username()})
        if query.scope == "mine"
        else listed(query.user),
        partitions=listed(query.partition),
        accounts=listed(query.account),
        qos=listed(query.qos),
        search=query.search,
    )
    rows = in_order(matching(found.value, filters), query.sort)
    # How many there are in each state, so that a person can choose among the states.
    anyhow = matching(found.value, replace(filters, states=frozenset()))
    return JobList(
        jobs=rows[query.offset : query.offset + query.limit],
        total=len(rows),
        as_of=found.as_of,
        stale=found.stale,
        plan=cluster.plan,
        note=found.note,
        counts=dict(Counter(row.state for row in anyhow)),
    )


async def _all_jobs(cluster: Cluster) -> list[JobSummary]:
    answer = await cluster.client.jobs()
    if isinstance(answer, Unchanged):
        raise AssertionError("nothing can be unchanged where no time was given")
    return answer.jobs
