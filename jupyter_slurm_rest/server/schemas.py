"""What the routes accept, and what they respond with.

Times are seconds since the epoch. ``as_of`` says when Slurm was asked, so that a reader can
tell how old the data is; ``stale`` means that newer data was not available.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from msgspec import Meta

from jupyter_slurm_rest.queue.responses import Offset, Request, Words
from jupyter_slurm_rest.slurm.models import (
    ActionResult,
    ExitCode,
    JobSummary,
    License,
    Model,
    Reservation,
)
from jupyter_slurm_rest.slurm.models.job_filter import JobFilter
from jupyter_slurm_rest.tokens.errors import TokenProblem

#: A value of one sbatch option: the words a user writes, or a number.
OptionValue = str | int | bool | None


class ScriptProblem(Model, frozen=True, kw_only=True):
    """A problem in a script, with a suggestion if there is one."""

    #: One or two sentences.
    message: str
    #: The option of sbatch that it is about, by its long name with underscores.
    field: str | None = None
    #: Where in the script, counted from 1; ``end_column`` is behind the last character.
    line: int | None = None
    column: int | None = None
    end_column: int | None = None
    #: A valid value for ``field``.
    value: str = ""
    #: What to write from ``column`` to ``end_column`` instead.
    text: str = ""


#: Error codes for programs, in addition to those about the token.
Reason: TypeAlias = (
    TokenProblem
    | Literal[
        "accounting_down",
        "accounting_missing",
        "response_lost",
        "busy",
        "controller_down",
        "forbidden",
        "http",
        "internal",
        "invalid",
        "no_such_cluster",
        "no_such_endpoint",
        "not_found",
        "not_owner",
        "permission_denied",
        "refused",
        "stalled",
        "timeout",
        "token_rejected",
        "too_large",
        "unreachable",
        "unreadable_response",
        "unsupported",
    ]
)


class ErrorBody(Model, frozen=True, kw_only=True):
    """Why a request failed, for users and programs."""

    #: One sentence.
    message: str
    #: A short code for programs.
    reason: Reason
    #: The request's field or sbatch option that is wrong.
    field: str | None = None
    #: Where in the script, counted from 1.
    line: int | None = None
    column: int | None = None
    #: One sentence: what the user can do about it.
    advice: str = ""
    #: For trouble with the token, the one thing that helps: ``login``, ``restart``,
    #: ``paste``, ``retry`` or ``admin``; otherwise empty.
    action: str = ""
    #: Slurm's own number and words, when it was Slurm that refused.
    error_number: int | None = None
    slurm_text: str = ""
    #: All that is wrong with a script, in the order of its lines; the first is ``message``.
    problems: list[ScriptProblem] = []


class ClusterInfo(Model, frozen=True, kw_only=True):
    """One configured cluster, as it is now for this user."""

    name: str
    reachable: bool
    error: ErrorBody | None = None
    slurm_release: str | None = None
    #: The version in use, and all that slurmrestd offers, newest last.
    api_version: str | None = None
    api_versions: list[str] = []
    #: Whether slurmdbd responds; ``None`` if unknown.
    accounting: bool | None = None
    #: The Slurm user.
    user: str | None = None
    token_expires_at: int | None = None
    #: Where the token comes from: ``hub``, ``oidc``, ``portal``, ``file``, ``command``,
    #: ``env``, ``pasted`` or ``none``.
    token_source: str = "none"  # noqa: S105 - a word, no token
    #: How lists are read from this cluster.
    strategy: str = ""
    can_write: bool = False


class ClusterList(Model, frozen=True, kw_only=True):
    """Every configured cluster."""

    clusters: list[ClusterInfo]


class JobTransition(Model, frozen=True, kw_only=True):
    """One of the user's jobs appeared, or its state changed."""

    #: As in :attr:`~jupyter_slurm_rest.slurm.models.JobSummary.id`.
    id: str
    job_id: int
    name: str
    #: The state before; ``None`` for a job that was not there.
    before: str | None
    state: str
    flags: tuple[str, ...] = ()
    exit_code: ExitCode | None = None


class TransitionList(Model, frozen=True, kw_only=True):
    """What happened to the user's jobs, oldest first."""

    transitions: list[JobTransition]


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


class ReservationList(Model, frozen=True, kw_only=True):
    """The reservations."""

    reservations: list[Reservation]
    total: int
    as_of: float
    stale: bool
    note: str


class LicenseList(Model, frozen=True, kw_only=True):
    """The licenses."""

    licenses: list[License]
    total: int
    as_of: float
    stale: bool
    note: str


class OutputChunk(Model, frozen=True, kw_only=True):
    """A part of a job's output file from ``offset``. Offsets and sizes are in bytes."""

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


class ScriptResponse(Model, frozen=True, kw_only=True):
    """A script understood as sbatch understands it."""

    #: By sbatch's long option names, with underscores; of the first component.
    options: dict[str, OptionValue]
    #: One for each component of a heterogeneous job; otherwise just ``options``.
    components: list[dict[str, OptionValue]]
    warnings: list[str]
    script: str
    #: Only for a check: what the cluster does not accept.
    problems: list[ScriptProblem] = []
    #: Only for a check: what it was compared with, and what could not be compared.
    compared: str = ""
    unknown: list[str] = []


class OptionInfo(Model, frozen=True, kw_only=True):
    """One option of sbatch, for completion."""

    #: The long name, without dashes.
    name: str
    argument: Literal["none", "required", "optional"]


class Form(Model, frozen=True, kw_only=True):
    """The submit form: a JSON Schema, how to lay it out, and where to start."""

    schema: dict[str, Any]
    uiSchema: dict[str, Any]
    defaults: dict[str, Any]
    #: The options that a script may have.
    options: list[OptionInfo] = []


class TaskList(Model, frozen=True, kw_only=True):
    """The tasks of an array; tasks still to come share one record (``array_tasks``)."""

    tasks: list[JobSummary]


class ActionResults(Model, frozen=True, kw_only=True):
    """The results of an action by job, in the order of the request."""

    results: list[ActionResult]


PageSize = Annotated[int, Meta(ge=1, le=1000)]
#: As in :attr:`jupyter_slurm_rest.slurm.models.JobSummary.id`, or tasks as in ``12_[1-3]``.
#: An invalid id fails by itself, not with all others.
JobId = Annotated[str, Meta(max_length=40_000)]


class TransitionsQuery(Request, frozen=True, kw_only=True):
    """Since when."""

    #: Seconds since the epoch, as in the event ``queue_changed``: that reading of the queue
    #: and all later ones.
    since: Annotated[float, Meta(ge=0)]


class HistoryPageQuery(Request, frozen=True, kw_only=True):
    """Which finished jobs. Times are seconds since the epoch; lists are comma-separated."""

    scope: Literal["mine", "all"] = "mine"
    state: Words = ""
    user: Words = ""
    partition: Words = ""
    account: Words = ""
    name: Words = ""
    search: Words = ""
    #: The last 7 days unless said otherwise.
    start_time: Annotated[int, Meta(ge=0)] | None = None
    end_time: Annotated[int, Meta(ge=0)] | None = None
    sort: Annotated[str, Meta(max_length=64)] = "-end_time"
    offset: Offset = 0
    limit: PageSize = 100


class SubmitQuery(Request, frozen=True, kw_only=True):
    """How to submit."""

    #: Only check; nothing is submitted.
    validate: bool = False


class FormQuery(Request, frozen=True, kw_only=True):
    """What the form is for."""

    #: The script's file, as Jupyter's contents API names it: the job works in its folder.
    path: Words = ""
    #: Without ``path``, the folder that the job works in, named in the same way.
    folder: Annotated[str, Meta(max_length=4096)] | None = None
    #: What is chosen already: partitions are those that accept it.
    account: Words = ""
    qos: Words = ""


class OutputQuery(Request, frozen=True, kw_only=True):
    """Which part of which file."""

    stream: Literal["stdout", "stderr"] = "stdout"
    #: Bytes; without it, the end of the file.
    offset: Annotated[int, Meta(ge=0)] | None = None


class SubmitRequest(Request, frozen=True, kw_only=True):
    """A batch script, with options that win over its ``#SBATCH`` lines."""

    script: str
    options: dict[str, OptionValue] = {}
    #: Where the job works, and relative paths begin, unless the script says otherwise.
    #: Default: the Jupyter server's root directory.
    directory: Annotated[str, Meta(max_length=4096)] = ""
    #: The script's file, if it has one; gives the job its default name.
    path: Annotated[str, Meta(max_length=4096)] = ""
    #: Arguments for the script, as after its file on sbatch's command line.
    args: Annotated[list[str], Meta(max_length=10_000)] = []


class ScriptRequest(Request, frozen=True, kw_only=True):
    """A script to understand or, with ``options``, to rewrite so that it says them."""

    script: str
    options: dict[str, OptionValue] | None = None


class ActionRequest(Request, frozen=True, kw_only=True):
    """What to do to which jobs: either ``job_ids`` or, to cancel, ``filter``."""

    action: Literal["cancel", "signal", "hold", "release", "requeue", "suspend", "resume"]
    job_ids: Annotated[list[JobId], Meta(min_length=1, max_length=10_000)] | None = None
    filter: JobFilter | None = None
    #: For ``signal`` (and ``cancel``, instead of the usual TERM then KILL): a name or number.
    signal: Annotated[str, Meta(max_length=16, pattern=r"^[A-Za-z0-9+]+$")] | None = None
    #: ``requeue`` only: keep the job held.
    hold: bool = False
    #: To cancel or signal also jobs from scrontab, whose lines there that disables.
    cron: bool = False


class TokenRequest(Request, frozen=True, kw_only=True):
    """A Slurm token pasted by the user; it stays in this server's memory."""

    token: Annotated[str, Meta(min_length=1, max_length=65_000)]
