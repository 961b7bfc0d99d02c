"""How jobs are handed in: rules of slurmrestd's API version and of the release's sbatch.

The part of :mod:`~jupyter_slurm_rest.slurm.capabilities` that only submissions need.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec


class SubmissionRules(msgspec.Struct, frozen=True, kw_only=True):
    """What one release's sbatch makes of options; a job handed in here is to be the same.

    The defaults are those of the newest sbatch.
    """

    #: Jobs are described in sbatch's words and worked out by slurmrestd (to v0.0.38).
    in_words: bool = False

    # What slurmrestd takes.
    #: Some numbers want a structure; a bare one only warns.
    structured_numbers: bool = False
    #: Among them not the time to begin, which a structure leaves unset.
    plain_begin: bool = False
    #: The script also stands in the job.
    script_in_job: bool = False
    #: The flag for ``--gres-flags=disable-binding`` is spelled ``GRED_BINDING_DISABLED``.
    misspelt_binding_flag: bool = False
    #: There are flags for the ``sharing`` words of ``--gres-flags``.
    sharing_flags: bool = False
    #: ``cores_per_socket`` can be told.
    cores_per_socket: bool = True
    #: ``--resv-ports`` can be told.
    resv_ports: bool = False

    # Options given again, and options that exclude each other.
    #: ``--mail-type`` given again adds to what was said before.
    mail_types_add_up: bool = False
    #: ``--get-user-env`` takes a time and a mode (``=10L``), which do nothing.
    get_user_env_takes_value: bool = False
    #: ``--exclusive`` and ``--oversubscribe`` exclude each other; else the last one counts.
    sharing_is_exclusive: bool = True
    #: ``--gpus-per-node`` and GPUs in ``--gres`` exclude each other.
    one_way_to_gpus_per_node: bool = True
    #: ``--segment`` divides ``--nodes``.
    segments_are_full: bool = True
    #: ``--hint`` gives way to ``--cores-per-socket`` and ``--sockets-per-node`` too.
    hint_gives_way_to_shape: bool = True

    #: Options that this sbatch does not have, with the release that brought or dropped them.
    unknown_options: Mapping[str, str] = {}
    #: Values that it does not know: option, pattern, and again the release.
    unknown_values: tuple[tuple[str, str, str], ...] = ()

    # Nodes, tasks, resources.
    #: sbatch itself multiplies nodes and tasks per node, and cuts lists of nodes.
    counts_tasks_per_node: bool = False
    #: Tasks and tasks per node say how many nodes.
    counts_nodes: bool = True
    #: Between ``gres`` and its name: ``gres/gpu:1``, or ``gres:gpu:1``.
    gres_separator: str = "/"
    #: ``--cpus-per-task`` and ``--gpus-per-task`` are also told as ``--tres-per-task``, and
    #: what a task gets is bound to it.
    all_per_task: bool = True
    #: ``--gpus-per-task`` takes several types.
    gpu_types_per_task: bool = True
    #: ``--tres-per-task=CPU=2`` counts as ``cpu=2``.
    cpus_in_any_case: bool = False
    #: Between name and number there: ``cpu=2`` or ``cpu:2``.
    per_task_separator: str = "="

    # The job's environment.
    #: ``--export=NIL`` names a variable; else it hands on nothing.
    nil_is_a_name: bool = False
    #: sbatch itself tells the job how its files are opened and what is sampled; later
    #: slurmctld does.
    option_variables: bool = False
    #: sbatch tells the job its ``--network``.
    network_variable: bool = False
    #: mpirun's launchers are told how to start.
    mpi_variables: bool = True


#: The release that brought an option to sbatch.
_SINCE: dict[str, tuple[int, int]] = {
    "autocomplete": (23, 2),
    "container-id": (23, 2),
    "extra": (23, 2),
    "tres-per-task": (23, 2),
    "tres-bind": (23, 11),
    "resv-ports": (24, 5),
    "segment": (24, 5),
    "stepmgr": (24, 5),
    "oom-kill-step": (24, 11),
    "external": (25, 5),
    "consolidate-segments": (25, 11),
    "resources": (25, 11),
    "spread-segments": (25, 11),
    "container-type": (26, 5),
    "mem-update": (26, 5),
    "runtime": (26, 11),
}
#: The first release without an option, and its new name.
_DROPPED = {"container-type": ((26, 11), "--runtime")}
#: The release that brought a value.
_VALUES_SINCE: tuple[tuple[str, str, tuple[int, int]], ...] = (
    ("nodes", r".*[,:].*", (23, 2)),
    ("gpu-bind", r"(?i)(verbose,)?(map|mask):.*", (23, 11)),
    ("gres-flags", r"(?i).*sharing.*", (23, 11)),
    ("gpus-per-task", r".*=.*", (24, 5)),
    ("exclusive", r"(?i)topo", (24, 5)),
    ("requeue", r".+", (25, 11)),
    ("exclusive", r"(?i)allocation", (26, 5)),
)


def _release(series: tuple[int, int]) -> str:
    return f"{series[0]}.{series[1]:02}"


def _unknown_options(
    may_be_before: Callable[..., bool], may_be_from: Callable[..., bool]
) -> dict[str, str]:
    found = {
        name: f"it came with Slurm {_release(first)}"
        for name, first in _SINCE.items()
        if not may_be_from(*first)
    }
    for name, (last, instead) in _DROPPED.items():
        if not may_be_before(*last):
            found[name] = f"Slurm {_release(last)} dropped it; it has {instead}"
    return found


def submission_rules(
    api: int, may_be_before: Callable[..., bool], may_be_from: Callable[..., bool]
) -> SubmissionRules:
    """``may_be_before(24, 11)``: whether the release may be older than Slurm 24.11;
    ``may_be_from(24, 11)``: whether it may be 24.11 or newer.
    """
    return SubmissionRules(
        in_words=api <= 38,
        structured_numbers=39 <= api <= 40,
        plain_begin=api == 39,
        script_in_job=api == 40,
        misspelt_binding_flag=api == 39 or (api == 40 and may_be_before(24, 5)),
        sharing_flags=api == 40,
        cores_per_socket=api == 40 or api >= 45,
        resv_ports=api == 41,
        mail_types_add_up=may_be_before(25, 5),
        get_user_env_takes_value=may_be_before(25, 5),
        sharing_is_exclusive=not may_be_before(23, 2),
        one_way_to_gpus_per_node=not may_be_before(26, 5),
        segments_are_full=not may_be_before(26, 5),
        hint_gives_way_to_shape=not may_be_before(25, 11),
        unknown_options=_unknown_options(may_be_before, may_be_from),
        unknown_values=tuple(
            (name, pattern, f"it came with Slurm {_release(first)}")
            for name, pattern, first in _VALUES_SINCE
            if not may_be_from(*first)
        ),
        counts_tasks_per_node=may_be_before(23, 2),
        counts_nodes=not may_be_before(23, 11),
        gres_separator=":" if may_be_before(23, 11) else "/",
        all_per_task=not may_be_before(23, 11),
        cpus_in_any_case=may_be_before(25, 5),
        gpu_types_per_task=not may_be_before(25, 5),
        per_task_separator=":" if may_be_before(24, 5) else "=",
        nil_is_a_name=may_be_before(23, 2),
        option_variables=api >= 39 and may_be_before(24, 5, 2),
        network_variable=may_be_before(24, 11) and not may_be_before(24, 5),
        mpi_variables=not may_be_before(23, 11),
    )


#: Where nothing is known of the Slurm: what any release takes.
ANY_SBATCH = SubmissionRules(
    get_user_env_takes_value=True, sharing_is_exclusive=False, one_way_to_gpus_per_node=False
)
