"""Checks a job against the partitions, QOS and nodes of a cluster before submission.

slurmrestd has no ``sbatch --test-only``. A job is compared with the limits that Slurm
reports; what cannot be compared is listed, so that it does not count as checked.
"""

from __future__ import annotations

from collections.abc import Sequence

from .availability import Access, default_qos
from .models import Limit, Model, Node, Partition, Qos
from .node_demands import Misfit, NodeDemands, closest, listed
from .sbatch import JobSpec
from .sbatch.jobspec import JobDescription

# fmt: off
#: Options that are compared here.
_COMPARED = frozenset((
    "account", "constraint", "cpus_per_task", "gpus", "gpus_per_node", "gpus_per_task", "gres",
    "mem", "mem_per_cpu", "mincpus", "nodes", "ntasks", "ntasks_per_node", "partition", "qos",
    "time", "time_min",
))
#: Options that do not depend on partitions, QOS or nodes.
_HARMLESS = frozenset((
    "begin", "chdir", "comment", "error", "exclusive", "export", "get_user_env", "gpu_bind",
    "hold", "ignore_pbs", "input", "job_name", "kill_on_invalid_dep", "mail_type", "mail_user",
    "mem_bind", "nice", "no_kill", "no_requeue", "open_mode", "output", "parsable", "requeue",
    "signal", "spread_job", "use_min_nodes", "wait", "wait_all_nodes",
))
# fmt: on


class Comparison(Model, frozen=True, kw_only=True):
    """The comparison of a job with a cluster."""

    misfits: list[Misfit] = []
    #: What could not be compared: options (``--reservation``), or words of the user.
    unknown: list[str] = []
    #: What it was compared with, in words.
    compared: str = ""


def compare(
    job: JobDescription,
    *,
    partitions: Sequence[Partition],
    nodes: Sequence[Node] | None,
    access: Access,
) -> Comparison:
    """Compare ``job`` with the partitions that it names, or with the default one.

    ``nodes`` is ``None`` where the user may not see them. At least one of several
    partitions must accept the job; mismatches are reported for the first one.
    """
    spec = job.spec
    unknown = [_option(name) for name in spec.words if name not in _COMPARED | _HARMLESS]
    chosen = _chosen(spec, partitions)
    if isinstance(chosen, Misfit):
        return Comparison(misfits=[chosen], unknown=unknown)
    if not chosen:
        return Comparison(unknown=[*unknown, "--partition"])
    if access.account is None:
        unknown.append("your accounts and QOS")
    if nodes is None:
        unknown.append("the nodes")
    found = [_Partition(job, one, nodes, access) for one in chosen]
    fitting = [one for one in found if not one.misfits()]
    first = (fitting or found)[0]
    if fitting and len(fitting) < len(found):
        # Slurm may require that all of them accept it (EnforcePartLimits=ALL).
        unknown += [f"partition {one.partition.name}" for one in found if one not in fitting]
    return Comparison(
        misfits=[] if fitting else first.misfits(),
        unknown=list(dict.fromkeys([*unknown, *first.unknown])),
        compared=first.describe(),
    )


def _option(field: str) -> str:
    return f"--{field.replace('_', '-')}"


def _chosen(spec: JobSpec, partitions: Sequence[Partition]) -> list[Partition] | Misfit:
    if not spec.partition:
        return [one for one in partitions if one.default]
    known = {one.name: one for one in partitions}
    names = [name for name in spec.partition.split(",") if name]
    for name in names:
        if known and name not in known:
            return Misfit(
                field="partition",
                message=f'The cluster has no partition "{name}". '
                f"Available: {listed([one.name for one in partitions])}.",
                value=",".join(closest(one, known) if one == name else one for one in names),
            )
    return [known[name] for name in names if name in known]


class _Partition:
    """One job in one partition."""

    def __init__(
        self,
        job: JobDescription,
        partition: Partition,
        nodes: Sequence[Node] | None,
        access: Access,
    ) -> None:
        self.job, self.spec, self.partition, self.access = job, job.spec, partition, access
        here = [
            one for one in nodes or () if partition.name in one.partitions and one.state != "FUTURE"
        ]
        self.demands = NodeDemands(job, partition, here) if here else None
        self.qos = self._find_qos()
        self._found: list[Misfit] | None = None

    def misfits(self) -> list[Misfit]:
        if self._found is None:
            own = [self._access(), self._time(), self._node_count()]
            self._found = [one for one in own if one]
            if self.demands:
                self._found += self.demands.misfits()
        return self._found

    @property
    def unknown(self) -> list[str]:
        return self.demands.unknown if self.demands else []

    def describe(self) -> str:
        limit, _ = self._longest()
        facts = [f"up to {duration(limit)}"] if isinstance(limit, int) else []
        facts += self.demands.describe() if self.demands else []
        about = f" ({', '.join(facts)})" if facts else ""
        return f"partition {self.partition.name}{about}"

    def _find_qos(self) -> Qos | None:
        account = self.access.account
        if account is None:
            return None
        wanted = self.spec.account or account.default_account
        mine = [one for one in account.associations if one.account == wanted]
        name = self.spec.qos or (default_qos(mine[0]) if mine else "")
        return next((one for one in account.qos if one.name == name), None)

    def _overrides(self, flag: str) -> bool:
        return self.qos is not None and flag in self.qos.flags

    def _access(self) -> Misfit | None:
        account, qos, access = self.spec.account or "", self.spec.qos or "", self.access
        why = access.refusal(self.partition, account, qos)
        if not why:
            return None
        name = self.partition.name
        if qos and not access.refusal(self.partition, account):
            known = access.qos([self.partition], account)
            return self._choice("qos", qos, why, known)
        if account and not access.refusal(self.partition, "", qos):
            return self._choice("account", account, why, access.accounts([self.partition], qos))
        return Misfit(
            field="partition", message=f"Partition {name} does not accept this job: {why}."
        )

    def _choice(self, field: str, given: str, why: str, known: list[str]) -> Misfit:
        rest = f" Available: {listed(known)}." if known else ""
        return Misfit(
            field=field,
            message=f"Partition {self.partition.name} does not accept {_option(field)}={given}: "
            f"{why}.{rest}",
            value=closest(given, known) or (known[0] if len(known) == 1 else ""),
        )

    def _longest(self) -> tuple[Limit, str]:
        """The longest time in minutes, and whose limit that is."""
        limits: list[tuple[Limit, str]] = []
        if not self._overrides("PARTITION_TIME_LIMIT"):
            limits.append((self.partition.max_time, f"Partition {self.partition.name}"))
        if self.qos is not None:
            limits.append((self.qos.max_wall, f"QOS {self.qos.name}"))
        counted = [(limit, whose) for limit, whose in limits if isinstance(limit, int)]
        return min(counted, default=(None, ""))

    def _time(self) -> Misfit | None:
        limit, whose = self._longest()
        requested = self.spec.time_min or self.spec.time
        if requested is None or not isinstance(limit, int):
            return None
        if isinstance(requested, int) and requested <= limit:
            return None
        shown = duration(requested) if isinstance(requested, int) else "no limit"
        field = "time_min" if self.spec.time_min else "time"
        return Misfit(
            field=field,
            message=f"{whose} allows at most {duration(limit)}; the job requests {shown}.",
            value=written(limit),
        )

    def _node_count(self) -> Misfit | None:
        requested = self.job.nodes_least
        if not requested:
            return None
        name = self.partition.name
        most = self.partition.max_nodes
        if (
            isinstance(most, int)
            and requested > most
            and not self._overrides("PARTITION_MAXIMUM_NODE")
        ):
            message = f"Partition {name} allows at most {most} nodes for a job."
            return Misfit(field="nodes", message=message, value=str(most))
        if self.partition.node_count and requested > self.partition.node_count:
            count = self.partition.node_count
            message = f"Partition {name} has {count} nodes; the job requests {requested}."
            return Misfit(field="nodes", message=message, value=str(count))
        least = self.partition.min_nodes or 0
        highest = self.job.nodes_most or requested
        if highest < least and not self._overrides("PARTITION_MINIMUM_NODE"):
            message = f"Partition {name} requires at least {least} nodes per job."
            return Misfit(field="nodes", message=message, value=str(least))
        return None


def duration(minutes: int) -> str:
    """``1 d 2 h``; minutes as users read them."""
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (left, "min")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 min"


def written(minutes: int) -> str:
    """Minutes as sbatch writes them: ``1-00:00:00``."""
    days, rest = divmod(minutes, 24 * 60)
    clock = f"{rest // 60:02}:{rest % 60:02}:00"
    return f"{days}-{clock}" if days else clock
