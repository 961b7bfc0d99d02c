"""What readers of a cluster are answered: lists of jobs, nodes and partitions.

Times are seconds since the epoch. ``as_of`` says when Slurm was asked, so that a reader
can tell how old the data is; ``stale`` that a newer answer could not be had.
"""

from __future__ import annotations

from typing import TypedDict, TypeVar

from jupyter_slurm_rest.slurm.models import JobSummary, Model, Node, Partition

from .snapshots import Snapshot

T = TypeVar("T")


class Delta(Model, frozen=True, kw_only=True):
    """How to come from a page that the reader has to the new one.

    Take out what is ``removed`` and every row that is among the answer's jobs; then put
    each of those in ``at`` its place, in their order.
    """

    #: The version that the reader has.
    since: str
    #: Ids that are no longer on the page.
    removed: list[str]
    #: Where each of the answer's jobs stands on the new page, counted from 0, ascending.
    at: list[int]


class JobList(Model, frozen=True, kw_only=True):
    """A page of the queue, or with ``delta`` what is new on it."""

    #: ``elapsed`` is that of the response; count on from ``running_since``. With the
    #: query's ``columns``, rows have these fields only.
    jobs: list[JobSummary]
    #: Jobs that match, of which ``jobs`` is one page.
    total: int
    #: Of this page; to be sent back as ``since``.
    version: str
    #: ``None``: ``jobs`` is the whole page.
    delta: Delta | None
    as_of: float
    stale: bool
    #: How the list was read.
    plan: str
    #: What the list does not show, or why it is stale; empty when there is nothing to say.
    note: str
    #: Jobs by base state, of those that match everything but the states asked for.
    counts: dict[str, int]


class QueueState(Model, frozen=True, kw_only=True):
    """How everybody's queue is, without a row of it."""

    #: Another one whenever a row changed.
    version: str
    as_of: float
    stale: bool
    #: How it is read, and why so.
    plan: str


class NodeList(Model, frozen=True, kw_only=True):
    """The nodes."""

    nodes: list[Node]
    total: int
    as_of: float
    stale: bool
    note: str


class PartitionList(Model, frozen=True, kw_only=True):
    """The partitions."""

    partitions: list[Partition]
    total: int
    as_of: float
    stale: bool
    note: str


class About(TypedDict):
    """What every whole list tells beside what is in it."""

    total: int
    as_of: float
    stale: bool
    note: str


def about(found: Snapshot[list[T]]) -> About:
    """To be spread into the answer that holds ``found``'s list."""
    return About(total=len(found.value), as_of=found.as_of, stale=found.stale, note=found.note)
