"""slurmctld's jobs as list rows. Every API version uses the same keys here.

The row's structure names only what a :class:`JobSummary` needs: msgspec skips the
other hundred fields of a job without building anything.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

import msgspec

from jupyter_slurm_rest.slurm.endings import normalized
from jupyter_slurm_rest.slurm.models import JobState, JobSummary, Limit

from .envelope import (
    Envelope,
    Exit,
    Number,
    Text,
    Words,
    decode,
    exit_code,
    limit,
    number,
    positive,
    text,
    timestamp,
)
from .states import FINISHED_STATES, job_state
from .tres import parse_tres, with_gpus


class JobRow(msgspec.Struct):
    """One job as slurmctld describes it, cut down to a row."""

    job_id: Number = None
    array_job_id: Number = None
    array_task_id: Number = None
    array_task_string: Text = None
    het_job_id: Number = None
    het_job_offset: Number = None
    cron: Text = None
    name: Text = None
    user_name: Text = None
    user_id: Number = None
    account: Text = None
    partition: Text = None
    qos: Text = None
    job_state: Words = None
    state_reason: Text = None
    submit_time: Number = None
    eligible_time: Number = None
    start_time: Number = None
    end_time: Number = None
    suspend_time: Number = None
    pre_sus_time: Number = None
    time_limit: Number | msgspec.UnsetType = msgspec.UNSET
    nodes: Text = None
    node_count: Number = None
    cpus: Number = None
    tres_req_str: Text = None
    tres_alloc_str: Text = None
    #: What was given on each node: ``gpu:a100:2(IDX:0-1)``.
    gres_detail: list[str] | None = None
    priority: Number = None
    exit_code: Exit = None


class JobRows(Envelope):
    """A response of ``jobs``."""

    jobs: list[JobRow] | None = None
    last_update: Number = None


def display_id(
    job_id: int,
    array_job_id: int | None,
    array_task_id: int | None,
    array_tasks: str,
    het_job_id: int | None,
    het_offset: int | None,
) -> str:
    """The id that a user writes and squeue shows."""
    if array_job_id and array_task_id is not None:
        return f"{array_job_id}_{array_task_id}"
    if array_job_id and array_tasks:
        return f"{array_job_id}_[{array_tasks}]"
    if het_job_id:
        return f"{het_job_id}+{het_offset or 0}"
    return str(job_id)


def row_fields(row: JobRow, now: float) -> dict[str, object]:
    """What ``row`` says, by :class:`JobSummary`'s names."""
    job_id = number(row.job_id) or 0
    array_job_id = positive(row.array_job_id)
    array_task_id = number(row.array_task_id) if array_job_id else None
    array_tasks = text(row.array_task_string) if array_task_id is None else ""
    het_job_id = positive(row.het_job_id)
    het_offset = number(row.het_job_offset) if het_job_id else None
    state, flags = job_state(row.job_state)
    pending = state == "PENDING"
    start, end = timestamp(row.start_time), timestamp(row.end_time)
    time_limit = _time_limit(row)
    if time_limit == "UNLIMITED" and end is not None and end > now:
        # Slurm counts a year on; squeue has NONE too.
        end = None
    tres = parse_tres(text(row.tres_alloc_str) or text(row.tres_req_str))
    if row.gres_detail:
        tres = with_gpus(tres, row.gres_detail)
    reason = text(row.state_reason)
    return {
        "id": display_id(job_id, array_job_id, array_task_id, array_tasks, het_job_id, het_offset),
        "job_id": job_id,
        "array_job_id": array_job_id,
        "array_task_id": array_task_id,
        "array_tasks": array_tasks or None,
        "het_job_id": het_job_id,
        "het_offset": het_offset,
        "cron": bool(text(row.cron)),
        "name": text(row.name),
        # slurmrestd's host may not know the user's name.
        "user": text(row.user_name) or str(number(row.user_id) or ""),
        "account": text(row.account),
        "partition": text(row.partition),
        "qos": text(row.qos),
        "state": state,
        "flags": flags,
        "reason": "" if reason == "None" else reason,
        "submit_time": timestamp(row.submit_time),
        "eligible_time": timestamp(row.eligible_time),
        "start_time": None if pending else start,
        "estimated_start": start if pending else None,
        "end_time": None if pending else end,
        "elapsed": None if pending or start is None else _elapsed(row, state, start, end, now),
        "running_since": _counted_from(row, start) if state == "RUNNING" and start else None,
        "time_limit": time_limit,
        "nodes": text(row.nodes),
        "node_count": number(row.node_count),
        "cpus": number(row.cpus) or (tres.cpus if tres else None),
        "memory": tres.memory if tres else None,
        "gpus": tres.gpus if tres else 0,
        "priority": number(row.priority),
        "exit_code": normalized(exit_code(row.exit_code), state, reason)
        if state in FINISHED_STATES
        else None,
    }


def _time_limit(row: JobRow) -> Limit:
    """Minutes. Up to v0.0.38 ``null`` means no limit; otherwise there is a number."""
    if row.time_limit is msgspec.UNSET:
        return None
    return "UNLIMITED" if row.time_limit is None else limit(row.time_limit)


def _elapsed(row: JobRow, state: str, start: int, end: int | None, now: float) -> int:
    """Run time as squeue counts it: ``pre_sus_time`` ran before the last suspension."""
    before = number(row.pre_sus_time) or 0
    if state == "SUSPENDED":
        return before
    until = end if state in FINISHED_STATES and end else int(now)
    return max(0, until - _counted_from(row, start))


def _counted_from(row: JobRow, start: int) -> int:
    resumed = timestamp(row.suspend_time)
    return resumed - (number(row.pre_sus_time) or 0) if resumed else start


def summary(row: JobRow, now: float | None = None) -> JobSummary:
    """``row`` as a :class:`JobSummary`; ``now`` is when the response was made."""
    return msgspec.convert(row_fields(row, time.time() if now is None else now), JobSummary)


def decode_jobs(body: bytes | memoryview, now: float | None = None) -> list[JobSummary]:
    """A whole response of ``jobs`` to rows. Raises :exc:`UnreadableResponse`."""
    moment_of_response = time.time() if now is None else now
    return [summary(row, moment_of_response) for row in decode(body, JobRows).jobs or []]


class StateRow(msgspec.Struct, gc=False):
    job_id: str | int = ""
    state: Words = None


class StateRows(Envelope):
    """A response of ``jobs/state``."""

    jobs: list[StateRow] | None = None


def states(rows: Iterable[StateRow]) -> list[JobState]:
    """Ids and states. Tasks to come are ``123_[5-9]``, or ``123_*`` for all."""
    found = []
    for row in rows:
        state, flags = job_state(row.state)
        found.append(JobState(id=str(row.job_id), state=state, flags=flags))
    return found


def says_unchanged(response: JobRows) -> bool:
    """Whether an empty list means "no change since ``update_time``" (from v0.0.39)."""
    return not response.jobs and any(
        warning.words.startswith("No job changes") for warning in response.warnings or []
    )
