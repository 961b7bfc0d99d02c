"""Lists of jobs: a page of the queue, a page of finished jobs, and what happened lately.

Filters with names that do not exist on the cluster are rejected with the most similar name.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence

import msgspec

from jupyter_slurm_rest.queue.filters import Filters, in_order, matching
from jupyter_slurm_rest.queue.pages import with_elapsed
from jupyter_slurm_rest.queue.responses import JobList, JobsQuery, listed
from jupyter_slurm_rest.slurm.accounting import MAX_PAGE, HistoryQuery
from jupyter_slurm_rest.slurm.errors import InvalidRequest, SlurmError
from jupyter_slurm_rest.slurm.models import JobSummary
from jupyter_slurm_rest.slurm.names import no_such, state_names

from .cluster import ConfiguredCluster
from .schemas import HistoryList, HistoryPageQuery, JobTransition, TaskList, TransitionList

#: Seconds: the window when none is asked for, and the step that its end is rounded to, so
#: that several who look share one response.
_WINDOW = 7 * 86_400
_STEP = 60
#: Seconds that a response is kept: more expensive than the queue, and finished jobs do not change.
_KEPT = 10.0
#: Seconds that names are cached: only an administrator changes them.
_NAMES_KEPT = 60.0
#: What a filter names, in words.
_KINDS = {
    "partition": "partition",
    "user": "user",
    "account": "account",
    "qos": "QOS",
    "reservation": "reservation",
    "nodes": "node",
}


async def job_page(cluster: ConfiguredCluster, query: JobsQuery) -> JobList:
    """A page of the queue. Raises :exc:`InvalidRequest` for a bad query."""
    page = await cluster.jobs(query)
    given = {
        "partition": listed(query.partition),
        "user": listed(query.user),
        "account": listed(query.account),
        "qos": listed(query.qos),
    }
    # With only some columns wanted, rows are not whole.
    rows = [] if query.columns else page.jobs
    await check_filter(cluster, given, total=page.total, rows=rows)
    return page


async def history_page(cluster: ConfiguredCluster, query: HistoryPageQuery) -> HistoryList:
    """The page that ``query`` asks for. Raises :exc:`InvalidRequest` for a bad one."""
    end = query.end_time or (int(time.time()) // _STEP + 1) * _STEP
    start = query.start_time if query.start_time is not None else end - _WINDOW
    if start >= end:
        raise InvalidRequest("start_time", "start_time: must be before end_time.")
    users = [await cluster.username()] if query.scope == "mine" else sorted(listed(query.user))
    wanted = HistoryQuery(
        users=users,
        states=sorted(state_names(listed(query.state))),
        partitions=sorted(listed(query.partition)),
        accounts=sorted(listed(query.account)),
        names=sorted(listed(query.name)),
        start=start // _STEP * _STEP,
        end=end,
        limit=MAX_PAGE,
    )
    wanted.check()
    found = await cluster.snapshots.get(
        ("history", msgspec.json.encode(wanted)), lambda: cluster.client.history(wanted), ttl=_KEPT
    )
    now = time.time()
    given = {
        "partition": wanted.partitions,
        "user": wanted.users if query.scope == "all" else [],
        "account": wanted.accounts,
    }
    await check_filter(cluster, given, total=found.value.total, rows=found.value.jobs)
    known = [with_elapsed(job, now) for job in found.value.jobs]
    rows = in_order(matching(known, Filters(search=query.search)), query.sort)
    note = found.note
    if found.value.total > len(known):
        note = (
            f"Only the {len(known)} newest of {found.value.total} jobs are searched. Choose a"
            " shorter period. " + note
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


async def task_list(cluster: ConfiguredCluster, job_id: str) -> TaskList:
    """The tasks of the array ``job_id``. Raises :exc:`NotFound` for what is not an array."""
    found = await cluster.snapshots.get(
        ("tasks", job_id),
        lambda: cluster.client.array_tasks(job_id),
        ttl=1.0,
        allow_stale=False,
    )
    names = [field.name for field in msgspec.structs.fields(JobSummary)]
    rows = [JobSummary(**{name: getattr(job, name) for name in names}) for job in found.value]
    return TaskList(tasks=rows)


def transitions_since(cluster: ConfiguredCluster, since: float) -> TransitionList:
    """Transitions of the user's jobs that the watcher saw; sends no request to Slurm."""
    found = cluster.watcher.transitions(since)
    return TransitionList(
        transitions=[
            JobTransition(
                id=job.id,
                job_id=job.job_id,
                name=job.name,
                before=before,
                state=job.state,
                flags=job.flags,
                exit_code=job.exit_code,
            )
            for before, job in ((one.before, one.job) for one in found)
        ]
    )


async def check_filter(
    cluster: ConfiguredCluster,
    given: Mapping[str, Collection[str]],
    *,
    total: int = 0,
    rows: Sequence[JobSummary] = (),
) -> None:
    """Raise :exc:`InvalidRequest` for a name in ``given`` that does not exist, with the nearest.

    ``given`` holds names by filter: partition, user, account, qos, reservation, nodes.
    ``total`` jobs passed it, ``rows`` among them: a name that any of them has does exist.
    """
    for field, words in given.items():
        if total and len(words) <= 1:
            continue
        seen = {name for row in rows for name in str(getattr(row, field, "")).split(",")}
        doubtful = [word for word in words if word not in seen]
        known = await _known(cluster, field) if doubtful else set()
        for word in doubtful:
            if known and word not in known:
                raise no_such(field, _KINDS[field], word, known)


async def _known(cluster: ConfiguredCluster, field: str) -> set[str]:
    """All existing names; empty if they cannot be read."""
    try:
        if field == "partition":
            return {one.name for one in (await cluster.resources.partitions()).value}
        if field == "reservation":
            return {one.name for one in (await cluster.resources.reservations()).value}
        if field == "nodes":
            return {one.name for one in (await cluster.resources.nodes()).value}
        calls: dict[str, Callable[[], Awaitable[Iterable[str]]]] = {
            "user": cluster.client.users,
            "account": cluster.client.accounts,
            "qos": lambda: _qos(cluster),
        }
        names = await cluster.snapshots.get(("names", field), calls[field], ttl=_NAMES_KEPT)
        return set(names.value)
    except SlurmError:
        # Without accounting, or if it is private, names cannot be checked.
        return set()


async def _qos(cluster: ConfiguredCluster) -> list[str]:
    return [one.name for one in await cluster.client.qos()]
