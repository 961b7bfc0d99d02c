"""What a Slurm can do: the only place where a release or an API version is compared.

A rule of slurmrestd's interface depends on the API version, a rule of the daemons behind
it on Slurm's release. Where the release is unknown, every release that serves the API
version is possible, and each rule gets the value that is right for all of them.
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from jupyter_slurm_rest.slurm.errors import InvalidRequest

#: ``(24, 11, 5)`` for Slurm 24.11.5.
Release = tuple[int, int, int]

#: How an API version is written, as a regular expression: ``v0.0.45``.
API_VERSION_PATTERN = r"v0\.0\.[0-9]{2,3}"
#: The oldest and the newest API version that is spoken here.
OLDEST, NEWEST = 37, 46
#: The first and the last release that serve each API version.
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


def parse_api_version(words: str) -> int | None:
    """``v0.0.45`` as 45; ``None`` for what is not an API version."""
    return int(words[5:]) if re.fullmatch(API_VERSION_PATTERN, words) else None


def api_version(number: int) -> str:
    """``v0.0.45`` for 45."""
    return f"v0.0.{number}"


#: Every API version that is spoken here, newest first.
API_VERSIONS = tuple(api_version(number) for number in range(NEWEST, OLDEST - 1, -1))
#: The last one that reads ``123_4`` in a path as one task of an array.
READS_TASKS = api_version(38)
#: Says of partitions what v0.0.39 leaves out; 23.02 and 23.11 serve both.
HAS_PARTITION_STATES = api_version(38)
#: They serve ``diag`` without slurmdbd where the one in use does not: v0.0.39 asks slurmdbd
#: before everything, and so does v0.0.40 of Slurm 23.11.
WITHOUT_SLURMDBD = (api_version(38), api_version(41), api_version(40))


def numbers_rejected_tokens(release: str) -> bool:
    """Whether a rejected token has an error number of its own (from Slurm 24.11 on)."""
    known = parse_release(release)
    return known is not None and known >= (24, 11)


class ReleaseRange(msgspec.Struct, frozen=True):
    """The releases that a Slurm may have: one where it is known, else several."""

    earliest: Release = (0, 0, 0)
    latest: Release = (99, 0, 0)

    def may_be_before(self, *first: int) -> bool:
        """``may_be_before(24, 11)``: whether it may be older than Slurm 24.11."""
        return self.earliest < first

    def may_be_from(self, *first: int) -> bool:
        """``may_be_from(24, 11)``: whether it may be Slurm 24.11 or newer."""
        return self.latest >= first

    def may_have(self, since: str) -> bool:
        """Whether it may have what came with release ``since`` (``24.11``)."""
        first = parse_release(since)
        return first is None or self.may_be_from(*first)

    def must_lack(self, dropped: str) -> bool:
        """Whether it surely lacks what was dropped in release ``dropped`` (``24.11``)."""
        first = parse_release(dropped)
        return first is not None and not self.may_be_before(*first)


class SubmissionRules(msgspec.Struct, frozen=True, kw_only=True):
    """What one release's sbatch makes of options: jobs submitted here become the same.

    The defaults are those of the newest sbatch.
    """

    #: Jobs are sent as options of sbatch, which slurmrestd works out (up to v0.0.38).
    in_words: bool = False

    # What slurmrestd takes.
    #: Some numbers are sent as a structure; a bare number causes a warning.
    structured_numbers: bool = False
    #: Except for the time to begin: as a structure it would stay unset.
    plain_begin: bool = False
    #: The script has to be in the job, too.
    script_in_job: bool = False
    #: The flag for ``--gres-flags=disable-binding`` is spelled ``GRED_BINDING_DISABLED``.
    misspelled_binding_flag: bool = False
    #: There are flags for the ``sharing`` words of ``--gres-flags``.
    sharing_flags: bool = False
    #: A job can have ``cores_per_socket``.
    cores_per_socket: bool = True

    # Options given again, and options that exclude each other.
    #: A second ``--mail-type`` adds to the first.
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

    #: Which sbatch it is: the option table says what came with which.
    releases: ReleaseRange = ReleaseRange()

    # Nodes, tasks, resources.
    #: sbatch itself multiplies nodes and tasks per node, and cuts lists of nodes.
    counts_tasks_per_node: bool = False
    #: Tasks and tasks per node say how many nodes.
    counts_nodes: bool = True
    #: Between ``gres`` and its name: ``gres/gpu:1``, or ``gres:gpu:1``.
    gres_separator: str = "/"
    #: ``--cpus-per-task`` and ``--gpus-per-task`` are also sent as ``--tres-per-task``, and
    #: what a task gets is bound to it.
    all_per_task: bool = True
    #: ``--gpus-per-task`` takes several types.
    gpu_types_per_task: bool = True
    #: ``--tres-per-task=CPU=2`` counts as ``cpu=2``.
    cpus_in_any_case: bool = False
    #: Between name and number there: ``cpu=2`` or ``cpu:2``.
    per_task_separator: str = "="

    # The job's environment.
    #: ``--export=NIL`` names a variable; otherwise it passes on nothing.
    nil_is_a_name: bool = False
    #: sbatch itself sets the variables about opening files and sampling; later, slurmctld
    #: does.
    option_variables: bool = False
    #: sbatch sets the variable of ``--network``.
    network_variable: bool = False
    #: Variables tell mpirun's launchers how to start.
    mpi_variables: bool = True


def submission_rules(api: int, releases: ReleaseRange) -> SubmissionRules:
    """The rules of submission to ``v0.0.<api>`` of one of ``releases``."""
    may_be_before = releases.may_be_before
    return SubmissionRules(
        in_words=api <= 38,
        structured_numbers=39 <= api <= 40,
        plain_begin=api == 39,
        script_in_job=api == 40,
        misspelled_binding_flag=api == 39 or (api == 40 and may_be_before(24, 5)),
        sharing_flags=api == 40,
        cores_per_socket=api == 40 or api >= 45,
        mail_types_add_up=may_be_before(25, 5),
        get_user_env_takes_value=may_be_before(25, 5),
        sharing_is_exclusive=not may_be_before(23, 2),
        one_way_to_gpus_per_node=not may_be_before(26, 5),
        segments_are_full=not may_be_before(26, 5),
        hint_gives_way_to_shape=not may_be_before(25, 11),
        releases=releases,
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


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What one slurmrestd can do in one API version, and which faults it has."""

    #: 45 for ``v0.0.45``.
    api: int
    #: Slurm's release, ``None`` if slurmrestd did not say.
    release: Release | None

    # Reading slurmctld.
    #: ``licenses`` is served.
    licenses: bool
    #: ``diag`` is read before ``licenses``: slurmrestd 23.02.8 ended during such a call.
    #: v0.0.39 and newer do not have that fault.
    fragile_licenses: bool
    #: ``shares`` is served.
    fairshare: bool
    #: ``jobs/state`` is served (from 23.11.5).
    job_states: bool
    #: There a task is called by its array's number, not by its record's own.
    states_by_array: bool
    #: Lists include the time of their last change.
    last_update: bool
    #: Lists take ``flags``; without ``ALL`` hidden partitions are left out.
    list_flags: bool
    #: The prefix of the seconds in ``update_time``.
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
    #: It returns batch scripts.
    stored_scripts: bool
    #: It cuts jobs to the span that is asked for, unless asked not to.
    truncated_times: bool
    #: A query for its jobs with any flag finds nothing, unless ``scheduler_unset`` is given too.
    flags_find_nothing: bool
    #: Users come with the accounts they coordinate only where that is asked for.
    coordinators_on_request: bool
    #: Associations name QOS by number.
    numbered_qos: bool
    #: It reports the paths of jobs' files.
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
    #: The response to a refused cancellation looks like a success.
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

    @property
    def version(self) -> str:
        """``v0.0.45``"""
        return api_version(self.api)

    def speaks(self, first: int, last: int | None = None) -> bool:
        """Whether what API versions 39 to 41, say, have is there; ``last`` may be open."""
        return self.api >= first and (last is None or self.api <= last)


@lru_cache(maxsize=64)
def capabilities_of(version: str, release: str | Release | None = None) -> Capabilities:
    """What ``version`` (``v0.0.45``) of ``release`` (``26.05.5``) can do.

    Newer versions than known are taken for the newest known. Raises
    :exc:`InvalidRequest` for what is not an API version, or one that is too old.
    """
    api = parse_api_version(version)
    if api is None:
        raise InvalidRequest("api_version", f"{version!r} is not an API version of slurmrestd.")
    if api < OLDEST:
        raise InvalidRequest(
            "api_version",
            f"{version} is not supported.",
            advice=f"The oldest supported API version is {api_version(OLDEST)}.",
        )
    known = parse_release(release) if isinstance(release, str) else release
    releases = ReleaseRange(*((known, known) if known else _SERVED_BY[min(api, NEWEST)]))
    may_be_before = releases.may_be_before
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
        submission=submission_rules(api, releases),
        environment_in_changes=api == 39,
        plain_times=api == 39,
        nice_changeable=api != 39 and not (api == 40 and may_be_before(23, 11, 2)),
    )
