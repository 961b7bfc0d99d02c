"""What happened to jobs between two readings, and who is told."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Protocol

import msgspec

from jupyter_slurm_rest.slurm.models import JobSummary

from .table import Table

#: Of one reading. A job that was canceled with ten thousand others is not told by itself:
#: that the queue changed says that much happened.
MOST = 200
#: Readings whose transitions can still be asked for: minutes, as a rule.
KEPT = 50


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


class Transitions:
    """What the last readings of the user's jobs found."""

    def __init__(self) -> None:
        #: When Slurm was asked, and what had happened.
        self._found: deque[tuple[float, list[Transition]]] = deque(maxlen=KEPT)

    def add(self, before: Table | None, after: Table) -> None:
        """Keep what happened between two readings."""
        found = list(transitions(before, after))
        if 0 < len(found) <= MOST:
            self._found.append((after.as_of, found))

    def since(self, as_of: float) -> list[Transition]:
        """What the reading of that time and later ones found, oldest first."""
        return [one for at, found in self._found if at >= as_of for one in found]


class EventEmitter(Protocol):
    """Where a watcher says that something changed; the server emits it as Jupyter events."""

    def queue_changed(self, scope: str, as_of: float) -> None:
        """The list ``scope`` (``mine`` or ``all``) has changed."""

    def trouble(self, error: Exception | None) -> None:
        """Readings began to fail with ``error``, or (``None``) work again."""


class NoEvents:
    """Emits nothing: for readers that ask by themselves."""

    def queue_changed(self, scope: str, as_of: float) -> None: ...

    def trouble(self, error: Exception | None) -> None: ...
