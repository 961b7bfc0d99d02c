"""The commands of ``%slurm`` that change jobs."""

from __future__ import annotations

import argparse
from typing import Any

from jupyter_slurm_rest.slurm.errors import SlurmError

from . import tables
from .arguments import CLUSTER, FRAME, IDS, command, option
from .errors import SlurmMagicError
from .lists import shown
from .session import Session

_CRON = option(
    "--cron", action="store_true", help="Also jobs of scrontab; Slurm disables their lines."
)
#: ``scancel``'s names of what a filter of the server's API is called.
_FILTERS = ("name", "partition", "account", "qos", "reservation", "nodes")


def _act(session: Session, action: str, args: argparse.Namespace, **options: Any) -> Any:
    body = {"action": action, **({"job_ids": args.ids} if args.ids else {}), **options}
    path = f"clusters/{session.api.cluster(args.cluster)}/jobs/actions"
    results = session.api.call("POST", path, body=body)["results"]
    return shown(tables.results_table(results, tables.count(len(results), "job")), args)


@command(
    option("ids", nargs="*", metavar="ID", completes="job", help="Job IDs, such as 123 or 123_4."),
    option("-n", "--name", "--jobname", metavar="NAME", help="Your jobs of this name."),
    option(
        "-t",
        "--state",
        completes="state",
        help="Your jobs in these states: PENDING,RUNNING,SUSPENDED.",
    ),
    option("-p", "--partition", completes="partition", help="Your jobs in this partition."),
    option("-A", "--account", completes="account", help="Your jobs of this account."),
    option("-q", "--qos", completes="qos", help="Your jobs of this QOS."),
    option("-R", "--reservation", help="Your jobs in this reservation."),
    option("-w", "--nodelist", dest="nodes", help="Your jobs on any of these nodes."),
    option("--all", "--me", action="store_true", help="All your jobs."),
    _CRON,
    option("-s", "--signal", help="Send this signal instead of terminating the jobs."),
    CLUSTER,
    FRAME,
)
def cancel(session: Session, args: argparse.Namespace) -> Any:
    """Cancel jobs: by ID, or your own jobs that match all filters."""
    options: dict[str, Any] = {"signal": args.signal} if args.signal else {}
    if args.cron:
        options["cron"] = True
    chosen = {name: getattr(args, name) for name in _FILTERS if getattr(args, name) is not None}
    if args.state is not None:
        chosen["state"] = [word.strip() for word in args.state.split(",")]
    if args.all:
        chosen["all"] = True
    if chosen:
        options["filter"] = chosen
    elif not args.ids:
        raise SlurmMagicError(
            "No jobs given. Use job IDs, or --name, --state, --partition, --account, --qos,"
            " --reservation, --nodelist or --all."
        )
    return _act(session, "cancel", args, **options)


@command(IDS, CLUSTER, FRAME)
def hold(session: Session, args: argparse.Namespace) -> Any:
    """Keep pending jobs from starting."""
    return _act(session, "hold", args)


@command(IDS, CLUSTER, FRAME)
def release(session: Session, args: argparse.Namespace) -> Any:
    """Release held jobs."""
    return _act(session, "release", args)


@command(IDS, option("--hold", action="store_true", help="Hold them in the queue."), CLUSTER, FRAME)
def requeue(session: Session, args: argparse.Namespace) -> Any:
    """Requeue running jobs."""
    return _act(session, "requeue", args, hold=args.hold)


@command(IDS, CLUSTER, FRAME)
def suspend(session: Session, args: argparse.Namespace) -> Any:
    """Suspend running jobs."""
    return _act(session, "suspend", args)


@command(IDS, CLUSTER, FRAME)
def resume(session: Session, args: argparse.Namespace) -> Any:
    """Resume suspended jobs."""
    return _act(session, "resume", args)


@command(
    option("name", metavar="SIGNAL", help="A signal's name or number, such as USR1."),
    IDS,
    _CRON,
    CLUSTER,
    FRAME,
)
def signal(session: Session, args: argparse.Namespace) -> Any:
    """Send a signal to jobs."""
    options = {"cron": True} if args.cron else {}
    return _act(session, "signal", args, signal=args.name, **options)


#: ``%slurm update``: fields of the server's API, and how its options set them.
_CHANGES = (
    option("-t", "--time", dest="time_limit", help="Time limit, such as 1:30:00."),
    option("-p", "--partition", completes="partition", help="Partition."),
    option("-q", "--qos", completes="qos", help="QOS."),
    option("-A", "--account", completes="account", help="Account."),
    option("-J", "--job-name", dest="name", help="Name."),
    option("--priority", type=int, help="Priority (operators only)."),
    option("--nice", type=int, help="Adjustment of the priority."),
    option("-d", "--dependency", help="Dependency, such as afterok:123; '' removes it."),
    option("-b", "--begin", help="Earliest start, such as now+1hour or 16:00."),
    option("--comment", help="Comment."),
    option("-C", "--constraint", dest="constraints", help="Features of nodes."),
    option("-N", "--nodes", help="How many nodes: 2 or 2-4."),
    option("--reservation", help="Reservation."),
    option("-x", "--exclude", dest="excluded_nodes", help="Nodes to avoid."),
    option("-w", "--nodelist", dest="required_nodes", help="Nodes to use."),
    option("-L", "--licenses", help="Licenses."),
)


@command(IDS, *_CHANGES, CLUSTER, FRAME)
def update(session: Session, args: argparse.Namespace) -> Any:
    """Change jobs, with the options of sbatch. Running jobs take only some changes."""
    fields = [one.settings.get("dest") or one.names[-1].lstrip("-") for one in _CHANGES]
    change = {name: getattr(args, name) for name in fields if getattr(args, name) is not None}
    if not change:
        raise SlurmMagicError(
            "No changes given. Use options such as --time 2:00:00 or --partition long."
        )
    rows = [_updated(session, args, job_id, change) for job_id in args.ids]
    return shown(tables.results_table(rows, tables.count(len(rows), "job")), args)


def _updated(
    session: Session, args: argparse.Namespace, job_id: str, change: dict[str, Any]
) -> dict[str, Any]:
    """The result for one job, as actions have it; of a single job, refusals are raised."""
    try:
        session.unread_job(job_id, args.cluster).update(**change)
    except SlurmError as error:
        if len(args.ids) == 1:
            raise
        return {"id": job_id, "ok": False, "message": str(error)}
    return {"id": job_id, "ok": True, "message": "changed"}
