"""What the server's routes accept: queries and bodies, decoded strictly by msgspec."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from jupyter_slurm_rest.queue.responses import Offset, Request, Words
from jupyter_slurm_rest.slurm.models.job_filter import JobFilter

from .responses import OptionValue

PageSize = Annotated[int, Meta(ge=1, le=1000)]
#: As in :attr:`jupyter_slurm_rest.slurm.models.JobSummary.id`, or tasks as in ``12_[1-3]``.
#: What is no job id fails by itself, not with all others.
JobId = Annotated[str, Meta(max_length=40_000)]


class TransitionsQuery(Request, frozen=True, kw_only=True):
    """Since when."""

    #: Seconds since the epoch, as the event ``queue_changed`` tells it: that reading of the
    #: queue and all later ones.
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
    #: ``requeue`` only: leave it held.
    hold: bool = False
    #: To cancel or signal also jobs from scrontab, whose lines there that disables.
    cron: bool = False


class TokenRequest(Request, frozen=True, kw_only=True):
    """A Slurm token pasted by the user; it stays in this server's memory."""

    token: Annotated[str, Meta(min_length=1, max_length=65_000)]
