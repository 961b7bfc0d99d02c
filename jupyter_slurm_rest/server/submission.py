"""From a request to a submission: read the script as sbatch does, check, send."""

from __future__ import annotations

import asyncio
import os
import pwd
import socket
from pathlib import Path

import msgspec

from jupyter_slurm_rest.slurm import errors
from jupyter_slurm_rest.slurm.dialects.submit import encode
from jupyter_slurm_rest.slurm.models import Submitted
from jupyter_slurm_rest.slurm.sbatch import (
    JobSpec,
    ParsedScript,
    Submitter,
    merge,
    parse_script,
    rewrite,
)
from jupyter_slurm_rest.slurm.sbatch.options import BY_FIELD

from .answers import OptionValue, ScriptAnswer
from .cluster import Cluster
from .failures import RequestFailed
from .requests import ScriptRequest, SubmitRequest

_INVALID_PARTITION = 2000


class Checked(msgspec.Struct, frozen=True):
    """A submission that sbatch would not refuse to send."""

    script: str
    specs: list[JobSpec]
    answer: ScriptAnswer
    #: Where it is submitted from, and the script's file, if it has one.
    directory: str
    path: str


def check(request: SubmitRequest, *, max_size: int, root: str) -> Checked:
    """Read script and options. Raises :exc:`InvalidRequest` naming what is wrong.

    As for sbatch, the environment's ``SBATCH_*`` variables count too. ``root`` is where
    the job works when nothing says otherwise.
    """
    _check_size(request.script, max_size)
    script = parse_script(request.script)
    specs = merge(script, request.options, os.environ)
    directory = request.directory or root
    if not directory.startswith("/"):
        raise errors.InvalidRequest("directory", "directory: must be a path from / on.")
    return Checked(request.script, specs, _answer(script, specs), directory, request.path)


async def check_directories(asked: Checked) -> None:
    """Refuse working directories that are not there: Slurm would run the job in /tmp."""
    for spec in asked.specs:
        directory = spec.chdir or asked.directory
        if not await asyncio.to_thread(Path(asked.directory, directory).is_dir):
            raise errors.InvalidRequest(
                "chdir" if spec.chdir else "directory",
                f"There is no directory {directory[:200]!r} to work in.",
                advice="Write the path of a directory that exists, or leave it out.",
            )


def understand(request: ScriptRequest, *, max_size: int) -> ScriptAnswer:
    """A script's options or, where options are given, the script that says them."""
    _check_size(request.script, max_size)
    text = request.script if request.options is None else rewrite(request.script, request.options)
    script = parse_script(text)
    return _answer(script, merge(script))


async def submit(cluster: Cluster, asked: Checked) -> Submitted:
    """Send it. A refusal by Slurm comes back with the choices that there are."""
    submitter = await asyncio.to_thread(_submitter, await cluster.username(), asked)
    try:
        submitted = await _send(cluster, asked, submitter)
    except errors.Refused as refusal:
        refusal.advice = refusal.advice or await _choices(cluster, refusal.error_number)
        raise
    cluster.changed(submitted.job_ids)
    return submitted


class _Taken(msgspec.Struct):
    job_id: int = 0
    job_submit_user_msg: str | None = None


async def _send(cluster: Cluster, asked: Checked, submitter: Submitter) -> Submitted:
    client = cluster.client
    encoded = encode(asked.specs, asked.script, await client.api_version(), submitter)
    answer = await client.connection.send(
        "POST", "slurm", "job/submit", body=msgspec.Raw(encoded.body)
    )
    taken = msgspec.json.decode(answer.body, type=_Taken)
    said = [taken.job_submit_user_msg] if taken.job_submit_user_msg else []
    return Submitted(
        job_id=taken.job_id, job_ids=[taken.job_id], warnings=[*encoded.warnings, *said]
    )


def _submitter(user: str, asked: Checked) -> Submitter:
    try:
        known = pwd.getpwnam(user)
        home, shell = known.pw_dir, known.pw_shell
    except KeyError:
        # In a container the person often goes by another name than on the cluster.
        home, shell = os.path.expanduser("~"), "/bin/bash"  # noqa: PTH111 - a plain string
    return Submitter(
        user=user,
        home=home,
        shell=shell,
        directory=asked.directory,
        host=socket.gethostname(),
        environment=os.environ,
        script_path=asked.path,
    )


def _answer(script: ParsedScript, specs: list[JobSpec]) -> ScriptAnswer:
    components = [_words(spec) for spec in specs]
    return ScriptAnswer(
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
            f"The script has {size / 1e6:.1f} MB; Slurm takes at most {max_size / 1e6:.1f} MB.",
            field="script",
            advice="Keep data in files and let the script read them.",
        )


def _words(spec: JobSpec) -> dict[str, OptionValue]:
    return {
        name: True if BY_FIELD[name].argument == "none" else words
        for name, words in spec.words.items()
    }


async def _choices(cluster: Cluster, error_number: int | None) -> str:
    """What would be right instead; empty when that is not known."""
    try:
        if error_number == _INVALID_PARTITION:
            partitions = (await cluster.partitions()).value
            return _listed("Partitions", [partition.name for partition in partitions])
    except errors.SlurmError:
        # The refusal itself is what the person must see.
        pass
    return ""


def _listed(what: str, names: list[str]) -> str:
    known = list(dict.fromkeys(names))
    more = ", ..." if len(known) > 20 else ""
    return f"{what}: {', '.join(known[:20])}{more}." if known else ""
