"""From a request to a submission: read the script as sbatch does, check, send."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import pwd
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec

from jupyter_slurm_rest.file_threads import FileThreads
from jupyter_slurm_rest.slurm import errors
from jupyter_slurm_rest.slurm.admission import Comparison, compare
from jupyter_slurm_rest.slurm.errors import shorten
from jupyter_slurm_rest.slurm.models import Submitted
from jupyter_slurm_rest.slurm.node_demands import Misfit
from jupyter_slurm_rest.slurm.sbatch import (
    JobSpec,
    ParsedScript,
    ScriptError,
    Submitter,
    merge,
    parse_script,
    rewrite,
)
from jupyter_slurm_rest.slurm.sbatch.faults import find_faults
from jupyter_slurm_rest.slurm.sbatch.jobspec import JobDescription
from jupyter_slurm_rest.slurm.sbatch.options import BY_FIELD
from jupyter_slurm_rest.slurm.sbatch.resolve import resolve
from jupyter_slurm_rest.slurm.sbatch.script import Component
from jupyter_slurm_rest.slurm.wire.version import ANY_SBATCH, SubmissionRules

from .cluster import ConfiguredCluster
from .errors import RequestFailed
from .schemas import OptionValue, ScriptProblem, ScriptRequest, ScriptResponse, SubmitRequest

_INVALID_PARTITION = 2000

_NO_OPTIONS = parse_script("#!/bin/sh\n")
_INVALID_ACCOUNT = 2045
_INVALID_QOS = 2066


class Checked(msgspec.Struct, frozen=True):
    """A submission whose script and options can be read."""

    request: SubmitRequest
    script: ParsedScript
    specs: list[JobSpec]
    response: ScriptResponse
    #: Where it is submitted from.
    directory: str


def check(request: SubmitRequest, *, max_size: int, root: str) -> Checked:
    """Read script and options. Raises :exc:`InvalidRequest` naming what is wrong.

    ``root`` is where the job works when nothing says otherwise.
    """
    _check_size(request.script, max_size)
    with _all_faults(request.script):
        script = parse_script(request.script)
        specs = merge(script, request.options, os.environ)
    directory = request.directory or root
    if not directory.startswith("/"):
        raise errors.InvalidRequest("directory", "directory: must be an absolute path.")
    return Checked(request, script, specs, _response(script, specs), directory)


async def check_directories(files: FileThreads, checked: Checked) -> list[str]:
    """Warnings of working directories that cannot be seen here.

    As for sbatch, they are not errors: the nodes may have them. Raises
    :exc:`InvalidRequest` for a path that no machine can open.
    """
    paths = {
        str(Path(checked.directory, spec.chdir or checked.directory)): spec.chdir
        for spec in checked.specs
    }
    return [
        f"{'chdir' if given else 'directory'}: {trouble} If the nodes cannot open it either,"
        " Slurm runs the job in /tmp."
        for path, given in paths.items()
        if (trouble := await _trouble(files, path, "chdir" if given else "directory"))
    ]


async def _trouble(files: FileThreads, path: str, field: str) -> str:
    shown = repr(shorten(path, 200))
    try:
        status = await files.run(path, Path(path).stat)
    except (OSError, ValueError) as error:
        number = error.errno if isinstance(error, OSError) else errno.ENAMETOOLONG
        if number == errno.ENAMETOOLONG:
            raise errors.InvalidRequest(
                field,
                f"{field}: {shown} is not a path that any machine can open.",
                advice="A path has at most 4,095 bytes, and 255 between two slashes.",
            ) from None
        if number in (errno.EACCES, errno.EPERM):
            return f"You do not have permission to open {shown} here."
        if number == errno.ETIMEDOUT:
            return f"The file system of {shown} does not respond here."
        return f"There is no directory {shown} here."
    return "" if stat.S_ISDIR(status.st_mode) else f"{shown} is not a directory here."


async def check_writable(files: FileThreads, checked: Checked) -> list[str]:
    """Warnings of working directories where the job could not write its output.

    Such a job ends at once, with nothing to see.
    """
    paths = {
        str(Path(checked.directory, spec.chdir or ""))
        for spec in checked.specs
        if not (spec.output or "").startswith("/")
    }
    return [
        f"You cannot create files in {shorten(path, 200)!r}, where the job would write its output. "
        "Choose another working directory or an absolute path for --output."
        for path in sorted(paths)
        if await _closed(files, path)
    ]


async def _closed(files: FileThreads, path: str) -> bool:
    try:
        return await files.run(
            path, lambda: Path(path).is_dir() and not os.access(path, os.W_OK | os.X_OK)
        )
    except (OSError, ValueError):
        # The check of directories reports this.
        return False


def understand(
    request: ScriptRequest, *, max_size: int, rules: SubmissionRules = ANY_SBATCH
) -> ScriptResponse:
    """A script's options or, where options are given, the script that says them.

    ``rules`` are those of the Slurm that it is for.
    """
    _check_size(request.script, max_size)
    text = request.script
    if request.options is not None:
        # Check the options first, so that an invalid value is reported for the option and
        # not for a line that the user did not write.
        given = {key: value for key, value in request.options.items() if value}
        merge(_NO_OPTIONS, given, rules=rules)
    with _all_faults(text, rules):
        if request.options is not None:
            text = rewrite(text, request.options)
        script = parse_script(text)
        return _response(script, merge(script, rules=rules))


@contextlib.contextmanager
def _all_faults(script: str, rules: SubmissionRules = ANY_SBATCH) -> Iterator[None]:
    """Report all errors of a script, not only the first."""
    try:
        yield
    except ScriptError as first:
        first.faults = find_faults(script, rules)
        raise


async def validate(
    cluster: ConfiguredCluster, checked: Checked, remarks: list[str]
) -> ScriptResponse:
    """Everything that :func:`submit` does before it sends; ``remarks`` are further warnings.

    The job is compared with partitions, QOS and nodes, which Slurm itself does not offer.
    """
    submitter = await _submitter(cluster, checked)
    warnings = await cluster.client.check_submission(
        checked.script, checked.request.options, submitter=submitter, environment=os.environ
    )
    rules = cluster.client.rules()
    jobs = [resolve(spec, submitter, rules) for spec in checked.specs]
    comparisons = await _compared(cluster, jobs)
    return msgspec.structs.replace(
        checked.response,
        warnings=[*remarks, *warnings],
        problems=[
            _placed(misfit, component)
            for component, one in zip(checked.script.components, comparisons, strict=True)
            for misfit in one.misfits
        ],
        compared="; ".join(dict.fromkeys(one.compared for one in comparisons if one.compared)),
        unknown=list(dict.fromkeys(name for one in comparisons for name in one.unknown)),
    )


async def _compared(cluster: ConfiguredCluster, jobs: list[JobDescription]) -> list[Comparison]:
    resources = cluster.resources
    try:
        partitions, access = await asyncio.gather(resources.partitions(), resources.access())
    except errors.SlurmError:
        return [Comparison(unknown=["the cluster, which did not respond"])] * len(jobs)
    try:
        nodes = (await resources.nodes()).value
    except errors.SlurmError:
        nodes = None
    return [compare(job, partitions=partitions.value, nodes=nodes, access=access) for job in jobs]


def _placed(misfit: Misfit, component: Component) -> ScriptProblem:
    """``misfit`` with the last place in the script that sets its option."""
    problem = ScriptProblem(message=misfit.message, field=misfit.field, value=misfit.value)
    for setting in reversed(component.settings):
        if setting.option.field == misfit.field:
            last = setting.words[-1]
            return msgspec.structs.replace(
                problem, line=setting.line, column=setting.column, end_column=last.end + 1
            )
    return problem


async def submit(cluster: ConfiguredCluster, checked: Checked, remarks: list[str]) -> Submitted:
    """Submit it. If Slurm rejects it, the error lists the available choices.

    As for sbatch, the environment's ``SBATCH_*`` variables count too.
    """
    try:
        submitted = await cluster.client.submit(
            checked.script,
            checked.request.options,
            submitter=await _submitter(cluster, checked),
            environment=os.environ,
        )
    except errors.Refused as refusal:
        refusal.advice = refusal.advice or await _choices(cluster, refusal.error_number)
        raise
    cluster.changed(submitted=submitted.job_ids)
    await cluster.remember_files(submitted.job_ids)
    return msgspec.structs.replace(submitted, warnings=[*remarks, *submitted.warnings])


async def _submitter(cluster: ConfiguredCluster, checked: Checked) -> Submitter:
    user = await cluster.username()
    try:
        # In a thread: on clusters this often asks a directory service.
        known = await cluster.files.run("the user directory", lambda: pwd.getpwnam(user))
        home, shell = known.pw_dir, known.pw_shell
    except KeyError:
        # In a container, the user's name is often not that on the cluster.
        home, shell = str(Path.home()), "/bin/bash"
    return Submitter(
        user=user,
        home=home,
        shell=shell,
        directory=checked.directory,
        host=socket.gethostname(),
        environment=os.environ,
        script_path=checked.request.path,
        arguments=tuple(checked.request.args),
    )


def _response(script: ParsedScript, specs: list[JobSpec]) -> ScriptResponse:
    components = [_words(spec) for spec in specs]
    return ScriptResponse(
        options=components[0],
        components=components,
        warnings=script.warnings,
        script=script.text,
    )


def _check_size(script: str, max_size: int) -> None:
    size = len(script.encode("utf-8", "replace"))
    if size > max_size:
        raise RequestFailed(
            413,
            "too_large",
            f"The script has {size / 1e6:.1f} MB; Slurm accepts at most {max_size / 1e6:.1f} MB.",
            field="script",
            advice="Store data in files that the script reads.",
        )


def _words(spec: JobSpec) -> dict[str, OptionValue]:
    return {
        name: words if BY_FIELD[name].argument == "required" else words or True
        for name, words in spec.words.items()
    }


async def _choices(cluster: ConfiguredCluster, error_number: int | None) -> str:
    """The available choices; empty if unknown."""
    try:
        if error_number == _INVALID_PARTITION:
            partitions = (await cluster.resources.partitions()).value
            return _listed("Partitions", [partition.name for partition in partitions])
        if error_number in (_INVALID_ACCOUNT, _INVALID_QOS):
            mine = (await cluster.account()).value.associations
            if error_number == _INVALID_ACCOUNT:
                return _listed("Your accounts", [one.account for one in mine])
            return _listed("Your QOS", [qos for one in mine for qos in one.qos])
    except errors.SlurmError:
        # The original error matters more to the user.
        pass
    return ""


def _listed(what: str, names: list[str]) -> str:
    known = list(dict.fromkeys(names))
    more = ", ..." if len(known) > 20 else ""
    return f"{what}: {', '.join(known[:20])}{more}." if known else ""
