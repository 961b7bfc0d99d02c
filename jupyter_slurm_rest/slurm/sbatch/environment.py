"""The environment that a job starts with.

sbatch passes on the whole environment of its shell. Here there is no shell, and the
environment of a Jupyter server contains secrets. So a job gets the variables of a login
shell, what ``--export`` names, and the variables that sbatch itself would add.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from jupyter_slurm_rest.slurm.errors import InvalidRequest
from jupyter_slurm_rest.slurm.wire.version import SubmissionRules

from .jobspec import JobDescription, JobSpec, Submitter
from .placement import cpu_frequency_words

_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"
#: Never passed to a job: tokens, and variables that lead to them.
_SECRET = re.compile(r"(SLURM_JWT|SLURMRESTD_.*|JUPYTERHUB_.*|JPY_.*|JUPYTER_TOKEN)\Z")
_PROGRAMS_OF_MPI = {
    # mpirun starts its daemons with srun, which then must not take the job's own limits.
    "OMPI_MCA_plm_slurm_args": "--external-launcher",
    "PRTE_MCA_plm_slurm_args": "--external-launcher",
    "HYDRA_BOOTSTRAP": "slurm",
    "HYDRA_LAUNCHER_EXTRA_ARGS": "--external-launcher",
    "I_MPI_HYDRA_BOOTSTRAP": "slurm",
    "I_MPI_HYDRA_BOOTSTRAP_EXEC_EXTRA_ARGS": "--external-launcher",
}


def _login(submitter: Submitter) -> dict[str, str]:
    return {
        "PATH": _PATH,
        "HOME": submitter.home,
        "USER": submitter.user,
        "LOGNAME": submitter.user,
        "SHELL": submitter.shell,
    }


def _export_words(words: str) -> Iterator[str]:
    """At commas outside of quotes; quotes around a whole word are dropped."""
    for word in re.findall(r"""((?:[^,'"]|'[^']*'|"[^"]*")+)""", words):
        quoted = len(word) > 1 and word[0] == word[-1] and word[0] in "'\""
        yield word[1:-1] if quoted else word


def _named(words: str, submitter: Submitter) -> dict[str, str]:
    """The variables that a list of ``--export`` names; unknown ones are left out."""
    if words.count('"') % 2 or words.count("'") % 2:
        raise InvalidRequest("export", "--export: a quotation mark is missing.")
    variables: dict[str, str] = {}
    for word in _export_words(words):
        name, equals, value = word.partition("=")
        if _SECRET.match(name):
            raise InvalidRequest("export", f"--export: {name} is never passed to a job. Remove it.")
        if word.upper() == "ALL":
            variables |= _login(submitter)
        elif equals:
            variables[name] = value
        elif name in submitter.environment:
            variables[name] = submitter.environment[name]
    return variables


def _exported(
    request: JobDescription, submitter: Submitter, rules: SubmissionRules
) -> dict[str, str]:
    export = request.spec.export
    nil = (export or "").upper() == "NIL" and not rules.nil_is_a_name
    everything = export is None or export.upper() == "ALL"
    nothing = export is not None and export.upper() in ("NONE", "NIL")
    variables: dict[str, str] = {}
    if everything:
        variables = _login(submitter)
    elif export is not None and not nothing:
        variables = _named(export, submitter)
    if request.spec.get_user_env or not (everything or nil):
        # slurmd then loads the login environment of the user on the node.
        variables["SLURM_GET_USER_ENV"] = "1"
    if export is not None and not everything:
        variables["SLURM_EXPORT_ENV"] = export
    return variables


def component_variables(request: JobDescription, rules: SubmissionRules) -> dict[str, str]:
    """Variables that sbatch sets according to one component's options."""
    spec = request.spec
    known: dict[str, object] = {
        "SLURM_CPUS_PER_TASK": request.cpus_per_task,
        "SLURM_NTASKS": request.tasks,
        "SLURM_NPROCS": request.tasks,
        "SLURM_NTASKS_PER_CORE": request.tasks_per_core,
        "SLURM_NTASKS_PER_NODE": spec.ntasks_per_node,
        "SLURM_NTASKS_PER_SOCKET": spec.ntasks_per_socket,
        "SLURM_NTASKS_PER_TRES": spec.ntasks_per_tres,
        "SLURM_NTASKS_PER_GPU": spec.ntasks_per_gpu if spec.ntasks_per_tres is None else None,
        "SLURM_THREADS_PER_CORE": request.threads_per_core,
        "SLURM_CPUS_PER_GPU": spec.cpus_per_gpu,
        "SLURM_GPUS": spec.gpus,
        "SLURM_GPU_FREQ": spec.gpu_freq,
        "SLURM_GPUS_PER_NODE": spec.gpus_per_node,
        "SLURM_GPUS_PER_SOCKET": spec.gpus_per_socket,
        "SLURM_MEM_PER_GPU": spec.mem_per_gpu,
    }
    if not rules.all_per_task:
        known |= {"SLURM_GPUS_PER_TASK": spec.gpus_per_task, "SLURM_GPU_BIND": spec.gpu_bind}
    else:
        known |= {
            "SLURM_TRES_PER_TASK": request.tres_per_task or None,
            "SLURM_TRES_BIND": request.tres_bind or None,
        }
    if spec.distribution:
        base, _, plane = spec.distribution.partition("=")
        known["SLURM_DISTRIBUTION"] = base
        known["SLURM_DIST_PLANESIZE"] = plane or None
    if spec.mem_bind and spec.mem_bind.kind:
        kind = spec.mem_bind.kind.lower()
        full = f"{kind}_mem:{spec.mem_bind.values}" if spec.mem_bind.values else kind
        known["SLURM_MEM_BIND"] = full
        known["SLURM_MEM_BIND_VERBOSE"] = "verbose" if spec.mem_bind.verbose else "quiet"
    return {name: str(value) for name, value in known.items() if value is not None}


def _option_variables(spec: JobSpec) -> dict[str, str | None]:
    return {
        "SLURM_ACCTG_FREQ": spec.acctg_freq,
        "SLURM_CPU_FREQ_REQ": spec.cpu_freq and cpu_frequency_words(spec.cpu_freq),
        "SLURM_OPEN_MODE": spec.open_mode and spec.open_mode[0],
        "SLURM_PROFILE": ",".join(kind.capitalize() for kind in spec.profile or []),
    }


def _limits(names: list[str]) -> Iterator[tuple[str, str]]:
    import resource  # not on every system; only --propagate needs it

    for name in names:
        soft, _ = resource.getrlimit(getattr(resource, f"RLIMIT_{name}"))
        # The U marks a limit that the user asked for, so that failing to set it is an error.
        yield f"SLURM_RLIMIT_{name}", f"U{soft & (2**64 - 1)}"


def job_environment(
    requests: list[JobDescription], submitter: Submitter, rules: SubmissionRules
) -> list[dict[str, str]]:
    """The environment of each component; only the first one runs the script.

    Raises :exc:`InvalidRequest` when
    ``--export`` names what a job must not have.
    """
    environments: list[dict[str, str]] = []
    for request in requests:
        spec = request.spec
        variables = _exported(request, submitter, rules)
        variables["SLURM_SUBMIT_DIR"] = submitter.directory
        if submitter.host:
            variables["SLURM_SUBMIT_HOST"] = submitter.host
        variables["SLURM_PRIO_PROCESS"] = "0"
        extra = {
            "SLURM_JOB_DEPENDENCY": spec.dependency,
            "SLURM_HINT": spec.hint,
            "SLURM_CONTAINER": spec.container,
            "SLURM_CONTAINER_ID": spec.container_id,
            "SLURM_CONTAINER_TYPE": spec.container_type,
            "SLURM_RUNTIME": spec.runtime,
            "SLURM_NETWORK": spec.network if rules.network_variable else None,
            "SLURM_ARBITRARY_NODELIST": (
                spec.nodelist if spec.distribution == "arbitrary" else None
            ),
        }
        if rules.option_variables:
            extra |= _option_variables(spec)
        variables |= {name: value for name, value in extra.items() if value}
        variables |= dict(_limits(spec.propagate or []))
        environments.append(variables)
    first, het = environments[0], len(requests) > 1
    for number, request in enumerate(requests):
        # Components were called packs once; sbatch still sets both names.
        suffixes = [f"_HET_GROUP_{number}", f"_PACK_GROUP_{number}"] if het else [""]
        for name, value in component_variables(request, rules).items():
            first |= {name + suffix: value for suffix in suffixes}
    if rules.mpi_variables:
        for name, value in _PROGRAMS_OF_MPI.items():
            first.setdefault(name, value)
    return environments
