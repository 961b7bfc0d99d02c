"""Compares what a job requests of nodes with the nodes of a partition."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence

from .models import Model, Node, Partition
from .sbatch.jobspec import JobDescription

#: A constraint of plain features, joined by & or by |.
_FEATURES = re.compile(r"[\w.:=-]+(?:&[\w.:=-]+)*|[\w.:=-]+(?:\|[\w.:=-]+)*")


class Misfit(Model, frozen=True, kw_only=True):
    """One option that the cluster does not accept."""

    #: The option, by its long name with underscores.
    field: str
    #: One or two sentences.
    message: str
    #: A valid value of ``field``; empty if unknown.
    value: str = ""


def listed(names: Sequence[str], most: int = 12) -> str:
    return ", ".join(names[:most]) + (", ..." if len(names) > most else "")


def closest(name: str, known: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(name, list(known), 1)), "")


class NodeDemands:
    """One job and the nodes of one partition; ``nodes`` is not empty."""

    def __init__(self, job: JobDescription, partition: Partition, nodes: Sequence[Node]) -> None:
        self.job, self.spec, self.partition, self.nodes = job, job.spec, partition, nodes
        #: Options that could not be compared.
        self.unknown: list[str] = []

    def misfits(self) -> list[Misfit]:
        """What the nodes do not have."""
        checks: list[Callable[[], Misfit | None]] = [
            self._features,
            self._cpus,
            self._memory,
            self._gpus,
        ]
        found = [one for check in checks if (one := check())]
        # If a single requirement cannot be met, the combination adds no information.
        return found or [one for one in [self._all_at_once()] if one]

    def describe(self) -> list[str]:
        """The most that a node has, in words."""
        facts = [f"{max(map(_cpus, self.nodes))} CPUs", f"{_gib(max(map(_memory, self.nodes)))}"]
        if gpus := max(_gpus(one, "") for one in self.nodes):
            facts.append(f"{gpus} GPU{'s' * (gpus > 1)}")
        return [*facts[:-1], f"{facts[-1]} per node"]

    def _features(self) -> Misfit | None:
        words = self.spec.constraint
        if not words:
            return None
        if not _FEATURES.fullmatch(words):
            self.unknown.append("--constraint")
            return None
        here = {feature for one in self.nodes for feature in one.features}
        missing = [one for one in re.split("[&|]", words) if one not in here]
        if not missing or ("|" in words and len(missing) < words.count("|") + 1):
            return None
        close = closest(missing[0], here)
        return Misfit(
            field="constraint",
            message=f'No node of partition {self.partition.name} has the feature "{missing[0]}". '
            f"Available: {listed(sorted(here)) or 'none'}.",
            value=words.replace(missing[0], close) if close else "",
        )

    def _with_features(self) -> Sequence[Node]:
        words = self.spec.constraint
        if not words or not _FEATURES.fullmatch(words):
            return self.nodes
        one_of = any if "|" in words else all
        names = re.split("[&|]", words)
        return [one for one in self.nodes if one_of(name in one.features for name in names)]

    def _per_node_cpus(self) -> int:
        job, spec = self.job, self.spec
        each = job.cpus_per_task or 1
        requested = max(job.least_cpus_per_node or 1, each * (spec.ntasks_per_node or 1))
        if job.nodes_most == 1:
            requested = max(requested, job.least_cpus)
        return requested

    def _cpus(self) -> Misfit | None:
        limit = self.partition.max_cpus_per_node
        largest = max(map(_cpus, self.nodes))
        most = min(largest, limit) if isinstance(limit, int) else largest
        name = self.partition.name
        requested = self._per_node_cpus()
        if requested > most:
            field = "ntasks_per_node" if self.spec.ntasks_per_node else "cpus_per_task"
            if field not in self.spec.words:
                field = "ntasks"
            return Misfit(
                field=field,
                message=f"Partition {name} allows at most {most} CPUs per node; "
                f"the job requests {requested}.",
                value=str(most) if field == "cpus_per_task" and not self.job.tasks else "",
            )
        counted = sorted((min(_cpus(one), most) for one in self.nodes), reverse=True)
        total = sum(counted[: self.job.nodes_most])
        if self.job.least_cpus <= total:
            return None
        where = f"{self.job.nodes_most} of its nodes" if self.job.nodes_most else "all of its nodes"
        return Misfit(
            field="ntasks" if "ntasks" in self.spec.words else "cpus_per_task",
            message=f"Partition {name} has {total} CPUs on {where}; "
            f"the job requests {self.job.least_cpus}.",
        )

    def _per_node_memory(self) -> int:
        if self.spec.mem is not None:
            return self.spec.mem
        return (self.spec.mem_per_cpu or 0) * self._per_node_cpus()

    def _memory(self) -> Misfit | None:
        requested = self._per_node_memory()
        limit = self.partition.max_memory_per_node
        largest = max(map(_memory, self.nodes))
        most = min(largest, limit) if isinstance(limit, int) and limit else largest
        if requested <= most:
            return None
        field = "mem" if self.spec.mem is not None else "mem_per_cpu"
        return Misfit(
            field=field,
            message=f"Partition {self.partition.name} allows at most {_gib(most)} of memory "
            f"per node; the job requests {_gib(requested)}.",
            value=f"{most}M" if field == "mem" else "",
        )

    def _gpus(self) -> Misfit | None:
        name = self.partition.name
        for field, wanted, per_node in self._gpus_wanted():
            if wanted is None:
                self.unknown.append(f"--{field.replace('_', '-')}")
                continue
            for kind, count in wanted:
                most = [_gpus(one, kind) for one in self._with_features()]
                most.sort(reverse=True)
                there = sum(most[: 1 if per_node else self.job.nodes_most])
                if count <= there:
                    continue
                what = f"GPUs of type {kind}" if kind else "GPUs"
                types = sorted(
                    {g.type for one in self.nodes for g in one.gres if g.name == "gpu" and g.type}
                )
                known = f" Its types are {listed(types)}." if kind and kind not in types else ""
                where = " per node" if per_node else ""
                if not per_node and self.job.nodes_most:
                    where = f" on {self.job.nodes_most} node{'s' * (self.job.nodes_most > 1)}"
                fix = f"{kind}:{there}" if kind else str(there)
                return Misfit(
                    field=field,
                    message=f"Partition {name} has {there or 'no'} {what}{where}; "
                    f"the job requests {count}.{known}",
                    value=fix if there and len(wanted) == 1 and field.startswith("gpus") else "",
                )
        return None

    def _gpus_wanted(self) -> Iterable[tuple[str, list[tuple[str, int]] | None, bool]]:
        """Option, types with numbers (``None``: not understood), and whether for each node."""
        spec = self.spec
        if spec.gpus:
            yield "gpus", _kinds(spec.gpus), False
        if spec.gpus_per_node:
            yield "gpus_per_node", _kinds(spec.gpus_per_node), True
        if spec.gres and spec.gres.lower() != "none":
            parts = spec.gres.split(",")
            if all(re.match(r"(gres[:/])?gpu([:=]|$)", part) for part in parts):
                words = [re.sub(r"^(gres[:/])?gpu[:=]?", "", part) for part in parts]
                yield "gres", _kinds(",".join(words)), True
            else:
                yield "gres", None, True
        if spec.gpus_per_task:
            kinds = _kinds(spec.gpus_per_task)
            tasks = self.job.tasks or 1
            yield "gpus_per_task", kinds and [(kind, n * tasks) for kind, n in kinds], False

    def _all_at_once(self) -> Misfit | None:
        """Nodes that have everything that each node must have."""
        cpus, memory = self._per_node_cpus(), self._per_node_memory()
        gpus = [
            pair for _, wanted, per_node in self._gpus_wanted() if per_node for pair in wanted or ()
        ]
        fitting = [
            one
            for one in self._with_features()
            if _cpus(one) >= cpus
            and _memory(one) >= memory
            and all(_gpus(one, kind) >= count for kind, count in gpus)
        ]
        requested = min(self.job.nodes_least or 1, len(self.nodes))
        if len(fitting) >= requested:
            return None
        field = next(
            (one for one in ("constraint", "gres", "gpus_per_node", "mem", "nodes")
             if one in self.spec.words),
            "partition",
        )  # fmt: skip
        has = f"{len(fitting)} node{'s' * (len(fitting) != 1)}" if fitting else "no node"
        return Misfit(
            field=field,
            message=f"Partition {self.partition.name} has {has} with everything that "
            f"the job requests per node; it needs {requested}.",
        )


def _kinds(words: str) -> list[tuple[str, int]] | None:
    """``a100:2,4`` as types with numbers; ``None`` for what is not that simple."""
    found = []
    for part in words.split(","):
        match = re.fullmatch(r"(?:(?P<kind>[^:=,\d][^:=,]*)(?:[:=]|$))?(?P<count>\d+)?", part)
        if not match:
            return None
        found.append((match["kind"] or "", int(match["count"] or 1)))
    return found


def _cpus(node: Node) -> int:
    return node.cpus - node.cpus_specialized


def _memory(node: Node) -> int:
    return node.memory - node.memory_specialized


def _gpus(node: Node, kind: str) -> int:
    if not kind:
        return node.gpus
    return sum(one.total for one in node.gres if one.name == "gpu" and one.type == kind)


def _gib(mib: int) -> str:
    return f"{mib / 1024:,.4g} GiB" if mib >= 1024 else f"{mib} MiB"
