"""What happened to jobs between two readings."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from jupyter_slurm_rest.slurm.models import JobSummary
from jupyter_slurm_rest.slurm.plans import Table


class Transition(msgspec.Struct, frozen=True):
    """A job came, or its state changed. ``before`` is ``None`` for a job not seen yet."""

    before: str | None
    job: JobSummary


def transitions(before: Table | None, after: Table) -> Iterator[Transition]:
    """Between two tables of one view; none for the first, which is news to nobody.

    A job that left the table without having been seen in another state is no transition:
    that it is gone does not say how it ended.
    """
    if before is None:
        return
    # By record: what is left of a waiting array changes its id with every task it starts.
    known = {row.job_id: row.state for row in before.rows.values()}
    for row in after.rows.values():
        state = known.get(row.job_id)
        if state != row.state:
            yield Transition(state, row)
