"""slurmdbd's jobs as list rows (from v0.0.40)."""

from __future__ import annotations

import msgspec

from jupyter_slurm_rest.slurm.models import JobSummary

from .envelope import Envelope
from .jobs import display_id
from .states import FINISHED_STATES, job_state
from .tres import TresList, read_tres
from .values import Exit, Number, Text, Words, exit_code, limit, moment, number, positive, text


class _Array(msgspec.Struct):
    job_id: Number = None
    task_id: Number = None
    task: Text = None


class _Het(msgspec.Struct):
    job_id: Number = None
    job_offset: Number = None


class _State(msgspec.Struct):
    current: Words = None
    reason: Text = None


class _Time(msgspec.Struct):
    submission: Number = None
    eligible: Number = None
    start: Number = None
    end: Number = None
    elapsed: Number = None
    limit: Number = None


class _Tres(msgspec.Struct):
    allocated: TresList = None
    requested: TresList = None


class AccountedRow(msgspec.Struct):
    """One job as slurmdbd describes it, cut down to a row."""

    job_id: Number = None
    array: _Array | None = None
    het: _Het | None = None
    name: Text = None
    user: Text = None
    account: Text = None
    partition: Text = None
    qos: Text = None
    state: _State | None = None
    time: _Time | None = None
    nodes: Text = None
    allocation_nodes: Number = None
    tres: _Tres | None = None
    priority: Number = None
    exit_code: Exit = None


class AccountedRows(Envelope):
    """An answer of ``slurmdb/.../jobs``."""

    jobs: list[AccountedRow] | None = None


def accounted_row(row: AccountedRow) -> JobSummary:
    """``row`` in the vocabulary. Accounting knows no expected start and seldom a reason.

    It gives live jobs an end, and waiting ones a start: the time of the answer.
    """
    array, het = row.array or _Array(), row.het or _Het()
    when, tres = row.time or _Time(), row.tres or _Tres()
    job_id = number(row.job_id) or 0
    array_job_id = positive(array.job_id)
    task_id = number(array.task_id) if array_job_id else None
    tasks = _tasks(text(array.task)) if task_id is None else ""
    het_job_id = positive(het.job_id)
    offset = number(het.job_offset) if het_job_id else None
    state, flags = job_state(row.state.current if row.state else None)
    ended, waits = state in FINISHED_STATES, state == "PENDING"
    used = read_tres(tres.allocated) or read_tres(tres.requested)
    reason, nodes = text(row.state.reason if row.state else None), text(row.nodes)
    return JobSummary(
        id=display_id(job_id, array_job_id, task_id, tasks, het_job_id, offset),
        job_id=job_id,
        array_job_id=array_job_id,
        array_task_id=task_id,
        array_tasks=tasks or None,
        het_job_id=het_job_id,
        het_offset=offset,
        name=text(row.name),
        user=text(row.user),
        account=text(row.account),
        partition=text(row.partition),
        qos=text(row.qos),
        state=state,
        flags=flags,
        reason="" if reason == "None" else reason,
        submit_time=moment(when.submission),
        eligible_time=moment(when.eligible),
        start_time=None if waits else moment(when.start),
        end_time=moment(when.end) if ended else None,
        elapsed=None if waits else number(when.elapsed),
        time_limit=limit(when.limit),
        nodes="" if nodes == "None assigned" else nodes,
        node_count=number(row.allocation_nodes) or (used.nodes if used else None),
        cpus=used.cpus if used else None,
        memory=used.memory if used else None,
        gpus=used.gpus if used else 0,
        priority=number(row.priority),
        exit_code=exit_code(row.exit_code) if ended else None,
    )


def _tasks(written: str) -> str:
    """Tasks to come: accounting writes a bit mask (``0x78``) for ``3-6``."""
    if not written.startswith("0x"):
        return written
    try:
        mask = int(written, 16)
    except ValueError:
        return ""
    ranges: list[str] = []
    task = 0
    while mask >> task:
        if mask >> task & 1:
            last = task
            while mask >> last + 1 & 1:
                last += 1
            ranges.append(str(task) if last == task else f"{task}-{last}")
            task = last
        task += 1
    return ",".join(ranges)
