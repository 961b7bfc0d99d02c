"""Submissions to v0.0.37 and v0.0.38: options as sbatch takes them, worked out by slurmrestd."""

from __future__ import annotations

from typing import Any

from jupyter_slurm_rest.slurm.errors import Unsupported
from jupyter_slurm_rest.slurm.sbatch.jobspec import JobDescription, JobSpec, Submitter
from jupyter_slurm_rest.slurm.sbatch.times import UNLIMITED
from jupyter_slurm_rest.slurm.sbatch.values import mebibytes

from .version import Capabilities

#: Keys that v0.0.37 spells differently.
_KEYS_OF_V0037 = {"mcs_label": "msc_label", "time_minimum": "time minimum"}


def _unsupported(field: str, can: Capabilities, first: int = 0, advice: str = "") -> Unsupported:
    return Unsupported(
        "--" + field.replace("_", "-"),
        can.version,
        needs=f"v0.0.{first} or newer" if first else "",
        advice=advice,
    )


def _refuse(spec: JobSpec, can: Capabilities) -> None:
    if spec.gpus_per_task is not None and can.submission.all_per_task:
        # slurmrestd would drop it without a word.
        raise _unsupported("gpus_per_task", can, 40, "Use --gpus or --gpus-per-node.")
    if spec.exclusive == "topo":
        raise _unsupported("exclusive=topo", can, 41)
    if spec.nodes and spec.nodes.sizes:
        raise _unsupported("nodes", can, 40, 'Write a range such as "2-4".')
    if spec.signal and spec.signal.batch:
        # slurmrestd reads the B only in a program that is called sbatch.
        raise _unsupported("signal=B:", can, 39, "Without B: the signal goes to the steps.")
    if spec.requeue == "expedite":
        raise _unsupported("requeue=expedite", can, 44)
    if spec.kill_on_invalid_dep == "both":
        raise _unsupported("kill_on_invalid_dep", can, 39, "Use it only once.")
    if len(spec.gres_flags or []) > 1 or (spec.gres_flags or [""])[0].endswith("sharing"):
        raise _unsupported("gres_flags", can, 40)


def _plain(spec: JobSpec) -> dict[str, Any]:
    """Options that have a key of their own in the option table."""
    return {
        # Memory is sent with its unit.
        option.key_in_words: f"{value}M" if option.read is mebibytes else value
        for option, value in spec.items()
        if option.key_in_words
    }


def _time(value: int | str | None) -> str | None:
    return None if value is None else str(value)


def _nodes(request: JobDescription) -> str | None:
    if request.nodes_least is None:
        return None
    # 0 as the most is how sbatch says "any number".
    return f"{request.nodes_least}-{request.nodes_most or 0}"


def _conduct(spec: JobSpec) -> dict[str, Any]:
    conduct: dict[str, Any] = {
        "begin_time": f"uts{spec.begin}" if spec.begin else None,
        "deadline": f"uts{spec.deadline}" if spec.deadline else None,
        "exclusive": {"none": "exclusive"}.get(spec.exclusive or "", spec.exclusive),
        "oversubscribe": spec.oversubscribe,
        "gres_flags": spec.gres_flags[0] if spec.gres_flags else None,
        "hold": spec.hold,
        "mail_type": ",".join(spec.mail_type) if spec.mail_type else None,
        "memory_binding": spec.words.get("mem_bind"),
        # Any value acts, even false.
        "minimum_nodes": spec.use_min_nodes,
        "spread_job": spec.spread_job,
        "no_requeue": spec.no_requeue,
        "requeue": spec.requeue,
        "no_kill": "set" if spec.no_kill else None,
        "priority": None if spec.hold else spec.priority or None,
        "profile": ",".join(spec.profile) if spec.profile else None,
        "signal": spec.words.get("signal"),
        "time_limit": _time(spec.time),
        "time_minimum": _time(spec.time_min),
    }
    if spec.delay_boot is not None:
        unlimited = spec.delay_boot == UNLIMITED
        conduct["delay_boot"] = UNLIMITED if unlimited else f"0:{spec.delay_boot}"
    return conduct


def _remark_cpus(request: JobDescription) -> None:
    """slurmrestd counts one task where sbatch counts one for each node.

    Saying the number of tasks would put it right, but also into the job's environment,
    where every srun of the script would take it.
    """
    counted = (request.tasks or 1) * (request.cpus_per_task or 1)
    if request.least_cpus > counted:
        request.warnings.append(
            f"Slurm shows {counted} CPUs as requested instead of {request.least_cpus}, but the"
            " job starts with all of them."
        )


def _remark_per_task(request: JobDescription, can: Capabilities) -> None:
    if can.submission.all_per_task and request.tres_per_task:
        request.warnings.append(
            f"Slurm shows the request without --tres-per-task={request.tres_per_task}, but the"
            " job starts with all of its CPUs."
        )


def job(request: JobDescription, variables: dict[str, str], can: Capabilities) -> dict[str, Any]:
    """One job or component. Raises :exc:`Unsupported`."""
    spec = request.spec
    _refuse(spec, can)
    _remark_cpus(request)
    _remark_per_task(request, can)
    fields: dict[str, Any] = {
        "name": request.name,
        "current_working_directory": request.directory,
        "standard_output": request.output,
        "standard_error": request.error,
        "standard_input": request.input,
        "environment": variables,
        "nodes": _nodes(request),
        "tasks": request.tasks,
        "minimum_cpus_per_node": request.least_cpus_per_node,
        "sockets_per_node": request.sockets_per_node,
        "cores_per_socket": request.cores_per_socket,
        "threads_per_core": request.threads_per_core,
        "tasks_per_core": request.tasks_per_core,
        **_plain(spec),
        # What these say wins: the same option, written as slurmrestd reads it.
        **_conduct(spec),
    }
    names = {} if can.speaks(38) else _KEYS_OF_V0037
    return {names.get(key, key): value for key, value in fields.items() if value is not None}


def put_tag(job: dict[str, Any], tag: str, submitter: Submitter) -> None:
    """Write the tag into the comment, unless the user has one; no other field is added.

    slurmrestd 22.05.8 ended during submissions; 22.05.9 fixes that.
    """
    if submitter.arguments:
        raise Unsupported(
            "Arguments for the script", "v0.0.37-38", advice="Write them into the script."
        )
    if tag:
        job.setdefault("comment", tag)


def body(jobs: list[dict[str, Any]], script: str, can: Capabilities) -> dict[str, Any]:
    """The whole request."""
    return {
        "script": script,
        "jobs" if len(jobs) > 1 else "job": jobs if len(jobs) > 1 else jobs[0],
    }
