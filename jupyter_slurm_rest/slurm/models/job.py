"""Jobs: the row of a list, everything about one, and an update of one."""

from __future__ import annotations

from typing import Literal

import msgspec

from jupyter_slurm_rest.slurm.errors import InvalidRequest

#: A number that Slurm may also leave unset (``None``) or set to "no limit".
Limit = int | Literal["UNLIMITED"] | None


class Model(msgspec.Struct, frozen=True, gc=False):
    """Base of all models: immutable, so that snapshots can be shared.

    Without ``gc``: models cannot form cycles, and a table of thousands of rows would only
    make Python's collector stop the event loop for longer and more often.
    """


#: Slurm names them in many ways ("TERM", "11", "User defined signal 1"), or not at all.
#: The numbers are Linux's: that is where jobs run.
_SIGNALS = (
    "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT"
    " STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS"
)
_NAMES = dict(enumerate(_SIGNALS.split(), start=1))


def signal_name(number: int) -> str:
    """``KILL`` for 9; empty for numbers without a name."""
    return _NAMES.get(number, "")


class ExitCode(Model, frozen=True, kw_only=True):
    """How a job or step ended: ``code`` 0-255, and the signal that killed it."""

    code: int = 0
    signal: int = 0
    signal_name: str = ""


class Tres(Model, frozen=True, kw_only=True):
    """Trackable resources of one record.

    ``memory`` is in MiB. ``gpus`` counts GPUs of every type; ``gpu_types`` splits
    them (``{"a100": 2}``) where Slurm names types. ``other`` holds the rest by
    Slurm's own name (``{"billing": 8, "license/matlab": 1}``).
    """

    cpus: int | None = None
    memory: int | None = None
    nodes: int | None = None
    gpus: int = 0
    gpu_types: dict[str, int] = {}
    other: dict[str, int] = {}


class JobSummary(Model, frozen=True, kw_only=True):
    """One row of a job list.

    Times are seconds since the epoch, UTC; ``None`` where Slurm has none.
    """

    #: As a user writes it: ``123``, array task ``123_4``, tasks still to come
    #: ``123_[5-9%2]``, component of a heterogeneous job ``123+1``.
    id: str
    #: Slurm's own number of this record; unique on a cluster, differs per array task.
    job_id: int
    array_job_id: int | None = None
    array_task_id: int | None = None
    #: The tasks that a pending array record still stands for: ``5-9%2``.
    array_tasks: str | None = None
    het_job_id: int | None = None
    het_offset: int | None = None
    #: Comes from a line of scrontab, which canceling or signaling the job disables.
    cron: bool = False
    name: str = ""
    user: str = ""
    account: str = ""
    #: Comma-separated while the job waits in several partitions.
    partition: str = ""
    qos: str = ""
    #: Base state in Slurm's words: PENDING, RUNNING, SUSPENDED, COMPLETED, FAILED,
    #: CANCELLED, TIMEOUT, NODE_FAIL, PREEMPTED, BOOT_FAIL, DEADLINE, OUT_OF_MEMORY,
    #: or UNKNOWN. In the history also REQUEUED, RESIZING and REVOKED: how one run of a job
    #: ended that was not its last.
    state: str
    #: State flags: COMPLETING, CONFIGURING, REQUEUED, REQUEUE_HOLD, ...
    flags: tuple[str, ...] = ()
    #: Slurm's reason code (``Priority``, ``JobHeldUser``); empty when it gives none.
    reason: str = ""
    submit_time: int | None = None
    eligible_time: int | None = None
    start_time: int | None = None
    #: When the scheduler expects a pending job to start, if it says so.
    estimated_start: int | None = None
    #: When it ended; of a job that runs or is suspended, when Slurm will end it. ``None``
    #: where no time limit says when.
    end_time: int | None = None
    #: Seconds that the job has run (without suspension) when the response was made.
    elapsed: int | None = None
    #: Of a running job: what ``elapsed`` is counted from, which is ``start_time`` and the
    #: seconds that the job was suspended since then.
    running_since: int | None = None
    #: Minutes.
    time_limit: Limit = None
    #: Hostlist (``cpu[1-2]``), empty while pending.
    nodes: str = ""
    node_count: int | None = None
    cpus: int | None = None
    #: MiB over all nodes, as requested or allocated.
    memory: int | None = None
    gpus: int = 0
    priority: int | None = None
    exit_code: ExitCode | None = None


class Step(Model, frozen=True, kw_only=True):
    """One step of a job, from accounting. Times as in :class:`JobSummary`."""

    #: ``123.batch``, ``123.extern``, ``123.0``
    id: str
    name: str = ""
    state: str = ""
    start_time: int | None = None
    end_time: int | None = None
    #: Seconds.
    elapsed: int | None = None
    exit_code: ExitCode | None = None
    nodes: str = ""
    node_count: int | None = None
    tasks: int | None = None
    cpus: int | None = None
    #: CPU time used, seconds (user and system).
    cpu_time: float | None = None
    #: Largest resident memory of any task, MiB; ``None`` when it was not sampled.
    max_rss: int | None = None
    tres: Tres | None = None


class Efficiency(Model, frozen=True, kw_only=True):
    """How much of its resources a job used. Fractions are 0-1; ``None``: unknown."""

    cpu: float | None = None
    memory: float | None = None
    gpu: float | None = None
    #: Elapsed time over the time limit.
    time: float | None = None
    #: CPU seconds used, and CPU seconds allocated (CPUs times elapsed time).
    cpu_used: float | None = None
    cpu_allocated: float | None = None
    #: Peak memory used and memory allocated, MiB.
    memory_used: int | None = None
    memory_allocated: int | None = None


class Reason(Model, frozen=True, kw_only=True):
    """Why a job is pending, or why it ended."""

    code: str
    #: One sentence: what the code means.
    text: str
    #: One sentence: what the user can do, or that no action is needed.
    advice: str = ""


class Job(JobSummary, frozen=True, kw_only=True):
    """Everything about one job, slurmctld and slurmdbd merged."""

    cluster: str = ""
    group: str = ""
    why: Reason | None = None
    #: Who holds it, or ``None``: not held.
    held_by: Literal["user", "admin"] | None = None
    comment: str = ""
    admin_comment: str = ""
    extra: str = ""
    working_directory: str = ""
    command: str = ""
    submit_line: str = ""
    script: str | None = None
    #: Paths with every pattern (``%j``) resolved; empty where there is no such file.
    stdin: str = ""
    stdout: str = ""
    stderr: str = ""
    dependency: str = ""
    constraints: str = ""
    reservation: str = ""
    licenses: str = ""
    excluded_nodes: str = ""
    required_nodes: str = ""
    scheduled_nodes: str = ""
    batch_host: str = ""
    requested: Tres | None = None
    allocated: Tres | None = None
    tasks: int | None = None
    cpus_per_task: int | None = None
    nice: int | None = None
    requeue: bool | None = None
    restarts: int | None = None
    #: ``none`` (whole nodes), ``user``, ``mcs``, ``topo``, ``oversubscribe`` or empty.
    shared: str = ""
    #: Minutes.
    time_minimum: Limit = None
    deadline: int | None = None
    #: Seconds spent suspended.
    suspended: int | None = None
    derived_exit_code: ExitCode | None = None
    mail_user: str = ""
    mail_type: list[str] = []
    steps: list[Step] = []
    efficiency: Efficiency | None = None
    #: Which daemons this response comes from: ``slurmctld``, ``slurmdbd``.
    sources: list[str] = []


class JobState(Model, frozen=True, kw_only=True):
    """Only the state of one job, as ``jobs/state`` returns it."""

    id: str
    state: str
    flags: tuple[str, ...] = ()


class Submitted(Model, frozen=True, kw_only=True):
    """Slurm's response to a submission that it accepted."""

    job_id: int
    #: Job ids of each component for a heterogeneous job, else just the one.
    job_ids: list[int] = []
    #: Slurm's messages about an accepted job (limits, partition down, ...).
    warnings: list[str] = []
    #: True when the response of the first try was lost and the job was found in the queue.
    recovered: bool = False


class ActionResult(Model, frozen=True, kw_only=True):
    """The result of an action for one job."""

    id: str
    ok: bool
    #: "canceled", "had already finished", or Slurm's refusal.
    message: str
    #: Slurm's error number, when it refused.
    error_number: int | None = None


_TEXTS = (
    "partition",
    "qos",
    "account",
    "name",
    "dependency",
    "comment",
    "constraints",
    "nodes",
    "reservation",
    "excluded_nodes",
    "required_nodes",
    "licenses",
)
#: These are removed by an empty string; the others cannot be empty.
_REMOVABLE = frozenset(
    {"dependency", "comment", "constraints", "reservation", "excluded_nodes", "required_nodes"}
    | {"licenses"}
)


class JobUpdate(Model, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change about a job; what is left out or ``null`` stays as it is.

    An empty string takes away what a job can be without. Also decoded from requests.
    """

    #: Minutes, or in sbatch's words: ``1:30:00``, ``2-12``, ``UNLIMITED``.
    time_limit: str | int | None = None
    #: Minutes.
    time_minimum: int | None = None
    partition: str | None = None
    qos: str | None = None
    account: str | None = None
    name: str | None = None
    #: Only operators may set it.
    priority: int | None = None
    #: As sbatch's ``--nice``; below 0 only for operators.
    nice: int | None = None
    dependency: str | None = None
    #: Seconds since the epoch, or in sbatch's words: ``now+1hour``, ``16:00``; 0 for now.
    begin: str | int | None = None
    #: Seconds since the epoch.
    deadline: int | None = None
    comment: str | None = None
    #: sbatch's ``--constraint``.
    constraints: str | None = None
    #: How many nodes: ``2`` or ``2-4``.
    nodes: str | None = None
    reservation: str | None = None
    excluded_nodes: str | None = None
    required_nodes: str | None = None
    licenses: str | None = None
    #: Whether Slurm may requeue it, after a node failed for example.
    requeue: bool | None = None

    def check(self) -> None:
        """Raise :exc:`InvalidRequest` for an invalid value."""
        if not self.given():
            raise InvalidRequest("change", "The request contains no changes.")
        for field in _TEXTS:
            value = getattr(self, field)
            if value == "" and field not in _REMOVABLE:
                raise InvalidRequest(field, f"The {field} of a job cannot be empty.")
            if value is not None and not value.isprintable():
                raise InvalidRequest(
                    field, f"The {field} contains a line break or control character."
                )
        for field in ("time_limit", "time_minimum"):
            value = getattr(self, field)
            if isinstance(value, int) and value < 1:
                raise InvalidRequest(field, f"The {field} must be at least 1 minute.")
        if self.nodes is not None and not _nodes(self.nodes):
            raise InvalidRequest("nodes", f"{self.nodes!r} is not a number of nodes. Use 2 or 2-4.")

    def given(self) -> dict[str, object]:
        """The new values by their names."""
        return {
            field.name: value
            for field in msgspec.structs.fields(self)
            if (value := getattr(self, field.name)) is not None
        }


def _nodes(written: str) -> bool:
    least, _, most = written.partition("-")
    if not least.isdigit() or int(least) < 1:
        return False
    return not most or (most.isdigit() and int(most) >= int(least))
