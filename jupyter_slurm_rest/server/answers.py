"""What the server's routes answer, beside the vocabulary of :mod:`jupyter_slurm_rest.slurm.models`.

Times are seconds since the epoch. ``as_of`` says when Slurm was asked, so that a reader
can tell how old the data is; ``stale`` that a newer answer could not be had.
"""

from __future__ import annotations

from typing import Any

from jupyter_slurm_rest.slurm.models import (
    ActionResult,
    JobSummary,
    License,
    Model,
    Node,
    Partition,
    Reservation,
)

#: A value of one sbatch option: the words a person writes, or a number.
OptionValue = str | int | bool | None


class ErrorBody(Model, frozen=True, kw_only=True):
    """Why a request failed, for a person and for a program."""

    #: One sentence.
    message: str
    #: A short code: ``token_missing``, ``token_rejected``, ``not_owner``, ``forbidden``,
    #: ``unreachable``, ``timeout``, ``controller_down``, ``accounting_down``,
    #: ``accounting_missing``, ``refused``, ``invalid``, ``not_found``, ``no_such_cluster``,
    #: ``unsupported``, ``too_large``, ``unreadable_answer``, ``internal``, ``http``.
    reason: str
    #: The request's field or sbatch option that is wrong.
    field: str | None = None
    #: Where in the script, counted from 1.
    line: int | None = None
    column: int | None = None
    #: One sentence: what the person can do about it.
    advice: str = ""
    #: For trouble with the token, the one thing that helps: ``login``, ``restart``,
    #: ``paste``, ``retry`` or ``admin``; otherwise empty.
    action: str = ""
    #: Slurm's own number and words, when it was Slurm that refused.
    error_number: int | None = None
    slurm_text: str = ""


class ClusterInfo(Model, frozen=True, kw_only=True):
    """One configured cluster, as it is now for this person."""

    name: str
    reachable: bool
    error: ErrorBody | None = None
    slurm_release: str | None = None
    #: The version in use, and all that slurmrestd offers, newest last.
    api_version: str | None = None
    api_versions: list[str] = []
    #: Whether slurmdbd answers; ``None`` when that could not be found out.
    accounting: bool | None = None
    #: Who Slurm sees.
    user: str | None = None
    token_expires_at: int | None = None
    #: Where the token comes from: ``hub``, ``oidc``, ``portal``, ``file``, ``command``,
    #: ``env``, ``pasted`` or ``none``.
    token_source: str = "none"  # noqa: S105
    #: How lists are read from this cluster.
    plan: str = ""
    can_write: bool = False


class ClusterList(Model, frozen=True, kw_only=True):
    """Every configured cluster."""

    clusters: list[ClusterInfo]


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

    #: Of running jobs ``elapsed`` may be older than ``as_of``: count on from ``start_time``.
    #: With the query's ``columns``, rows have these fields only.
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


class HistoryList(Model, frozen=True, kw_only=True):
    """A page of finished jobs, from accounting."""

    jobs: list[JobSummary]
    total: int
    as_of: float
    stale: bool
    note: str
    #: The window that was searched.
    start_time: int
    end_time: int


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


class ReservationList(Model, frozen=True, kw_only=True):
    """The reservations."""

    reservations: list[Reservation]
    total: int
    as_of: float
    stale: bool
    note: str


class LicenseList(Model, frozen=True, kw_only=True):
    """The licences."""

    licenses: list[License]
    total: int
    as_of: float
    stale: bool
    note: str


class OutputChunk(Model, frozen=True, kw_only=True):
    """What a job's output file gained since ``offset``. Offsets and sizes are bytes."""

    path: str
    size: int
    offset: int
    #: Where to read on; what lies between the two is ``text``.
    next_offset: int
    text: str
    #: Nothing more will come: the job has ended and all of the file was read.
    finished: bool
    #: ``offset`` was set forward: only the end of a long file is sent at first.
    truncated_start: bool
    #: Why there is no text, in words; empty otherwise.
    note: str
    #: The file's path for Jupyter's contents API; empty where that does not reach it.
    contents_path: str = ""


class ScriptAnswer(Model, frozen=True, kw_only=True):
    """A script understood as sbatch understands it."""

    #: By sbatch's long option names, with underscores; of the first component.
    options: dict[str, OptionValue]
    #: One for each component of a heterogeneous job; otherwise just ``options``.
    components: list[dict[str, OptionValue]]
    warnings: list[str]
    script: str


class Form(Model, frozen=True, kw_only=True):
    """The submit form: a JSON Schema, how to lay it out, and where to start."""

    schema: dict[str, Any]
    uiSchema: dict[str, Any]
    defaults: dict[str, Any]


class ActionResults(Model, frozen=True, kw_only=True):
    """What an action did, job by job, in the order asked."""

    results: list[ActionResult]
