"""What is done to jobs: which call of the client it is."""

from __future__ import annotations

import msgspec

from jupyter_slurm_rest.slurm.changes import JobChange
from jupyter_slurm_rest.slurm.errors import InvalidRequest, Refused
from jupyter_slurm_rest.slurm.matching import JobFilter
from jupyter_slurm_rest.slurm.models import ActionResult
from jupyter_slurm_rest.slurm.sbatch import merge, parse_script

from . import requests
from .cluster import Cluster


async def act(cluster: Cluster, request: requests.ActionRequest) -> list[ActionResult]:
    """Do it; a result for each job, in the order asked, or those that a filter met."""
    try:
        return await _act(cluster, request)
    finally:
        cluster.changed()


async def _act(cluster: Cluster, request: requests.ActionRequest) -> list[ActionResult]:
    if request.filter is not None:
        return await cluster.client.cancel_matching(_filter(request, request.filter))
    if request.job_ids is None:
        raise InvalidRequest(
            "job_ids", "job_ids: which jobs? Give their ids or, to cancel, a filter."
        )
    client, ids = cluster.client, list(dict.fromkeys(request.job_ids))
    match request.action:
        case "cancel":
            return await client.cancel(ids, signal=request.signal or "")
        case "signal":
            if request.signal is None:
                raise InvalidRequest("signal", "signal: which one? Write a name, such as USR1.")
            return await client.signal(ids, request.signal)
        case "requeue":
            return await client.requeue(ids, hold=request.hold)
        case "hold":
            return await client.hold(ids)
        case "release":
            return await client.release(ids)
        case "suspend":
            return await client.suspend(ids)
        case "resume":
            return await client.resume(ids)


def _filter(request: requests.ActionRequest, asked: requests.JobFilter) -> JobFilter:
    if request.job_ids is not None:
        raise InvalidRequest("filter", "filter: give either job_ids or a filter, not both.")
    if request.action != "cancel" or request.signal is not None:
        what = "signal" if request.action == "cancel" else request.action
        raise InvalidRequest(
            "filter", f"filter: only cancels; to {what}, name the jobs in job_ids."
        )
    return msgspec.convert(asked, JobFilter, from_attributes=True)


async def change_job(cluster: Cluster, job_id: str, asked: requests.JobChange) -> None:
    """Change one job. Raises :exc:`InvalidRequest`, or :exc:`Refused` in Slurm's words."""
    try:
        (result,) = await cluster.client.update([job_id], _change(asked))
    finally:
        cluster.changed()
    if not result.ok:
        raise Refused(result.message, error_number=result.error_number)


def _change(asked: requests.JobChange) -> JobChange:
    given = {
        name: value
        for name in asked.__struct_fields__
        if (value := getattr(asked, name)) is not None
    }
    for name, option in (("time_limit", "time"), ("begin", "begin")):
        if isinstance(words := given.get(name), str):
            given[name] = _parsed(name, option, words)
    return msgspec.convert(given, JobChange)


def _parsed(name: str, option: str, words: str) -> object:
    """A time in sbatch's words, read as sbatch reads it."""
    if not words.strip():
        raise InvalidRequest(name, f"{name}: is empty.")
    try:
        (spec,) = merge(parse_script("#!/bin/sh\n"), {option: words})
    except InvalidRequest as problem:
        raise InvalidRequest(name, problem.message, advice=problem.advice) from None
    return getattr(spec, option)
