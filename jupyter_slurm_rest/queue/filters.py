"""Filter and sort rows, where they are held in memory."""

from __future__ import annotations

import operator
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from jupyter_slurm_rest.slurm.models import JobSummary
from jupyter_slurm_rest.slurm.names import no_such


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Which jobs. Each empty filter lets everything through; values of one are "or"."""

    states: frozenset[str] = frozenset()
    users: frozenset[str] = frozenset()
    partitions: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    qos: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    #: Submitted at or after; seconds since the epoch.
    submitted_since: int | None = None
    #: Part of the id, name, user, account or nodes; case does not matter.
    search: str = ""

    def __bool__(self) -> bool:
        return self != _EVERYTHING

    def needs_rows(self) -> bool:
        """Whether more than id and state must be known to apply them."""
        return bool(msgspec.structs.replace(self, states=frozenset()))


_EVERYTHING = Filters()


def matching(rows: Iterable[JobSummary], filters: Filters) -> list[JobSummary]:
    """The rows that pass every filter, in their order."""
    tests = list(_tests(filters))
    if not tests:
        return list(rows)
    return [row for row in rows if all(test(row) for test in tests)]


def _tests(filters: Filters) -> Iterable[Callable[[JobSummary], bool]]:
    f = filters
    if f.states:
        states = frozenset(s.upper() for s in f.states)
        yield lambda row: row.state in states or not states.isdisjoint(row.flags)
    if f.users:
        yield lambda row: row.user in f.users
    if f.accounts:
        yield lambda row: row.account in f.accounts
    if f.qos:
        yield lambda row: row.qos in f.qos
    if f.names:
        yield lambda row: row.name in f.names
    if f.partitions:
        # A waiting job may name several.
        yield lambda row: not f.partitions.isdisjoint(row.partition.split(","))
    if (since := f.submitted_since) is not None:
        yield lambda row: row.submit_time is not None and row.submit_time >= since
    if f.search:
        wanted = f.search.casefold()
        yield (
            lambda row: (
                wanted in "\n".join((row.id, row.name, row.user, row.account, row.nodes)).casefold()
            )
        )


def by_id(row: JobSummary) -> tuple[int, int, int]:
    """Order of submission: arrays and heterogeneous jobs stay together."""
    first = row.array_job_id or row.het_job_id or row.job_id
    task = row.array_task_id
    # What is left of a waiting array comes after the tasks that were split off.
    position = task if task is not None else (2**32 if row.array_job_id else -1)
    return first, position, row.het_offset or 0


def in_order(
    rows: Sequence[JobSummary], sort: str, *, by_id_already: bool = False
) -> list[JobSummary]:
    """``rows`` sorted by the field ``sort`` (``-`` in front: descending), then by id.

    Rows without a value come last in both directions. ``by_id_already``: they are in the
    order of :func:`by_id`. Raises :exc:`InvalidRequest` for a field that rows do not have.
    """
    field, descending = sort.lstrip("-"), sort.startswith("-")
    ordered = rows if by_id_already else sorted(rows, key=by_id)
    if field in ("id", "job_id"):
        return list(ordered[::-1] if descending else ordered)
    if field not in _SORTABLE:
        raise no_such("sort", "field that jobs are sorted by", field, _SORTABLE, cluster=False)
    now = int(time.time())
    known: list[tuple[Any, JobSummary]] = []
    unknown: list[JobSummary] = []
    for row in ordered:
        value = _value(row, field, now)
        if value is None:
            unknown.append(row)
        else:
            known.append((value, row))
    known.sort(key=_first, reverse=descending)
    return [row for _, row in known] + unknown


_first = operator.itemgetter(0)


def _value(row: JobSummary, field: str, now: int) -> Any:
    value = getattr(row, field)
    if field == "elapsed" and row.running_since is not None:
        return now - row.running_since
    if field == "time_limit" and value == "UNLIMITED":
        return float("inf")
    if field == "exit_code":
        return None if value is None else (value.code, value.signal)
    if isinstance(value, str):
        return value.casefold() if value else None
    return value


_SORTABLE = frozenset(JobSummary.__struct_fields__) - {"flags"}
