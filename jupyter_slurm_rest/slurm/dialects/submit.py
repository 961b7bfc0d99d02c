"""Submissions as each family of API versions takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from jupyter_slurm_rest.slurm.capabilities import Capabilities
from jupyter_slurm_rest.slurm.errors import InvalidRequest, Unsupported
from jupyter_slurm_rest.slurm.sbatch.environment import job_environment
from jupyter_slurm_rest.slurm.sbatch.jobspec import JobSpec
from jupyter_slurm_rest.slurm.sbatch.request import Submitter
from jupyter_slurm_rest.slurm.sbatch.resolve import resolve

from . import submit_v0037, submit_v0040


class Encoded(msgspec.Struct, frozen=True):
    """The body of ``POST job/submit`` and what to tell the person beside it."""

    body: bytes
    warnings: list[str]


def _refuse_not_submitting(spec: JobSpec, api_version: str) -> None:
    """Options that no API version has, or that would not submit what was asked."""
    if spec.test_only:
        raise InvalidRequest(
            "test_only",
            "--test-only asks sbatch not to submit the job.",
            advice="Remove it to submit; to check a script, validate it instead.",
        )
    for field in ("uid", "gid"):
        if getattr(spec, field) is not None:
            raise InvalidRequest(
                field, f"--{field} is for root: a job runs as the person whose token submits it."
            )
    if spec.clusters is not None:
        raise Unsupported("--clusters", api_version, advice="Choose the cluster to submit to.")
    for field, advice in (
        ("bbf", "Write the directives into the script, or use --bb."),
        ("export_file", "Name the variables with --export."),
        ("nodefile", "Name the nodes with --nodelist."),
        ("external", ""),
    ):
        if getattr(spec, field) is not None:
            raise Unsupported("--" + field.replace("_", "-"), api_version, advice=advice)


def _remarks(spec: JobSpec) -> list[str]:
    ignored = [field for field in ("wait", "parsable") if getattr(spec, field)]
    return [f"--{field} concerns only sbatch itself and does nothing here." for field in ignored]


def encode(
    specs: Sequence[JobSpec],
    script: str,
    can: Capabilities,
    submitter: Submitter,
    *,
    mark: str = "",
) -> Encoded:
    """The request body for one job, or for the components of a heterogeneous one.

    ``mark`` makes the job findable: see :func:`marked`. Raises :exc:`Unsupported` for
    an option that the version or release cannot carry and :exc:`InvalidRequest` for options
    that contradict each other; nothing is left out silently.
    """
    rules = can.submission
    for spec in specs:
        _refuse_not_submitting(spec, can.version)
    requests = [resolve(spec, submitter, rules) for spec in specs]
    environments = job_environment(requests, submitter, rules)
    family = submit_v0037 if rules.in_words else submit_v0040
    jobs: list[dict[str, Any]] = [
        family.job(request, variables, can)
        for request, variables in zip(requests, environments, strict=True)
    ]
    family.put_mark(jobs[0], mark, submitter)
    body = family.body(jobs, script, can)
    warnings = [text for request in requests for text in request.warnings]
    for spec in specs:
        warnings += _remarks(spec)
    return Encoded(msgspec.json.encode(body), warnings)
