"""From options to a request: what sbatch works out before it sends.

Follows ``_opt_verify()`` of Slurm's src/sbatch/opt.c and
``slurm_opt_create_job_desc()`` of src/common/slurm_opt.c.
"""

from __future__ import annotations

from copy import deepcopy

from jupyter_slurm_rest.slurm.errors import InvalidRequest
from jupyter_slurm_rest.slurm.wire.version import SubmissionRules

from .hostlist import expand
from .jobspec import JobDescription, JobSpec, Submitter, default_name
from .precedence import apply_exclusions
from .tres import count_gpus, resolve_tres

#: What a hint means for sockets, cores, threads and tasks; ``None`` is "any".
_HINTS: dict[str, dict[str, int | None]] = {
    "compute_bound": {"sockets_per_node": None, "cores_per_socket": None, "threads_per_core": 1},
    "memory_bound": {"cores_per_socket": 1, "threads_per_core": 1},
    # 65535 is Slurm's "no limit" for 16 bits.
    "multithread": {"threads_per_core": None, "tasks_per_core": 65535},
    "nomultithread": {"threads_per_core": 1},
}


def _hosts(field: str, words: str) -> list[str]:
    if "/" in words:
        raise InvalidRequest(
            field,
            f"--{field.replace('_', '-')} is a file; slurmrestd does not accept lists of"
            " nodes from files.",
            advice="Write the names of the nodes.",
        )
    try:
        return expand(words)
    except ValueError as problem:
        raise InvalidRequest(field, f"--{field}: {problem}.") from None


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


class _Counting:
    """Nodes, tasks and CPUs, which sbatch derives from each other."""

    def __init__(self, spec: JobSpec, request: JobDescription, rules: SubmissionRules) -> None:
        self.spec, self.request, self.rules = spec, request, rules
        self.old = rules.counts_tasks_per_node
        self.nodes_set = spec.nodes is not None
        self.least = spec.nodes.least if spec.nodes else 1
        self.most = spec.nodes.most if spec.nodes else 0
        self.tasks = spec.ntasks or 1
        self.tasks_set = spec.ntasks is not None
        self.hosts: list[str] = []

    def _from_node_list(self) -> None:
        spec = self.spec
        if not spec.nodelist or "{" in spec.nodelist:
            return
        self.hosts = list(dict.fromkeys(_hosts("nodelist", spec.nodelist)))
        if not self.nodes_set:
            self.least, self.nodes_set = len(self.hosts), True
        elif self.old:
            self.least = max(len(self.hosts), self.least)

    def _from_each_other(self) -> None:
        spec, request = self.spec, self.request
        same = self.most in (0, self.least)
        per_node = spec.ntasks_per_node
        if self.old and per_node and not self.tasks_set and same:
            self.tasks, self.tasks_set = self.least * per_node, True
        shaped = "extra_node_info" in spec.words
        if (
            (self.nodes_set or shaped)
            and same
            and not self.tasks_set
            and (self.old or not per_node)
        ):
            self.tasks = max(self.least, 1)
            for factor in (
                request.sockets_per_node,
                request.cores_per_socket,
                request.threads_per_core,
            ):
                if factor is not None:
                    self.tasks, self.tasks_set = self.tasks * factor, True
        elif self.nodes_set and self.tasks_set:
            self.most = min(self.most, self.tasks)
            if self.tasks < self.least:
                request.warnings.append(
                    f"{_counted(self.tasks, 'task')} cannot run on {self.least} nodes; "
                    f"the job requests {_counted(self.tasks, 'node')}."
                )
                self.least = self.most = self.tasks
                if self.old and self.hosts:
                    spec.nodelist = ",".join(self.hosts[: self.least])

    def _from_arbitrary_list(self) -> None:
        """An arbitrary distribution lays tasks out along the list of nodes."""
        if self.spec.distribution != "arbitrary":
            return
        if not self.spec.nodelist:
            raise InvalidRequest(
                "distribution", "--distribution=arbitrary needs --nodelist with the nodes in order."
            )
        if self.spec.nodes and not self.old and self.spec.given("nodes"):
            raise InvalidRequest(
                "nodes", "--nodes and --distribution=arbitrary are mutually exclusive."
            )
        hosts = _hosts("nodelist", self.spec.nodelist)
        if not self.tasks_set:
            self.tasks, self.tasks_set = len(hosts), True
        if not self.nodes_set:
            self.least = self.most = len(set(hosts))
            self.nodes_set = True

    def work_out(self) -> None:
        spec, request = self.spec, self.request
        self._from_node_list()
        self._from_each_other()
        self._from_arbitrary_list()
        estimated = self.tasks
        per_node = spec.ntasks_per_node
        if per_node and not self.tasks_set and self.most in (0, self.least):
            estimated = self.least * per_node
        if spec.overcommit:
            request.least_cpus = max(self.least if self.nodes_set else 1, 1)
        elif request.cpus_per_task:
            request.least_cpus = estimated * request.cpus_per_task
        elif self.nodes_set and self.least == 0:
            request.least_cpus = 0
        else:
            request.least_cpus = estimated
        if self.tasks_set:
            request.tasks = self.tasks
        if self.nodes_set:
            request.nodes_least, request.nodes_most = self.least, self.most or None
        elif self.tasks_set and per_node and self.rules.counts_nodes:
            request.nodes_least = -(-self.tasks // per_node)


def _shape(spec: JobSpec, request: JobDescription) -> None:
    request.sockets_per_node = spec.sockets_per_node
    request.cores_per_socket = spec.cores_per_socket
    request.threads_per_core = spec.threads_per_core
    request.tasks_per_core = spec.ntasks_per_core
    for hint in (spec.hint or "").lower().split(","):
        for field, value in _HINTS.get(hint, {}).items():
            setattr(request, field, value)


def _paths(spec: JobSpec, request: JobDescription, submitter: Submitter) -> None:
    start = request.directory
    request.output = submitter.absolute(spec.output, start) if spec.output else None
    request.error = submitter.absolute(spec.error, start) if spec.error else None
    request.input = submitter.absolute(spec.input, start) if spec.input else "/dev/null"


def _count_tasks(request: JobDescription) -> None:
    """Tasks that follow from GPUs or from what each task gets.

    ``gres_job_state_validate()`` of Slurm's src/interfaces/gres.c, which sbatch calls.
    """
    spec, each = request.spec, request.tasks_per_gpu
    nodes = request.nodes_least
    exactly = nodes is not None and nodes == request.nodes_most
    if request.tasks is None and nodes and exactly and (request.tres_per_task or each):
        if each or spec.ntasks_per_node:
            request.tasks = nodes * (each or spec.ntasks_per_node or 1)
        elif request.cpus_per_task is None:
            request.tasks = nodes
        request.tasks_counted = request.tasks is not None
    gpus = max(
        count_gpus(request.tres_per_job),
        count_gpus(request.tres_per_node) * (nodes or 1),
        count_gpus(request.tres_per_socket) * (nodes or 1) * (request.sockets_per_node or 1),
    )
    if each and gpus:
        request.tasks_counted = request.tasks is None or request.tasks_counted
        request.tasks = gpus * each
    if request.tres_per_task and request.tasks and request.cpus_per_task and not spec.overcommit:
        request.least_cpus = max(request.least_cpus, request.tasks * request.cpus_per_task)


def resolve(spec: JobSpec, submitter: Submitter, rules: SubmissionRules) -> JobDescription:
    """The request that sbatch would send. Raises :exc:`InvalidRequest`."""
    spec = deepcopy(spec)
    apply_exclusions(spec, rules)
    request = JobDescription(
        spec=spec,
        name=spec.job_name if spec.job_name is not None else default_name(spec, submitter),
        directory=submitter.absolute(spec.chdir) if spec.chdir else submitter.directory,
    )
    request.cpus_per_task = spec.cpus_per_task
    _paths(spec, request, submitter)
    _shape(spec, request)
    resolve_tres(request, rules)
    _Counting(spec, request, rules).work_out()
    request.least_cpus_per_node = spec.mincpus
    if request.cpus_per_task and request.cpus_per_task > (spec.mincpus or 0):
        request.least_cpus_per_node = request.cpus_per_task
    if spec.exclude is not None:
        _hosts("exclude", spec.exclude)
    parts = [part for part in (spec.licenses, spec.resources) if part is not None]
    request.licenses = ",".join(parts) if parts else None
    request.tasks_per_gpu = spec.ntasks_per_tres or spec.ntasks_per_gpu
    if not rules.in_words:
        # Else slurmrestd does this itself.
        _count_tasks(request)
    return request
