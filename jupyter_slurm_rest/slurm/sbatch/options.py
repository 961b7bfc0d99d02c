"""Every option of sbatch 26.05: names, letters, arguments, environment variables.

The order and the abbreviation rules follow ``common_options`` in Slurm's
src/common/slurm_opt.c.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from . import placement
from . import times as durations
from . import times as moments
from . import values as amounts
from . import values as choices

Argument = Literal["none", "required", "optional"]


def _word(words: str) -> str:
    return words


def _for_shells(words: str) -> str:
    raise ValueError("it serves a shell that completes command lines, and submits nothing")


class Option(msgspec.Struct, frozen=True):
    """One long option of sbatch."""

    name: str
    short: str = ""
    argument: Argument = "required"
    #: Reads the value's words; raises ``ValueError`` with what would be right.
    #: Not called for options without an argument.
    read: Callable[[str], Any] = _word
    #: Environment variables that set it.
    environment: tuple[str, ...] = ()
    #: Whether the next component of a heterogeneous job starts with it again.
    inherited: bool = False
    #: sbatch looks for it on its command line only: in a script it does nothing.
    early: bool = False
    #: The field of :class:`~jupyter_slurm_rest.slurm.jobspec.JobSpec`, if not the name's.
    alias: str = ""

    @property
    def field(self) -> str:
        return self.alias or self.name.replace("-", "_")


def _flag(name: str, short: str = "", **more: Any) -> Option:
    return Option(name, short, "none", **more)


OPTIONS: tuple[Option, ...] = (
    Option("account", "A", environment=("SBATCH_ACCOUNT",), inherited=True),
    Option(
        "acctg-freq",
        read=placement.accounting_frequency,
        environment=("SBATCH_ACCTG_FREQ",),
        inherited=True,
    ),
    Option("array", "a", environment=("SBATCH_ARRAY_INX",), inherited=True),
    Option("autocomplete", read=_for_shells),
    Option("batch", environment=("SBATCH_BATCH",), inherited=True),
    Option("begin", "b", read=moments.epoch, inherited=True),
    Option("bb", environment=("SBATCH_BURST_BUFFER",)),
    Option("bbf", inherited=True),
    Option("cluster-constraint", environment=("SBATCH_CLUSTER_CONSTRAINT",), inherited=True),
    Option("chdir", "D", inherited=True),
    Option("cluster", alias="clusters", inherited=True),
    Option("clusters", "M", environment=("SBATCH_CLUSTERS", "SLURM_CLUSTERS"), inherited=True),
    Option("comment", inherited=True),
    _flag("consolidate-segments", environment=("SBATCH_CONSOLIDATE_SEGMENTS",)),
    Option("container", environment=("SBATCH_CONTAINER",), inherited=True),
    Option("container-id", environment=("SBATCH_CONTAINER_ID",), inherited=True),
    Option("container-type", environment=("SBATCH_CONTAINER_TYPE",), inherited=True),
    Option("context", inherited=True),
    _flag("contiguous"),
    Option("constraint", "C", environment=("SBATCH_CONSTRAINT",)),
    Option("core-spec", "S", read=amounts.not_negative, environment=("SBATCH_CORE_SPEC",)),
    Option("cores-per-socket", read=amounts.count),
    Option("cpu-freq", read=placement.cpu_frequency, environment=("SBATCH_CPU_FREQ_REQ",)),
    Option("cpus-per-gpu", read=amounts.count, environment=("SBATCH_CPUS_PER_GPU",)),
    Option("cpus-per-task", "c", read=amounts.count),
    Option("deadline", read=moments.epoch, inherited=True),
    Option(
        "delay-boot", read=durations.seconds, environment=("SBATCH_DELAY_BOOT",), inherited=True
    ),
    Option("dependency", "d", inherited=True),
    Option("distribution", "m", read=placement.distribution, environment=("SBATCH_DISTRIBUTION",)),
    Option("error", "e", read=choices.file_name, environment=("SBATCH_ERROR",), inherited=True),
    Option("exclude", "x", inherited=True),
    Option(
        "exclusive",
        argument="optional",
        read=choices.exclusive,
        environment=("SBATCH_EXCLUSIVE",),
    ),
    Option("export", environment=("SBATCH_EXPORT",), inherited=True),
    Option("export-file", inherited=True),
    _flag("external"),
    Option("extra", inherited=True),
    Option("extra-node-info", "B", read=placement.node_shape),
    Option(
        "get-user-env",
        argument="optional",
        read=choices.user_environment,
        environment=("SBATCH_GET_USER_ENV",),
        inherited=True,
    ),
    Option("gid", inherited=True),
    Option("gpu-bind", read=placement.gpu_binding, environment=("SBATCH_GPU_BIND",)),
    Option("gpu-freq", read=placement.gpu_frequency, environment=("SBATCH_GPU_FREQ",)),
    Option("gpus", "G", environment=("SBATCH_GPUS",)),
    Option("gpus-per-node", environment=("SBATCH_GPUS_PER_NODE",)),
    Option("gpus-per-socket", environment=("SBATCH_GPUS_PER_SOCKET",)),
    Option("gpus-per-task", environment=("SBATCH_GPUS_PER_TASK",)),
    Option("gres", environment=("SBATCH_GRES",)),
    Option("gres-flags", read=choices.gres_flags, environment=("SBATCH_GRES_FLAGS",)),
    _flag("help", "h", early=True),
    Option("hint", read=placement.hint, environment=("SLURM_HINT", "SBATCH_HINT")),
    _flag("hold", "H", inherited=True),
    _flag("ignore-pbs", environment=("SBATCH_IGNORE_PBS",), inherited=True),
    Option("input", "i", read=choices.file_name, environment=("SBATCH_INPUT",), inherited=True),
    Option("job-name", "J", environment=("SBATCH_JOB_NAME",), inherited=True),
    Option("kill-on-invalid-dep", read=choices.yes_or_no, inherited=True),
    Option("licenses", "L"),
    Option("mail-type", read=choices.mail_type),
    Option("mail-user"),
    Option("mcs-label", inherited=True),
    Option("mem", read=amounts.mebibytes, environment=("SBATCH_MEM_PER_NODE",), inherited=True),
    Option("mem-bind", read=placement.memory_binding, environment=("SBATCH_MEM_BIND",)),
    Option("mem-per-cpu", read=amounts.mebibytes, environment=("SBATCH_MEM_PER_CPU",)),
    Option("mem-per-gpu", read=amounts.mebibytes, environment=("SBATCH_MEM_PER_GPU",)),
    Option("mem-update", read=placement.memory_update, inherited=True),
    Option("mincpus", read=amounts.count),
    Option("network", environment=("SBATCH_NETWORK",)),
    Option("nice", argument="optional", read=amounts.nice, inherited=True),
    Option(
        "no-kill",
        "k",
        argument="optional",
        read=choices.no_kill,
        environment=("SBATCH_NO_KILL",),
        inherited=True,
    ),
    _flag("no-requeue", environment=("SBATCH_NO_REQUEUE",), inherited=True),
    Option("nodefile", "F"),
    Option("nodelist", "w"),
    Option("nodes", "N", read=amounts.nodes),
    Option("ntasks", "n", read=amounts.count),
    Option("ntasks-per-core", read=amounts.count),
    Option("ntasks-per-gpu", read=amounts.count),
    Option("ntasks-per-node", read=amounts.count),
    Option("ntasks-per-socket", read=amounts.count),
    Option("ntasks-per-tres", read=amounts.count),
    Option("oom-kill-step", argument="optional", read=amounts.switch, inherited=True),
    Option("open-mode", read=choices.open_mode, environment=("SBATCH_OPEN_MODE",), inherited=True),
    Option("output", "o", read=choices.file_name, environment=("SBATCH_OUTPUT",), inherited=True),
    _flag("overcommit", "O", environment=("SBATCH_OVERCOMMIT",)),
    _flag("oversubscribe", "s"),
    _flag("parsable", inherited=True),
    Option("partition", "p", environment=("SBATCH_PARTITION",)),
    Option("prefer", inherited=True),
    Option("priority", read=amounts.priority, inherited=True),
    Option("profile", read=choices.profile, environment=("SBATCH_PROFILE",), inherited=True),
    Option("propagate", argument="optional", read=choices.rlimits, inherited=True),
    Option("qos", "q", environment=("SBATCH_QOS",), inherited=True),
    _flag("quiet", "Q", early=True),
    _flag("reboot", inherited=True),
    Option(
        "requeue",
        argument="optional",
        read=choices.requeue,
        environment=("SBATCH_REQUEUE",),
        inherited=True,
    ),
    Option("reservation", environment=("SBATCH_RESERVATION",), inherited=True),
    Option("resources"),
    Option("resv-ports", argument="optional", read=amounts.ports),
    Option("runtime", read=choices.runtime, environment=("SBATCH_RUNTIME",), inherited=True),
    Option("segment", read=amounts.small, environment=("SBATCH_SEGMENT_SIZE",)),
    Option("signal", read=choices.warning_signal, environment=("SBATCH_SIGNAL",), inherited=True),
    Option("sockets-per-node", read=amounts.count),
    _flag("spread-job", environment=("SBATCH_SPREAD_JOB",)),
    _flag("spread-segments", environment=("SBATCH_SPREAD_SEGMENTS",)),
    _flag("stepmgr", inherited=True),
    Option("switches", read=placement.switches),
    Option("tasks-per-node", read=amounts.count, alias="ntasks_per_node"),
    _flag("test-only", inherited=True),
    Option("thread-spec", read=amounts.count, environment=("SBATCH_THREAD_SPEC",)),
    Option("threads-per-core", read=amounts.count, environment=("SBATCH_THREADS_PER_CORE",)),
    Option(
        "time", "t", read=durations.time_limit, environment=("SBATCH_TIMELIMIT",), inherited=True
    ),
    Option("time-min", read=durations.time_limit, inherited=True),
    Option("tmp", read=amounts.mebibytes),
    Option("tres-bind", environment=("SBATCH_TRES_BIND",)),
    Option("tres-per-task", environment=("SBATCH_TRES_PER_TASK",)),
    Option("uid", inherited=True),
    _flag("usage", early=True),
    _flag("use-min-nodes", environment=("SBATCH_USE_MIN_NODES",)),
    _flag("verbose", "v", early=True),
    _flag("version", "V", early=True),
    _flag("wait", "W", environment=("SBATCH_WAIT",), inherited=True),
    Option(
        "wait-all-nodes",
        read=amounts.zero_or_one,
        environment=("SBATCH_WAIT_ALL_NODES",),
        inherited=True,
    ),
    Option("wckey", environment=("SBATCH_WCKEY",), inherited=True),
    Option("wrap", early=True),
)

BY_NAME = {option.name: option for option in OPTIONS}
BY_LETTER = {option.short: option for option in OPTIONS if option.short}
BY_FIELD = {option.field: option for option in OPTIONS if not option.alias}
#: Options that scripts still carry and sbatch no longer knows.
REMOVED = {
    "power": "Slurm 24.05 removed it",
    "workdir": "it is called --chdir today",
    "share": "it is called --oversubscribe today",
}
