"""What a plan has read: rows, and how old, how complete and how dear they are."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping

import msgspec

from jupyter_slurm_rest.slurm.models import JobSummary

from .source import LIVE_STATES, State

#: Fields that change with every look at the clock; a row is not new because of them.
#: Whoever shows a running job counts on from ``running_since``.
CLOCKWORK = ("elapsed",)


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of one view at one time. Immutable: readers may keep it while it is replaced."""

    #: By :attr:`JobSummary.id`, in the order of the response. A row that did not change is
    #: the same object as in the table before: so two tables are compared by identity.
    rows: Mapping[str, JobSummary]
    #: Seconds since the epoch: when the reading began.
    as_of: float
    #: From :func:`new_version`: another one whenever any row changed.
    version: int
    #: Name of the plan.
    plan: str = ""
    #: What this table does not show, in a sentence; empty when it shows everything.
    note: str = ""
    #: What the reading cost slurmrestd: seconds of answering, requests.
    seconds: float = 0.0
    requests: int = 0
    #: Slurm's own time of the last change, to be sent as ``update_time``.
    last_update: int | None = None
    #: Always whole.
    growing: bool = False


_versions = itertools.count(1)


def new_version() -> int:
    """A number that no table of this process had; later ones are larger."""
    return next(_versions)


def carry_over(
    old: Mapping[str, JobSummary], new: Iterable[JobSummary]
) -> tuple[dict[str, JobSummary], bool]:
    """``new`` by id, with unchanged rows taken from ``old``; and whether anything changed."""
    rows: dict[str, JobSummary] = {}
    changed = False
    for row in new:
        before = old.get(row.id)
        if before is not None and same(before, row):
            rows[row.id] = before
        else:
            rows[row.id] = row
            changed = True
    return rows, changed or len(rows) != len(old)


def amended(
    table: Table, wholes: Collection[int], found: Iterable[JobSummary], *, keep_ended: bool
) -> Table:
    """``table`` after the jobs and arrays ``wholes`` were read again: ``found`` is all of them.

    ``keep_ended``: rows of tasks that ended stay, though slurmctld may have forgotten them.
    """
    new = {row.job_id: row for row in found}
    rows = {
        row.id: row
        for row in table.rows.values()
        if row.job_id not in new
        and (whole_of(row) not in wholes or (keep_ended and row.state not in LIVE_STATES))
    }
    before = {row.job_id: row for row in table.rows.values()}
    for row in new.values():
        old = before.get(row.job_id)
        rows[row.id] = old if old is not None and same(old, row) else row
    unchanged = len(rows) == len(table.rows) and all(
        table.rows.get(name) is row for name, row in rows.items()
    )
    if unchanged:
        return table
    return msgspec.structs.replace(table, rows=rows, version=new_version())


def whole_of(row: JobSummary) -> int:
    """The number under which slurmctld gives a job with all that belongs to it."""
    return row.array_job_id or row.het_job_id or row.job_id


def same(one: JobSummary, other: JobSummary) -> bool:
    """Whether two rows say the same, the clock aside."""
    if one == other:
        return True
    return all(getattr(one, name) == getattr(other, name) for name in _COMPARED)


_COMPARED = tuple(name for name in JobSummary.__struct_fields__ if name not in CLOCKWORK)


def with_elapsed(row: JobSummary, now: float) -> JobSummary:
    """``row`` with the time that its job has run ``now``: it may have been read long ago."""
    if row.running_since is None:
        return row
    return msgspec.structs.replace(row, elapsed=max(0, int(now) - row.running_since))


def with_state(row: JobSummary, state: State) -> JobSummary:
    """``row`` in ``state``: slurmctld's state wins over a row that was read at another moment."""
    if (row.state, row.flags) == state:
        return row
    if state[0] == "PENDING" and row.start_time is not None:
        # Requeued: the times are those of its last run.
        row = msgspec.structs.replace(
            row, start_time=None, end_time=None, elapsed=None, exit_code=None, nodes=""
        )
    since = row.running_since if state[0] == "RUNNING" else None
    return msgspec.structs.replace(row, state=state[0], flags=state[1], running_since=since)
