"""What a Slurm can do: the only place where a release or an API version is compared.

The part of :mod:`~jupyter_slurm_rest.slurm.wire.version` that only submissions need.

A rule of slurmrestd's interface hangs on the API version, a rule of the daemons behind
it on Slurm's release. Where the release is unknown, every release that serves the API
version is possible, and the response that is right for all of them is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import msgspec

from jupyter_slurm_rest.slurm.errors import InvalidRequest


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


#: ``(24, 11, 5)`` for Slurm 24.11.5.
Release = tuple[int, int, int]

OLDEST, NEWEST = 37, 46
#: The first and the last release series that serve each API version.
_SERVED_BY: dict[int, tuple[Release, Release]] = {
    37: ((21, 8, 0), (23, 2, 99)),
    38: ((22, 5, 0), (23, 11, 99)),
    39: ((23, 2, 0), (24, 5, 99)),
    40: ((23, 11, 0), (25, 5, 99)),
    41: ((24, 5, 0), (25, 11, 99)),
    42: ((24, 11, 0), (26, 5, 99)),
    43: ((25, 5, 0), (26, 11, 99)),
    44: ((25, 11, 0), (99, 0, 0)),
    45: ((26, 5, 0), (99, 0, 0)),
    46: ((26, 11, 0), (99, 0, 0)),
}


def parse_release(words: str) -> Release | None:
    """``24.11.5`` as ``(24, 11, 5)``; ``None`` for what is not a release."""
    match = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", words)
    return (int(match[1]), int(match[2]), int(match[3] or 0)) if match else None


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What one slurmrestd can do in one API version, and which faults it has."""

    #: 45 for ``v0.0.45``.
    api: int
    #: Slurm's release, ``None`` if slurmrestd did not say.
    release: Release | None

    # Reading slurmctld.
    #: ``licenses`` is served.
    licenses: bool
    #: ``diag`` is read before they are asked for: slurmrestd 23.02.8 ended during such a
    #: call; v0.0.39 and newer do not have that fault.
    fragile_licenses: bool
    #: ``shares`` is served.
    fairshare: bool
    #: ``jobs/state`` is served (from 23.11.5).
    job_states: bool
    #: There a task is called by its array's number, not by its record's own.
    states_by_array: bool
    #: Lists tell when they last changed.
    last_update: bool
    #: Lists take ``flags``; without ``ALL`` hidden partitions are left out.
    list_flags: bool
    #: What stands before the seconds of ``update_time``.
    update_time_prefix: str
    #: Partitions have one level, as ``scontrol show`` prints them.
    flat_partitions: bool
    #: Partitions have a state.
    partition_states: bool
    #: A partition's ``default_time`` holds an amount of memory.
    misplaced_default_time: bool
    #: sinfo calls a failing node in part use ``failing``, as one in full use.
    mixed_nodes_failing: bool
    #: An account in a partition's AllowAccounts stands for those below it, too.
    accounts_stand_for_subaccounts: bool
    #: slurmrestd resolves ``%j`` and the like in a job's file names.
    resolved_files: bool

    # Reading slurmdbd.
    #: Its jobs can be chosen by user.
    history_by_user: bool
    #: Several users, ids or states are given one by one, not as one comma-separated word.
    history_lists_apart: bool
    #: It hands out batch scripts.
    stored_scripts: bool
    #: It cuts jobs to the span that is asked for, if not told otherwise.
    truncated_times: bool
    #: Any flag in a question for its jobs finds nothing, but for ``scheduler_unset`` beside it.
    flags_find_nothing: bool
    #: Users come with the accounts they coordinate only where that is asked for.
    coordinators_on_request: bool
    #: Associations name QOS by number.
    numbered_qos: bool
    #: It tells where jobs read and write.
    files_accounted: bool
    #: A job that never started has its eligible time as its start.
    start_is_eligible: bool

    # Changing jobs.
    #: ``DELETE jobs/`` is served (from 23.11.6).
    jobs_killed_together: bool
    #: ``job/N/requeue`` is served.
    requeue: bool
    #: Of ``123_4`` and ``123+1`` in a path only ``123`` is read: acting on a task or
    #: component acts on the whole.
    only_digits_read: bool
    #: A refused cancellation is answered like one that was carried out.
    silent_refusals: bool
    #: Tasks of an array can be changed by ``123_4``.
    tasks_changed_by_id: bool
    #: A change is written in sbatch's words, not in slurmctld's fields.
    changes_in_words: bool
    #: One key of a change has a blank: ``time minimum``.
    blank_in_time_minimum: bool
    #: A change is refused without an environment, which does not reach the job.
    environment_in_changes: bool
    #: Times of a change are plain numbers; anything else is passed over in silence.
    plain_times: bool
    #: ``nice`` can be changed.
    nice_changeable: bool

    submission: SubmissionRules

    def speaks(self, api: int) -> bool:
        """Whether what came with API version ``v0.0.<api>`` is there."""
        return self.api >= api

    @property
    def version(self) -> str:
        """``v0.0.45``"""
        return f"v0.0.{self.api}"


def capabilities_of(version: str, release: str | Release | None = None) -> Capabilities:
    """What ``version`` (``v0.0.45``) of ``release`` (``26.05.5``) can do.

    Newer versions than known are taken for the newest known. Raises
    :exc:`InvalidRequest` for what is no API version, or one that is too old.
    """
    match = re.fullmatch(r"v0\.0\.(\d+)", version)
    if match is None:
        raise InvalidRequest("api_version", f"{version!r} is no API version")
    api = int(match[1])
    if api < OLDEST:
        raise InvalidRequest("api_version", f"{version} is older than what is spoken here")
    known = parse_release(release) if isinstance(release, str) else release
    earliest, latest = (known, known) if known else _SERVED_BY[min(api, NEWEST)]

    def may_be_before(*first: int) -> bool:
        return earliest < first

    def may_be_from(*first: int) -> bool:
        return latest >= first

    return Capabilities(
        api=api,
        release=known,
        licenses=api >= 38,
        fragile_licenses=api == 38,
        fairshare=api >= 40,
        job_states=api >= 41 or (api == 40 and not may_be_before(23, 11, 5)),
        states_by_array=api == 40,
        last_update=api >= 40,
        list_flags=api >= 40,
        update_time_prefix="uts" if api >= 40 else "",
        flat_partitions=api <= 38,
        partition_states=api != 39,
        misplaced_default_time=api == 37,
        mixed_nodes_failing=not may_be_before(25, 11),
        accounts_stand_for_subaccounts=not may_be_before(23, 2),
        resolved_files=39 <= api <= 42,
        history_by_user=api >= 39,
        history_lists_apart=api >= 40,
        stored_scripts=api >= 40,
        truncated_times=api >= 40,
        flags_find_nothing=api == 40 and may_be_before(24, 5),
        coordinators_on_request=api >= 40,
        numbered_qos=api == 37,
        files_accounted=api >= 42,
        start_is_eligible=api == 37,
        jobs_killed_together=api >= 41 or (api == 40 and not may_be_before(23, 11, 6)),
        requeue=api >= 45,
        only_digits_read=39 <= api <= 41 and may_be_before(24, 11),
        silent_refusals=40 <= api <= 41 and may_be_before(24, 11),
        tasks_changed_by_id=api <= 38,
        changes_in_words=api <= 38,
        blank_in_time_minimum=api == 37,
        submission=submission_rules(api, may_be_before, may_be_from),
        environment_in_changes=api == 39,
        plain_times=api == 39,
        nice_changeable=api != 39 and not (api == 40 and may_be_before(23, 11, 2)),
    )
