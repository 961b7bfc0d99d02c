"""Jobs: the row of a list, and everything about one."""

from __future__ import annotations

from typing import Literal

from .values import ExitCode, Limit, Model, Tres


class JobSummary(Model, frozen=True, kw_only=True):
    """One line of a job list.

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
    """What a job used of what it had. Fractions are 0-1; ``None`` is not known."""

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
    """Why a job waits or ended as it did, in plain words."""

    code: str
    #: One sentence: what the code means.
    text: str
    #: One sentence: what the user can do, or that there is nothing to do.
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
    """The state of one job and nothing more, as ``jobs/state`` gives it."""

    id: str
    state: str
    flags: tuple[str, ...] = ()


class Submitted(Model, frozen=True, kw_only=True):
    """Slurm's response to a submission that it accepted."""

    job_id: int
    #: Job ids of each component for a heterogeneous job, else just the one.
    job_ids: list[int] = []
    #: What Slurm said although it took the job (limits, partition down, ...).
    warnings: list[str] = []
    #: True when the response of the first try was lost and the job was found in the queue.
    recovered: bool = False


class ActionResult(Model, frozen=True, kw_only=True):
    """What an action did to one job."""

    id: str
    ok: bool
    #: In plain words: "canceled", "had already finished", or Slurm's refusal.
    message: str
    #: Slurm's error number, when it refused.
    error_number: int | None = None
