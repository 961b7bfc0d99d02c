"""What a job asks for, option by option, and what sbatch would send for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, Literal

import msgspec

from .option import Option
from .options import BY_FIELD
from .placement import MemoryBinding, MemoryUpdate, NodeShape, Switches
from .times import Minutes, Unlimited
from .values import EndWarning, NodeCount, Sharing

#: Where an option was set. What a call and a script say counts the same for sbatch's
#: rules about options that exclude each other; the environment gives way to both.
Origin = Literal["script", "environment", "call"]


class JobSpec(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The options of one job (or of one component of a heterogeneous job).

    A field is named like the long option of sbatch, with underscores; ``None`` is
    "not set". Values are parsed: memory in MiB, ``time`` and ``time_min`` in minutes,
    ``delay_boot`` in seconds, ``begin`` and ``deadline`` in seconds since the epoch.
    Build it with :func:`~jupyter_slurm_rest.slurm.sbatch.precedence`; ``words`` keeps what
    was written.
    """

    account: str | None = None
    acctg_freq: str | None = None
    array: str | None = None
    batch: str | None = None
    bb: str | None = None
    bbf: str | None = None
    begin: int | None = None
    chdir: str | None = None
    cluster_constraint: str | None = None
    clusters: str | None = None
    comment: str | None = None
    consolidate_segments: bool | None = None
    constraint: str | None = None
    container: str | None = None
    container_id: str | None = None
    container_type: str | None = None
    context: str | None = None
    contiguous: bool | None = None
    core_spec: int | None = None
    cores_per_socket: int | None = None
    cpu_freq: str | None = None
    cpus_per_gpu: int | None = None
    cpus_per_task: int | None = None
    deadline: int | None = None
    delay_boot: int | Unlimited | None = None
    dependency: str | None = None
    distribution: str | None = None
    error: str | None = None
    exclude: str | None = None
    exclusive: Sharing | None = None
    export: str | None = None
    export_file: str | None = None
    external: bool | None = None
    extra: str | None = None
    extra_node_info: NodeShape | None = None
    get_user_env: bool | None = None
    gid: str | None = None
    gpu_bind: str | None = None
    gpu_freq: str | None = None
    gpus: str | None = None
    gpus_per_node: str | None = None
    gpus_per_socket: str | None = None
    gpus_per_task: str | None = None
    gres: str | None = None
    gres_flags: list[str] | None = None
    hint: str | None = None
    hold: bool | None = None
    ignore_pbs: bool | None = None
    input: str | None = None
    job_name: str | None = None
    #: sbatch sets a flag for each word: ``both`` where it was given as yes and as no.
    kill_on_invalid_dep: bool | Literal["both"] | None = None
    licenses: str | None = None
    mail_type: list[str] | None = None
    mail_user: str | None = None
    mcs_label: str | None = None
    mem: int | None = None
    mem_bind: MemoryBinding | None = None
    mem_per_cpu: int | None = None
    mem_per_gpu: int | None = None
    mem_update: MemoryUpdate | None = None
    mincpus: int | None = None
    network: str | None = None
    nice: int | None = None
    no_kill: bool | None = None
    no_requeue: bool | None = None
    nodefile: str | None = None
    nodelist: str | None = None
    nodes: NodeCount | None = None
    ntasks: int | None = None
    ntasks_per_core: int | None = None
    ntasks_per_gpu: int | None = None
    ntasks_per_node: int | None = None
    ntasks_per_socket: int | None = None
    ntasks_per_tres: int | None = None
    oom_kill_step: int | None = None
    open_mode: str | None = None
    output: str | None = None
    overcommit: bool | None = None
    oversubscribe: bool | None = None
    parsable: bool | None = None
    partition: str | None = None
    prefer: str | None = None
    priority: int | str | None = None
    profile: list[str] | None = None
    propagate: list[str] | None = None
    qos: str | None = None
    reboot: bool | None = None
    requeue: bool | Literal["expedite"] | None = None
    reservation: str | None = None
    resources: str | None = None
    resv_ports: int | None = None
    runtime: str | None = None
    segment: int | None = None
    signal: EndWarning | None = None
    sockets_per_node: int | None = None
    spread_job: bool | None = None
    spread_segments: bool | None = None
    stepmgr: bool | None = None
    switches: Switches | None = None
    test_only: bool | None = None
    thread_spec: int | None = None
    threads_per_core: int | None = None
    time: Minutes | None = None
    time_min: Minutes | None = None
    tmp: int | None = None
    tres_bind: str | None = None
    tres_per_task: str | None = None
    uid: str | None = None
    use_min_nodes: bool | None = None
    wait: bool | None = None
    wait_all_nodes: int | None = None
    wckey: str | None = None

    #: What was written for each option that is set; flags have an empty string.
    words: dict[str, str] = {}
    #: Who set it.
    origins: dict[str, Origin] = {}

    def items(self) -> Iterator[tuple[Option, Any]]:
        """Each option that is set, with its value, in the order of the table."""
        for field, option in BY_FIELD.items():
            value = getattr(self, field, None)
            if value is not None:
                yield option, value

    def given(self, *fields: str) -> list[str]:
        """Which of ``fields`` a script or call has set, as opposed to the environment."""
        return [name for name in fields if self.origins.get(name, "environment") != "environment"]

    def unset(self, *fields: str) -> None:
        """Take options back, as if they had never been set."""
        for name in fields:
            setattr(self, name, None)
            self.words.pop(name, None)
            self.origins.pop(name, None)


class Submitter(msgspec.Struct, frozen=True, kw_only=True):
    """Where a job is submitted from, in place of the shell that sbatch has.

    ``environment`` is the process's own: ``--export`` picks from it, nothing else.
    """

    user: str
    home: str
    #: Absolute; relative paths of the options start here.
    directory: str
    host: str = ""
    shell: str = "/bin/bash"
    environment: Mapping[str, str] = {}
    #: The script's file, if it has one: gives the job its default name.
    script_path: str = ""
    #: Arguments for the script.
    arguments: tuple[str, ...] = ()

    def absolute(self, path: str, start: str = "") -> str:
        """``path`` seen from ``start``, or from the directory of submission."""
        return path if path.startswith("/") else f"{(start or self.directory).rstrip('/')}/{path}"


class JobDescription(msgspec.Struct, kw_only=True):
    """Numbers and strings that follow from several options together.

    What an option says by itself stays in ``spec``. ``None`` is "not sent".
    """

    spec: JobSpec
    name: str
    directory: str
    output: str | None = None
    error: str | None = None
    input: str = "/dev/null"
    nodes_least: int | None = None
    nodes_most: int | None = None
    tasks: int | None = None
    #: The number of tasks was derived from GPUs, not requested.
    tasks_counted: bool = False
    least_cpus: int = 1
    least_cpus_per_node: int | None = None
    #: --cpus-per-task, also when --tres-per-task says it.
    cpus_per_task: int | None = None
    sockets_per_node: int | None = None
    cores_per_socket: int | None = None
    threads_per_core: int | None = None
    tasks_per_core: int | None = None
    tasks_per_gpu: int | None = None
    tres_per_job: str = ""
    tres_per_node: str = ""
    tres_per_socket: str = ""
    tres_per_task: str = ""
    tres_bind: str = ""
    licenses: str | None = None
    #: Sentences: the warnings of sbatch.
    warnings: list[str] = []


def default_name(spec: JobSpec, submitter: Submitter) -> str:
    """The job's name when no option gives one."""
    if spec.external:
        return "external"
    return PurePosixPath(submitter.script_path).name or "sbatch"
