"""Everything slurmctld says about one job."""

from __future__ import annotations

import time
from typing import Any, Literal

import msgspec

from jupyter_slurm_rest.slurm.endings import explained, normalized
from jupyter_slurm_rest.slurm.models import Job, Tres
from jupyter_slurm_rest.slurm.output_paths import Naming, finish, loses_width, names_host, resolve

from .envelope import (
    Envelope,
    Exit,
    Number,
    Text,
    Words,
    exit_code,
    limit,
    number,
    positive,
    text,
    timestamp,
    words,
)
from .jobs import JobRow, row_fields
from .states import FINISHED_STATES
from .submit import without_tag
from .tres import parse_tres, with_gpu_types, with_gpus


class JobDetail(JobRow):
    """One job as slurmctld describes it."""

    flags: Words = None
    cluster: Text = None
    group_name: Text = None
    state_description: Text = None
    hold: bool | None = None
    comment: Text = None
    admin_comment: Text = None
    extra: Text = None
    current_working_directory: Text = None
    command: Text = None
    submit_line: Text = None
    batch_flag: bool | int | None = None
    standard_input: Text = None
    standard_output: Text = None
    standard_error: Text = None
    stdin_expanded: Text = None
    stdout_expanded: Text = None
    stderr_expanded: Text = None
    dependency: Text = None
    features: Text = None
    resv_name: Text = None
    licenses: Text = None
    excluded_nodes: Text = None
    required_nodes: Text = None
    scheduled_nodes: Text = None
    batch_host: Text = None
    tres_per_job: Text = None
    tres_per_node: Text = None
    tres_per_task: Text = None
    tres_per_socket: Text = None
    tasks: Number = None
    cpus_per_task: Number = None
    nice: Number = None
    requeue: bool | int | None = None
    restart_cnt: Number = None
    shared: Words = None
    time_minimum: Number = None
    deadline: Number = None
    derived_exit_code: Exit = None
    mail_user: Text = None
    mail_type: Words = None

    def names_host(self) -> bool:
        """Whether a file of it is named by its node's host, which is not in the job's record."""
        if text(self.stdout_expanded) or not text(self.batch_host):
            return False
        files = (self.standard_input, self.standard_output, self.standard_error)
        return names_host(*map(text, files))


class DetailRows(Envelope):
    """A response of ``job/{id}``."""

    jobs: list[JobDetail] | None = None


def job(
    row: JobDetail,
    *,
    resolved: bool,
    user: str = "",
    host: str = "",
    now: float | None = None,
) -> Job:
    """``row`` as a :class:`Job`; ``now`` is when the response was made.

    ``resolved``: the plain file names have no patterns left (v0.0.39 to v0.0.42).
    ``user``: the user's name, where slurmrestd does not know it.
    ``host``: that of its first node, where :meth:`JobDetail.names_host`.
    """
    fields: dict[str, Any] = row_fields(row, time.time() if now is None else now)
    if user and not text(row.user_name):
        fields["user"] = user
    state, reason = fields["state"], fields["reason"]
    files = _files(row, fields, resolved, host)
    shared = words(row.shared)
    fields.update(
        # Up to v0.0.39 only a flag says so.
        cron=fields["cron"] or "CRON_JOB" in words(row.flags),
        cluster=text(row.cluster),
        group=text(row.group_name),
        held_by=_held_by(state, reason, number(row.priority), row.hold),
        comment=without_tag(text(row.comment)),
        admin_comment=text(row.admin_comment),
        extra=text(row.extra),
        working_directory=text(row.current_working_directory),
        command=without_tag(text(row.command)),
        submit_line=text(row.submit_line),
        stdin=files[0],
        stdout=files[1],
        stderr=files[2],
        dependency=text(row.dependency),
        constraints=text(row.features),
        reservation=text(row.resv_name),
        licenses=text(row.licenses),
        excluded_nodes=text(row.excluded_nodes),
        required_nodes=text(row.required_nodes),
        scheduled_nodes=text(row.scheduled_nodes),
        batch_host=text(row.batch_host),
        requested=_requested(row),
        allocated=with_gpus(parse_tres(text(row.tres_alloc_str)), row.gres_detail),
        tasks=number(row.tasks),
        cpus_per_task=positive(row.cpus_per_task),
        nice=number(row.nice),
        requeue=None if row.requeue is None else bool(row.requeue),
        restarts=number(row.restart_cnt),
        shared=shared[0].lower() if shared else "",
        time_minimum=limit(row.time_minimum) or None,
        deadline=timestamp(row.deadline),
        suspended=_suspended(row, state, fields, now),
        derived_exit_code=normalized(exit_code(row.derived_exit_code), state)
        if state in FINISHED_STATES
        else None,
        mail_user=text(row.mail_user),
        mail_type=words(row.mail_type),
        sources=["slurmctld"],
    )
    return explained(msgspec.convert(fields, Job), text(row.state_description))


def _requested(row: JobDetail) -> Tres | None:
    tres = parse_tres(text(row.tres_req_str))
    nodes = (tres.nodes if tres else None) or 1
    requested = (
        (text(row.tres_per_job), 1),
        (text(row.tres_per_node), nodes),
        (text(row.tres_per_task), number(row.tasks) or 1),
        (text(row.tres_per_socket), nodes),
    )
    return with_gpu_types(tres, requested)


def _held_by(
    state: str, reason: str, priority: int | None, hold: bool | None
) -> Literal["user", "admin"] | None:
    if state != "PENDING" or reason not in ("JobHeldUser", "JobHeldAdmin", "Dependency", ""):
        return None
    if reason == "JobHeldAdmin":
        return "admin"
    # A held job may have another reason; then its priority shows that it is held.
    return "user" if reason == "JobHeldUser" or hold or priority == 0 else None


def _suspended(row: JobDetail, state: str, fields: dict[str, Any], now: float | None) -> int | None:
    """Seconds between start and now (or the end) in which the job did not run."""
    start, end, ran = fields["start_time"], fields["end_time"], fields["elapsed"]
    if not timestamp(row.suspend_time) or start is None or ran is None:
        return 0 if start is not None else None
    until = end if state in FINISHED_STATES and end else time.time() if now is None else now
    return max(0, int(until - start - ran))


def _files(row: JobDetail, fields: dict[str, Any], resolved: bool, host: str) -> list[str]:
    """Paths of stdin, stdout and stderr with every pattern resolved.

    From v0.0.43 Slurm resolves them itself under names of their own, and before v0.0.39
    not at all.
    """
    if row.batch_flag in (False, 0) or fields["het_offset"]:
        # The script of a heterogeneous job runs in its first component.
        return ["", "", ""]
    naming = Naming(
        job_id=fields["job_id"],
        array_job_id=fields["array_job_id"],
        array_task_id=fields["array_task_id"],
        job_name=fields["name"],
        user="" if fields["user"].isdigit() else fields["user"],
        host=host or text(row.batch_host),
        directory=text(row.current_working_directory),
    )
    stdin, output, errors = (
        text(row.standard_input),
        text(row.standard_output),
        text(row.standard_error),
    )
    stranger = "" if text(row.user_name) else str(number(row.user_id) or "")
    if resolved:
        # With a number for %u it would be another file; accounting may know better.
        paths = [finish(path, naming) for path in (stdin, output, errors or output)]
        return ["" if stranger and stranger in path else path for path in paths]
    output = output or ("slurm-%A_%a.out" if fields["array_job_id"] else "slurm-%j.out")
    ready = (text(row.stdin_expanded), text(row.stdout_expanded), text(row.stderr_expanded))
    written = (stdin or "/dev/null", output, errors or output)
    return [
        resolve(ours, naming)
        if stranger or not theirs or loses_width(ours)
        else finish(theirs, naming)
        for theirs, ours in zip(ready, written, strict=True)
    ]
