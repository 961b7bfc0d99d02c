"""How jobs are handed in: rules of slurmrestd's API version and of the release's sbatch.

The part of :mod:`~jupyter_slurm_rest.slurm.capabilities` that only submissions need.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec


class SubmissionRules(msgspec.Struct, frozen=True, kw_only=True):
    """What one release's sbatch makes of options; a job handed in here is to be the same.

    The defaults are those of the newest sbatch.
    """

    #: Jobs are described in sbatch's words and worked out by slurmrestd (to v0.0.38).
    in_words: bool = False

    # Options given again, and options that exclude each other.
    #: ``--mail-type`` given again adds to what was said before.
    mail_types_add_up: bool = False
    #: ``--get-user-env`` takes a time and a mode (``=10L``), which do nothing.
    get_user_env_takes_value: bool = False
    #: ``--exclusive`` and ``--oversubscribe`` exclude each other; else the last one counts.
    sharing_is_exclusive: bool = True
    #: ``--gpus-per-node`` and GPUs in ``--gres`` exclude each other.
    one_way_to_gpus_per_node: bool = True
    #: ``--hint`` gives way to ``--cores-per-socket`` and ``--sockets-per-node`` too.
    hint_gives_way_to_shape: bool = True

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
    #: Between name and number there: ``cpu=2`` or ``cpu:2``.
    per_task_separator: str = "="

    # The job's environment.
    #: ``--export=NIL`` names a variable; else it hands on nothing.
    nil_is_a_name: bool = False
    #: mpirun's launchers are told how to start.
    mpi_variables: bool = True


def submission_rules(api: int, may_be_before: Callable[..., bool]) -> SubmissionRules:
    """``may_be_before(24, 11)``: whether the release may be older than Slurm 24.11."""
    return SubmissionRules(
        in_words=api <= 38,
        mail_types_add_up=may_be_before(25, 5),
        get_user_env_takes_value=may_be_before(25, 5),
        sharing_is_exclusive=not may_be_before(23, 2),
        one_way_to_gpus_per_node=not may_be_before(26, 5),
        hint_gives_way_to_shape=not may_be_before(25, 11),
        counts_tasks_per_node=may_be_before(23, 2),
        counts_nodes=not may_be_before(23, 11),
        gres_separator=":" if may_be_before(23, 11) else "/",
        all_per_task=not may_be_before(23, 11),
        per_task_separator=":" if may_be_before(24, 5) else "=",
        nil_is_a_name=may_be_before(23, 2),
        mpi_variables=not may_be_before(23, 11),
    )


#: Where nothing is known of the Slurm: what any release takes.
ANY_SBATCH = SubmissionRules(
    get_user_env_takes_value=True, sharing_is_exclusive=False, one_way_to_gpus_per_node=False
)
