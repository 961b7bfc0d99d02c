"""slurmdbd's jobs. The same keys in every version; scalars differ."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from jupyter_slurm_rest.slurm.endings import explained
from jupyter_slurm_rest.slurm.models import Job, JobSummary
from jupyter_slurm_rest.slurm.output_paths import Naming, resolve, still_open, with_user

from .envelope import (
    Envelope,
    Exit,
    Number,
    Text,
    Words,
    at,
    limit,
    number,
    positive,
    text,
    timestamp,
)
from .jobs import display_id
from .states import FINISHED_STATES, PARTIAL_STATES, ended, run_state
from .steps import StepRow, efficiency, step
from .submit import without_tag
from .tres import TresList, read_tres
from .version import Capabilities

#: Slurm's commands have room for so much (``SLURM_BITSTR_LEN`` of 64, less ``...`` and its end).
_ROOM = 61


def tasks_of(bitmap: str, at_once: int | None = None) -> str:
    """``0xE`` as ``1-3``, and ``1-3%2`` where two run ``at_once`` (0, None: as many as can).

    Empty for anything that is not a bit map. Source: ``xlate_array_task_str`` of Slurm, which
    writes many tasks at equal distances as ``0-30:2`` and cuts what is long.
    """
    try:
        bits = int(bitmap, 16)
    except ValueError:
        return ""
    if bits <= 0:
        return ""
    lowest_first = f"{bits:b}"[::-1]
    ranges = [(found.start(), found.end() - 1) for found in re.finditer("1+", lowest_first)]
    tasks = _at_equal_distances(ranges) or _ranges(ranges)
    return f"{tasks}%{at_once}" if at_once else tasks


def _at_equal_distances(ranges: list[tuple[int, int]]) -> str:
    first, last = ranges[0][0], ranges[-1][1]
    if len(ranges) <= 5 or last - first <= 10 or any(low != high for low, high in ranges):
        return ""
    starts = [low for low, _ in ranges]
    distances = {later - sooner for sooner, later in itertools.pairwise(starts)}
    return f"{first}-{last}:{distances.pop()}" if len(distances) == 1 else ""


def _ranges(ranges: list[tuple[int, int]]) -> str:
    text = ",".join(str(low) if low == high else f"{low}-{high}" for low, high in ranges)
    return text if len(text) <= _ROOM else f"{text[: _ROOM - 1]}..."


#: Seconds that slurmdbd's clock and ours may be apart.
_CLOCKS = 5


class _Array(msgspec.Struct):
    job_id: Number = None
    task_id: Number = None
    #: Tasks that never started, as a bit map: ``0xE``.
    task: Text = None
    limits: dict[str, Any] | None = None

    def waiting(self) -> str:
        """The tasks that never started, as sacct writes them."""
        at_once = number(msgspec.convert(at(self.limits, "max/running/tasks"), Number))
        return tasks_of(text(self.task), at_once)


class _Het(msgspec.Struct):
    job_id: Number = None
    job_offset: Number = None


class _Times(msgspec.Struct):
    submission: Number = None
    eligible: Number = None
    start: Number = None
    end: Number = None
    elapsed: Number = None
    suspended: Number = None
    limit: Number = None


class _State(msgspec.Struct):
    current: Words = None
    reason: Text = None


class _Required(msgspec.Struct, rename={"cpus": "CPUs"}):
    cpus: Number = None


class _Tres(msgspec.Struct):
    allocated: TresList = None
    requested: TresList = None


class _Association(msgspec.Struct):
    user: Text = None
    account: Text = None


class RecordRow(msgspec.Struct):
    """One accounting record of a job, cut down to a row."""

    job_id: Number = None
    name: Text = None
    user: Text = None
    account: Text = None
    partition: Text = None
    qos: Text = None
    nodes: Text = None
    allocation_nodes: Number = None
    priority: Number = None
    association: _Association | None = None
    array: _Array | None = None
    het: _Het | None = None
    time: _Times | None = None
    state: _State | None = None
    required: _Required | None = None
    tres: _Tres | None = None
    exit_code: Exit = None


class RecordRows(Envelope):
    """A response of slurmdb's ``jobs``, for lists."""

    jobs: list[RecordRow] | None = None


class _Comment(msgspec.Struct):
    job: Text = None
    administrator: Text = None


class _Reservation(msgspec.Struct):
    #: A number without meaning to v0.0.38.
    name: str | int | None = None


class Record(RecordRow):
    """One accounting record with everything that is kept."""

    cluster: Text = None
    group: Text = None
    comment: _Comment | None = None
    constraints: Text = None
    derived_exit_code: Exit = None
    extra: Text = None
    licenses: Text = None
    reservation: _Reservation | None = None
    restart_cnt: Number = None
    script: Text = None
    submit_line: Text = None
    stdin: Text = None
    stdout: Text = None
    stderr: Text = None
    stdin_expanded: Text = None
    stdout_expanded: Text = None
    stderr_expanded: Text = None
    working_directory: Text = None
    steps: list[StepRow] | None = None


class RecordList(Envelope):
    """A response of slurmdb's ``job/{id}``."""

    jobs: list[Record] | None = None


def _fields(row: RecordRow) -> dict[str, Any]:
    array, het = row.array or _Array(), row.het or _Het()
    times, state_words = row.time or _Times(), row.state or _State()
    tres, association = row.tres or _Tres(), row.association or _Association()
    job_id = number(row.job_id) or 0
    array_job_id = positive(array.job_id)
    array_task_id = number(array.task_id) if array_job_id else None
    array_tasks = array.waiting() if array_job_id and array_task_id is None else ""
    het_job_id = positive(het.job_id)
    het_offset = number(het.job_offset) if het_job_id else None
    start, end = timestamp(times.start), timestamp(times.end)
    state, flags = run_state(state_words.current, end)
    resources = read_tres(tres.allocated) or read_tres(tres.requested)
    reason, nodes = text(state_words.reason), text(row.nodes)
    started = state != "PENDING" and start is not None
    return {
        "id": display_id(job_id, array_job_id, array_task_id, array_tasks, het_job_id, het_offset),
        "job_id": job_id,
        "array_job_id": array_job_id,
        "array_task_id": array_task_id,
        "array_tasks": array_tasks or None,
        "het_job_id": het_job_id,
        "het_offset": het_offset,
        "name": text(row.name),
        "user": text(row.user) or text(association.user),
        "account": text(row.account) or text(association.account),
        "partition": text(row.partition),
        "qos": text(row.qos),
        "state": state,
        "flags": flags,
        "reason": "" if reason == "None" else reason,
        "submit_time": timestamp(times.submission),
        "eligible_time": timestamp(times.eligible),
        "start_time": start if started else None,
        "end_time": end if state in FINISHED_STATES | PARTIAL_STATES else None,
        "elapsed": number(times.elapsed) if started else None,
        "running_since": _counted_from(times) if state == "RUNNING" else None,
        # To v0.0.38 no limit is null, and so is one that is not settled before the start.
        "time_limit": "UNLIMITED" if started and times.limit is None else limit(times.limit),
        "nodes": "" if nodes == "None assigned" else nodes,
        "node_count": positive(row.allocation_nodes) or (resources.nodes if resources else None),
        "cpus": (resources.cpus if resources else None)
        or positive((row.required or _Required()).cpus),
        "memory": resources.memory if resources else None,
        "gpus": resources.gpus if resources else 0,
        "priority": number(row.priority),
        "exit_code": ended(row.exit_code, state),
    }


def _counted_from(times: _Times) -> int | None:
    start, elapsed = timestamp(times.start), number(times.elapsed)
    if start is None or elapsed is None:
        return None
    # To v0.0.38 the seconds of an earlier suspension are left out, but not counted either.
    expected, seen = start + (number(times.suspended) or 0), int(time.time()) - elapsed
    return expected if abs(expected - seen) <= _CLOCKS else seen


def summary(row: RecordRow) -> JobSummary:
    """``row`` as a :class:`JobSummary`."""
    return msgspec.convert(_fields(row), JobSummary)


def summary_37(row: RecordRow) -> JobSummary:
    """The same of v0.0.37, which writes when a job became eligible for when it started."""
    job = summary(row)
    known = job.end_time is not None and job.elapsed is not None
    start = (job.end_time or 0) - (job.elapsed or 0) if known else None
    return msgspec.structs.replace(job, start_time=start)


def _files(row: Record, fields: dict[str, Any]) -> list[str]:
    """Paths of stdin, stdout and stderr with every pattern resolved."""
    if fields["het_offset"]:
        # The script of a heterogeneous job runs in its first component.
        return ["", "", ""]
    naming = Naming(job_id=fields["job_id"], directory=text(row.working_directory))
    ready = (row.stdin_expanded, row.stdout_expanded, row.stderr_expanded)
    written = (row.stdin, row.stdout, row.stderr)
    files = [
        # 24.11 takes a doubled backslash for none.
        resolve(text(ours), naming) if "\\" in text(ours) else text(theirs)
        for theirs, ours in zip(ready, written, strict=True)
    ]
    return [still_open(file) for file in files] if fields["array_tasks"] else files


def record(row: Record) -> Job:
    """``row`` as a :class:`Job`, with its steps; efficiency is for the caller."""
    fields = _fields(row)
    tres, comment = row.tres or _Tres(), row.comment or _Comment()
    files = [with_user(path, fields["user"]) for path in _files(row, fields)]
    reservation = (row.reservation or _Reservation()).name
    fields.update(
        cluster=text(row.cluster),
        group=text(row.group),
        comment=without_tag(text(comment.job)),
        admin_comment=text(comment.administrator),
        extra=text(row.extra),
        working_directory=text(row.working_directory),
        submit_line=text(row.submit_line),
        script=text(row.script) or None,
        stdin=files[0],
        stdout=files[1],
        # Empty means: the same file.
        stderr=files[2] or files[1],
        constraints=text(row.constraints),
        reservation=reservation if isinstance(reservation, str) else "",
        licenses=text(row.licenses),
        requested=read_tres(tres.requested),
        allocated=read_tres(tres.allocated),
        restarts=number(row.restart_cnt),
        suspended=number((row.time or _Times()).suspended),
        derived_exit_code=ended(row.derived_exit_code, fields["state"]),
        steps=[step(one, fields["id"]) for one in row.steps or []],
        sources=["slurmdbd"],
    )
    return explained(msgspec.convert(fields, Job))


def with_efficiency(row: Record, job: Job) -> Job:
    """``job``, made of ``row``, with its resource usage."""
    memory = [peak for one in row.steps or [] if (peak := one.memory_total()) is not None]
    gpus = [use for one in row.steps or [] if (use := one.gpu_use()) is not None]
    used = efficiency(
        job,
        memory_used=max(memory, default=None),
        gpu_percent=max(gpus, default=None),
    )
    return msgspec.structs.replace(job, efficiency=used)


#: The earliest time that Slurm reads; without a time it would mean today.
_BEGINNING = 1_000_000


def jobs_query(
    can: Capabilities,
    lists: Mapping[str, Collection[str]],
    start: int | None = None,
    end: int | None = None,
    *,
    steps: bool = False,
) -> dict[str, str | list[str]]:
    """The query of ``slurmdb/jobs`` for jobs of a span (seconds since the epoch) and of ``lists``.

    Empty lists are left out.
    """
    # v0.0.40 and v0.0.41 refuse a bare number.
    params: dict[str, str | list[str]] = {"start_time": f"uts{start or _BEGINNING}"}
    if end is not None:
        params["end_time"] = f"uts{end}"
    if not steps:
        params["skip_steps"] = "true"
    if can.truncated_times:
        params["disable_truncate_usage_time"] = "true"
    if can.flags_find_nothing:
        params["scheduler_unset"] = "true"
    return params | several(can, lists)


def several(can: Capabilities, lists: Mapping[str, Collection[str]]) -> dict[str, str | list[str]]:
    """Parameters with several values each, as ``can`` takes them."""
    # Where lists are taken apart, one with commas is refused for ids.
    return {
        name: list(values) if can.history_lists_apart else ",".join(values)
        for name, values in lists.items()
        if values
    }
