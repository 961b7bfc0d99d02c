"""What sbatch would send to slurmctld for a :class:`JobSpec`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

import msgspec

from .jobspec import JobSpec


class Submitter(msgspec.Struct, frozen=True, kw_only=True):
    """Where a job is submitted from, in place of the shell that sbatch has.

    ``environment`` is the process's own: ``--export`` picks from it, nothing else.
    """

    user: str
    home: str
    #: Absolute; relative paths of the options start here.
    directory: str
    host: str = ""
    shell: str = "/bin/bash"
    environment: Mapping[str, str] = {}
    #: The script's file, if it has one: gives the job its default name.
    script_path: str = ""
    #: Arguments for the script.
    arguments: tuple[str, ...] = ()

    def absolute(self, path: str, start: str = "") -> str:
        """``path`` seen from ``start``, or from the directory of submission."""
        return path if path.startswith("/") else f"{(start or self.directory).rstrip('/')}/{path}"


class Request(msgspec.Struct, kw_only=True):
    """Numbers and strings that follow from several options together.

    What an option says by itself stays in ``spec``. ``None`` is "not sent".
    """

    spec: JobSpec
    name: str
    directory: str
    output: str | None = None
    error: str | None = None
    input: str = "/dev/null"
    nodes_least: int | None = None
    nodes_most: int | None = None
    tasks: int | None = None
    #: The number of tasks follows from GPUs; nobody asked for just as many.
    tasks_counted: bool = False
    least_cpus: int = 1
    least_cpus_per_node: int | None = None
    #: --cpus-per-task, also when --tres-per-task says it.
    cpus_per_task: int | None = None
    sockets_per_node: int | None = None
    cores_per_socket: int | None = None
    threads_per_core: int | None = None
    tasks_per_core: int | None = None
    tasks_per_gpu: int | None = None
    tres_per_job: str = ""
    tres_per_node: str = ""
    tres_per_socket: str = ""
    tres_per_task: str = ""
    tres_bind: str = ""
    licenses: str | None = None
    #: Sentences: what sbatch would have told.
    warnings: list[str] = []


def default_name(spec: JobSpec, submitter: Submitter) -> str:
    """The job's name when no option gives one."""
    if spec.external:
        return "external"
    return PurePosixPath(submitter.script_path).name or "sbatch"
