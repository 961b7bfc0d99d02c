"""The cluster: nodes, partitions, reservations, licenses, ping and diag."""

from __future__ import annotations

from .job import Limit, Model


class Ping(Model, frozen=True, kw_only=True):
    """One slurmctld as slurmrestd reaches it."""

    hostname: str
    up: bool
    primary: bool = False
    #: Milliseconds.
    latency: float | None = None


class Diag(Model, frozen=True, kw_only=True):
    """Counters of slurmctld (``sdiag``) that strategies and users need."""

    jobs_pending: int | None = None
    jobs_running: int | None = None
    jobs_submitted: int | None = None
    jobs_started: int | None = None
    jobs_completed: int | None = None
    jobs_canceled: int | None = None
    jobs_failed: int | None = None
    server_threads: int | None = None
    agent_queue_size: int | None = None
    #: Seconds since the epoch.
    since: int | None = None
    #: slurmctld's own clock when it was asked; seconds since the epoch.
    asked_at: int | None = None


class Gres(Model, frozen=True, kw_only=True):
    """A generic resource on a node, such as GPUs of one type."""

    name: str
    type: str = ""
    total: int = 0
    used: int = 0


class Node(Model, frozen=True, kw_only=True):
    """One node, with what is free on it now. Memory in MiB."""

    name: str
    #: Base state: IDLE, MIXED, ALLOCATED, DOWN, ERROR, FUTURE, UNKNOWN.
    state: str
    #: DRAIN, COMPLETING, MAINTENANCE, RESERVED, NOT_RESPONDING, POWERED_DOWN, ...
    flags: list[str] = []
    #: Both in one word, as ``sinfo`` writes it: ``idle``, ``mixed#``, ``drained``.
    sinfo_state: str = ""
    #: Whether the user's jobs can start here, as soon as something is free.
    usable: bool = True
    #: The reservation that jobs have to name (``--reservation``) to start here.
    your_reservation: str = ""
    #: Whose jobs have the node for themselves (``--exclusive=user``).
    owner: str = ""
    partitions: list[str] = []
    features: list[str] = []
    active_features: list[str] = []
    cpus: int = 0
    cpus_used: int = 0
    #: CPUs and memory that the system keeps: CoreSpecCount, MemSpecLimit.
    cpus_specialized: int = 0
    memory_specialized: int = 0
    #: What a new job of the user could have now.
    cpus_free: int = 0
    memory_free: int = 0
    gpus_free: int = 0
    #: Load average; ``None`` when the node does not report.
    cpu_load: float | None = None
    memory: int = 0
    memory_used: int = 0
    #: What the operating system says is free.
    memory_free_os: int | None = None
    gpus: int = 0
    gpus_used: int = 0
    gres: list[Gres] = []
    #: Why it is drained or down, who said so and when.
    reason: str = ""
    reason_user: str = ""
    reason_time: int | None = None
    sockets: int | None = None
    cores_per_socket: int | None = None
    threads_per_core: int | None = None
    #: Temporary disk, MiB.
    tmp_disk: int | None = None
    architecture: str = ""
    operating_system: str = ""
    address: str = ""
    hostname: str = ""
    version: str = ""
    boot_time: int | None = None
    last_busy: int | None = None
    reservation: str = ""
    weight: int | None = None


class Partition(Model, frozen=True, kw_only=True):
    """One partition: its limits, who may use it, and what is free now."""

    name: str
    #: UP, DOWN, DRAIN, INACTIVE, or UNKNOWN where the API version does not say.
    state: str
    #: ``None`` where the API version does not say.
    default: bool | None = None
    nodes: str = ""
    node_count: int = 0
    cpu_count: int = 0
    #: Minutes.
    max_time: Limit = None
    default_time: Limit = None
    max_nodes: Limit = None
    min_nodes: int | None = None
    #: MiB.
    default_memory_per_cpu: Limit = None
    default_memory_per_node: Limit = None
    max_memory_per_cpu: Limit = None
    max_memory_per_node: Limit = None
    max_cpus_per_node: Limit = None
    #: Empty: everyone.
    allow_accounts: list[str] = []
    deny_accounts: list[str] = []
    allow_groups: list[str] = []
    allow_qos: list[str] = []
    deny_qos: list[str] = []
    qos: str = ""
    #: Hosts from which jobs may be submitted; empty: all.
    allow_alloc_nodes: list[str] = []
    #: HIDDEN, ROOT_ONLY, REQ_RESV, ...; ``None`` where the API version does not say.
    flags: list[str] | None = None
    priority_tier: int | None = None
    #: What the user's jobs could have now; ``None`` when nodes could not be read.
    cpus_free: int | None = None
    memory_free: int | None = None
    gpus_total: int | None = None
    gpus_free: int | None = None
    #: The user's reservations of some of its nodes, and how much: only for jobs that name
    #: them.
    your_reservations: list[str] = []
    reserved_cpus_free: int | None = None
    reserved_gpus_free: int | None = None
    nodes_idle: int | None = None
    nodes_usable: int | None = None


class Reservation(Model, frozen=True, kw_only=True):
    """A reservation."""

    name: str
    start_time: int | None = None
    end_time: int | None = None
    nodes: str = ""
    node_count: int | None = None
    core_count: int | None = None
    #: Cores of each node, where it does not have whole nodes.
    cores: dict[str, int] = {}
    #: Whether the API version reports the cores of each node.
    says_cores: bool = True
    gpus: int = 0
    partition: str = ""
    users: list[str] = []
    accounts: list[str] = []
    groups: list[str] = []
    flags: list[str] = []
    features: str = ""
    licenses: str = ""
    tres: str = ""


class License(Model, frozen=True, kw_only=True):
    """A license that jobs can ask for with ``--licenses``."""

    name: str
    total: int = 0
    used: int = 0
    free: int = 0
    #: Kept by reservations; Slurm counts these as free.
    reserved: int = 0
    #: Free for jobs outside of reservations.
    available: int = 0
    remote: bool = False
