"""Submissions to v0.0.39 and newer: jobs in slurmctld's fields, worked out here."""

from __future__ import annotations

from typing import Any

from jupyter_slurm_rest.slurm.errors import InvalidRequest, Unsupported
from jupyter_slurm_rest.slurm.sbatch.hostlist import expand, ranged, split
from jupyter_slurm_rest.slurm.sbatch.jobspec import JobDescription, JobSpec, Submitter
from jupyter_slurm_rest.slurm.sbatch.times import UNLIMITED

from .version import Capabilities

_INFINITE = {"infinite": True, "set": True}
#: NO_VAL16 of slurm.h: "not set" where a number is wanted.
_NO_VALUE = 0xFFFE

#: A string would do, but slurmrestd warns of it.
_NODE_LISTS = ("exclude", "nodelist")
_GRES_FLAGS = {
    "disable-binding": "GRES_BINDING_DISABLED",
    "enforce-binding": "GRES_BINDING_ENFORCED",
    "multiple-tasks-per-sharing": "GRES_MULTIPLE_TASKS_PER_SHARING",
    "one-task-per-sharing": "GRES_ONE_TASK_PER_SHARING",
}
_MAIL = {
    "INVALID_DEPEND": "INVALID_DEPENDENCY",
    "TIME_LIMIT": "TIME=100%",
    "TIME_LIMIT_90": "TIME=90%",
    "TIME_LIMIT_80": "TIME=80%",
    "TIME_LIMIT_50": "TIME=50%",
}


#: Numbers that the older versions want in a structure; as bare numbers they only warn.
_STRUCTURED = {
    "begin_time",
    "kill_warning_delay",
    "memory_per_cpu",
    "memory_per_node",
    "priority",
    "required_switches",
    "time_limit",
    "time_minimum",
}


def _needs(field: str, can: Capabilities, first: int, advice: str = "") -> None:
    if not can.speaks(first):
        raise Unsupported(
            "--" + field.replace("_", "-"),
            can.version,
            needs=f"v0.0.{first} or newer",
            advice=advice,
        )


def _cannot(field: str, can: Capabilities, advice: str = "") -> Unsupported:
    return Unsupported("--" + field.replace("_", "-"), can.version, advice=advice)


def _time(value: int | str | None) -> Any:
    return _INFINITE if value == UNLIMITED else value


def _plain(spec: JobSpec, can: Capabilities) -> dict[str, Any]:
    if spec.core_spec == 0:
        raise _cannot("core_spec=0", can, "slurmrestd accepts only 1 and more.")
    if spec.nice is not None:
        # v0.0.38 takes it, v0.0.39 does not.
        _needs("nice", can, 40)
    job: dict[str, Any] = {}
    for option, value in spec.items():
        if option.key:
            job[option.key] = split(value) if option.field in _NODE_LISTS else value
    if spec.distribution == "arbitrary" and spec.nodelist:
        job["required_nodes"] = [ranged(expand(spec.nodelist))]
    return job


def _flags(request: JobDescription, can: Capabilities) -> list[str]:
    spec = request.spec
    flags = [option.flag for option, _ in spec.items() if option.flag]
    for word in spec.gres_flags or []:
        if word.endswith("per-sharing") and not can.submission.sharing_flags:
            raise _cannot("gres_flags", can, f"{word} can only be sent through v0.0.40.")
        misspelled = can.submission.misspelled_binding_flag and word == "disable-binding"
        flags.append("GRED_BINDING_DISABLED" if misspelled else _GRES_FLAGS[word])
    if spec.kill_on_invalid_dep in (True, "both"):
        flags.append("KILL_INVALID_DEPENDENCY")
    if spec.kill_on_invalid_dep in (False, "both"):
        flags.append("NO_KILL_INVALID_DEPENDENCY")
    if spec.requeue == "expedite":
        _needs("requeue", can, 44, "Write --requeue without a value.")
        flags.append("EXPEDITED_REQUEUE")
    if request.tasks is not None and not request.tasks_counted:
        flags.append("EXACT_TASK_COUNT_REQUESTED")
    if request.cpus_per_task is not None:
        flags.append("EXACT_CPU_COUNT_REQUESTED")
    return flags


def _shape(request: JobDescription, can: Capabilities) -> dict[str, Any]:
    """Nodes, tasks, CPUs."""
    spec = request.spec
    if request.cores_per_socket is not None and not can.submission.cores_per_socket:
        said_by = ("cores_per_socket", "extra_node_info", "hint")
        _needs(next(name for name in said_by if name in spec.words), can, 45)
    return {
        "nodes": spec.nodes.sizes if spec.nodes and spec.nodes.sizes else None,
        "minimum_nodes": request.nodes_least,
        "maximum_nodes": request.nodes_most,
        "tasks": request.tasks,
        "cpus_per_task": request.cpus_per_task,
        "minimum_cpus": request.least_cpus,
        "minimum_cpus_per_node": request.least_cpus_per_node,
        "sockets_per_node": request.sockets_per_node,
        "cores_per_socket": request.cores_per_socket,
        "threads_per_core": request.threads_per_core,
        "tasks_per_core": request.tasks_per_core,
        "ntasks_per_tres": request.tasks_per_gpu,
    }


def _resources(request: JobDescription, can: Capabilities) -> dict[str, Any]:
    spec = request.spec
    gpu = f"gres{can.submission.gres_separator}gpu"
    return {
        "tres_per_job": request.tres_per_job or None,
        "tres_per_node": request.tres_per_node or None,
        "tres_per_socket": request.tres_per_socket or None,
        "tres_per_task": request.tres_per_task or None,
        "tres_bind": request.tres_bind or None,
        "tres_freq": f"gpu:{spec.gpu_freq}" if spec.gpu_freq else None,
        "cpus_per_tres": f"{gpu}:{spec.cpus_per_gpu}" if spec.cpus_per_gpu else None,
        "memory_per_tres": f"{gpu}:{spec.mem_per_gpu}" if spec.mem_per_gpu is not None else None,
        "licenses": request.licenses,
    }


def _sharing(spec: JobSpec, can: Capabilities) -> list[str] | None:
    if spec.oversubscribe:
        return ["oversubscribe"]
    if spec.exclusive == "topo":
        _needs("exclusive", can, 41, "Write --exclusive, --exclusive=user or --exclusive=mcs.")
    return [spec.exclusive] if spec.exclusive else None


def _timing(spec: JobSpec, can: Capabilities) -> dict[str, Any]:
    timing: dict[str, Any] = {
        "time_limit": _time(spec.time),
        "time_minimum": _time(spec.time_min),
        # 32 bits of ones are Slurm's "no limit".
        "delay_boot": 2**32 - 1 if spec.delay_boot == UNLIMITED else spec.delay_boot,
    }
    if spec.signal:
        name = spec.signal.signal
        timing["kill_warning_signal"] = int(name) if name.isdecimal() else name
        timing["kill_warning_delay"] = spec.signal.seconds
        flags = {"BATCH_JOB": spec.signal.batch, "RESERVATION_JOB": spec.signal.reservation}
        timing["kill_warning_flags"] = [flag for flag, wanted in flags.items() if wanted] or None
    if spec.switches:
        wait = spec.switches.wait
        timing["required_switches"] = spec.switches.count
        timing["wait_for_switch"] = 2**32 - 1 if wait == UNLIMITED else wait
    if spec.mem_update:
        timing["memory_update_margin"] = spec.mem_update.margin
        timing["memory_update_delay"] = spec.mem_update.delay
    return timing


def _conduct(spec: JobSpec, can: Capabilities) -> dict[str, Any]:
    conduct: dict[str, Any] = {
        # Without it slurmrestd would say 0, which overrules the site's own setting.
        "oom_kill_step": (
            None
            if not can.speaks(42)
            else _NO_VALUE
            if spec.oom_kill_step is None
            else spec.oom_kill_step
        ),
        "shared": _sharing(spec, can),
        "mail_type": [_MAIL.get(event, event) for event in spec.mail_type or []] or None,
        "open_mode": [spec.open_mode.upper()] if spec.open_mode else None,
        "kill_on_node_fail": False if spec.no_kill else None,
        "wait_all_nodes": None if spec.wait_all_nodes is None else bool(spec.wait_all_nodes),
    }
    if spec.no_requeue or spec.requeue:
        conduct["requeue"] = not spec.no_requeue
    if spec.hold:
        # The key "hold" is misread by some releases of 23.02 and 23.11.
        conduct["priority"] = 0
    elif spec.priority:
        conduct["priority"] = 2**32 - 3 if spec.priority == "TOP" else spec.priority
    if spec.mem_bind:
        binding = spec.mem_bind
        kinds = {binding.kind: True, "VERBOSE": binding.verbose, "PREFER": binding.prefer}
        conduct["memory_binding_type"] = [kind for kind, on in kinds.items() if kind and on] or None
        conduct["memory_binding"] = binding.values or None
    if spec.resv_ports is not None:
        if not spec.stepmgr:
            raise InvalidRequest("resv_ports", "--resv-ports requires --stepmgr.")
        conduct["resv_mpi_ports"] = spec.resv_ports
    return conduct


def job(request: JobDescription, variables: dict[str, str], can: Capabilities) -> dict[str, Any]:
    """One job or component. Raises :exc:`Unsupported`."""
    spec = request.spec
    fields: dict[str, Any] = {
        "name": request.name,
        "current_working_directory": request.directory,
        "standard_output": request.output,
        "standard_error": request.error,
        "standard_input": request.input,
        "flags": _flags(request, can) or None,
        "environment": [f"{name}={value}" for name, value in variables.items()],
        **_plain(spec, can),
        **_shape(request, can),
        **_resources(request, can),
        **_timing(spec, can),
        **_conduct(spec, can),
    }
    if can.submission.structured_numbers:
        for key in _STRUCTURED - ({"begin_time"} if can.submission.plain_begin else set()):
            if isinstance(fields.get(key), int):
                fields[key] = {"set": True, "infinite": False, "number": fields[key]}
    # A null would be read as 0 by some versions.
    return {key: value for key, value in fields.items() if value is not None}


def put_tag(job: dict[str, Any], tag: str, submitter: Submitter) -> None:
    """Write the tag where ``scontrol show job`` has the command; slurmstepd replaces it."""
    command = submitter.script_path + (f"#{tag}" if tag else "")
    if command or submitter.arguments:
        job["argv"] = [command, *submitter.arguments]


def body(jobs: list[dict[str, Any]], script: str, can: Capabilities) -> dict[str, Any]:
    """The whole request."""
    payload: dict[str, Any] = {"script": script}
    if can.submission.script_in_job:
        # Its first releases (23.11.0 to .4) want the script in both places.
        jobs[0]["script"] = script
    if len(jobs) > 1:
        payload["jobs"] = jobs
    else:
        payload["job"] = jobs[0]
    return payload
