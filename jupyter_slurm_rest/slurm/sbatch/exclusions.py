"""Options that exclude each other, and options that give way to others.

Follows ``validate_options_salloc_sbatch_srun()`` of Slurm's src/common/slurm_opt.c.
"""

from __future__ import annotations

from jupyter_slurm_rest.slurm.errors import InvalidRequest
from jupyter_slurm_rest.slurm.wire.version import SubmissionRules

from .jobspec import JobSpec

_MEMORY = ("mem", "mem_per_cpu", "mem_per_gpu")
#: Options that say by hand what --hint says.
_SHAPE = ("ntasks_per_core", "threads_per_core", "extra_node_info")
_FULL_SHAPE = (*_SHAPE, "cores_per_socket", "sockets_per_node")


def _exclude_each_other(*fields: str) -> InvalidRequest:
    names = ["--" + field.replace("_", "-") for field in fields]
    written = f"{', '.join(names[:-1])} and {names[-1]}"
    return InvalidRequest(fields[0], f"{written} are mutually exclusive. Use only one of them.")


def _memory(spec: JobSpec) -> None:
    given = spec.given(*_MEMORY)
    if len(given) > 1:
        raise _exclude_each_other(*given)
    if given:
        spec.unset(*(field for field in _MEMORY if field not in given))
        return
    inherited = [field for field in _MEMORY if field in spec.origins]
    if len(inherited) > 1:
        raise _exclude_each_other(*inherited)


def _hint(spec: JobSpec, rules: SubmissionRules) -> None:
    """--hint from the environment gives way; from both places it is ignored, as in sbatch."""
    if spec.hint is None:
        return
    shape = _FULL_SHAPE if rules.hint_gives_way_to_shape else _SHAPE
    if spec.given("hint") and not spec.given(*shape):
        spec.unset(*_FULL_SHAPE)
    elif spec.given(*shape) or any(field in spec.origins for field in shape):
        spec.unset("hint")


def _gpus_per_task_or_tasks_per_gpu(spec: JobSpec) -> None:
    pairs = [field for field in ("ntasks_per_gpu", "ntasks_per_tres") if field in spec.origins]
    if not pairs:
        return
    if len(pairs) == 2 and spec.ntasks_per_gpu != spec.ntasks_per_tres:
        raise InvalidRequest(
            "ntasks_per_gpu", "--ntasks-per-gpu and --ntasks-per-tres say different numbers."
        )
    for other in ("tres_per_task", "gpus_per_task", "gpus_per_socket", "ntasks_per_node"):
        if other in spec.origins and (other != "tres_per_task" or spec.given(other)):
            raise _exclude_each_other(other, pairs[0])


def _cpus(spec: JobSpec) -> None:
    rivals = ["cpus_per_task"]
    if spec.tres_per_task and "cpu" in spec.tres_per_task.lower():
        rivals.append("tres_per_task")
    if spec.given(*rivals) and spec.given("cpus_per_gpu"):
        raise _exclude_each_other(spec.given(*rivals)[0], "cpus_per_gpu")
    if spec.given(*rivals):
        spec.unset("cpus_per_gpu")
    elif spec.given("cpus_per_gpu"):
        spec.unset("cpus_per_task")


def _segments(spec: JobSpec, rules: SubmissionRules) -> None:
    if not (rules.segments_are_full and spec.segment and spec.nodes):
        return
    nodes = spec.nodes.most if spec.nodes.sizes else spec.nodes.least
    if nodes > spec.segment and nodes % spec.segment:
        raise InvalidRequest(
            "segment", f"--segment={spec.segment} does not divide the {nodes} nodes of --nodes."
        )


def _asks_gpus(gres: str) -> bool:
    """As sbatch looks for it: any name of a resource that begins with ``gpu``."""
    return any(item.removeprefix("gres/").startswith("gpu") for item in gres.split(","))


def apply(spec: JobSpec, rules: SubmissionRules) -> None:
    """Drop options that give way. Raises :exc:`InvalidRequest` for those that exclude."""
    if (
        rules.one_way_to_gpus_per_node
        and "gpus_per_node" in spec.origins
        and _asks_gpus(spec.gres or "")
    ):
        raise _exclude_each_other("gpus_per_node", "gres")
    _gpus_per_task_or_tasks_per_gpu(spec)
    if len(spec.given("core_spec", "thread_spec")) > 1:
        raise _exclude_each_other("core_spec", "thread_spec")
    _memory(spec)
    if rules.sharing_is_exclusive and len(spec.given("exclusive", "oversubscribe")) > 1:
        raise _exclude_each_other("exclusive", "oversubscribe")
    _cpus(spec)
    _hint(spec, rules)
    _segments(spec, rules)
    if spec.begin and spec.deadline and spec.deadline < spec.begin:
        raise InvalidRequest("deadline", "--deadline is earlier than --begin.")
    if spec.bb and spec.bbf:
        raise _exclude_each_other("bb", "bbf")
    if (
        spec.ntasks_per_core
        and spec.threads_per_core
        and spec.threads_per_core < spec.ntasks_per_core
    ):
        raise InvalidRequest(
            "ntasks_per_core", "--ntasks-per-core cannot be larger than --threads-per-core."
        )
