"""Commands that change jobs: cancel, hold, release, requeue, suspend, resume, signal."""

from __future__ import annotations

import argparse
import shlex
from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from . import tables
from .api import SlurmApi
from .arguments import cluster_argument, ids_argument


@magic_arguments("%slurm cancel")
@argument("ids", nargs="*", metavar="ID", help="Job ids, such as 123 or 123_4.")
@argument("-n", "--name", help="My jobs of this name.")
@argument("-t", "--state", help="My jobs in these states: PENDING,RUNNING,SUSPENDED.")
@argument("-p", "--partition", help="My jobs in this partition.")
@argument("-A", "--account", help="My jobs of this account.")
@argument("-q", "--qos", help="My jobs of this QOS.")
@argument("-R", "--reservation", help="My jobs in this reservation.")
@argument("-w", "--nodelist", dest="nodes", help="My jobs on one of these nodes.")
@argument("--all", action="store_true", help="All my jobs.")
@argument("--cron", action="store_true", help="Also jobs of scrontab, and disable their lines.")
@argument("--signal", help="Send this signal instead of ending the jobs the usual way.")
@cluster_argument
def cancel(api: SlurmApi, line: str) -> tables.Table:
    """Cancel jobs: by their ids, or my own ones to which everything given applies."""
    args = _parsed(cancel, line)
    options: dict[str, Any] = {"signal": args.signal} if args.signal else {}
    if args.cron:
        options["cron"] = True
    names = ("name", "partition", "account", "qos", "reservation", "nodes")
    chosen = {name: getattr(args, name) for name in names if getattr(args, name) is not None}
    if args.state is not None:
        chosen["state"] = [word.strip() for word in args.state.split(",")]
    if args.all:
        chosen["all"] = True
    if chosen:
        options["filter"] = chosen
    elif not args.ids:
        raise UsageError(
            "Which jobs? Give ids, or --name, --state, --partition, --account, --qos,"
            " --reservation, --nodelist or --all."
        )
    return _act(api, "cancel", args, **options)


@magic_arguments("%slurm hold")
@ids_argument
@cluster_argument
def hold(api: SlurmApi, line: str) -> tables.Table:
    """Keep waiting jobs from starting."""
    return _act(api, "hold", parse_argstring(hold, line))


@magic_arguments("%slurm release")
@ids_argument
@cluster_argument
def release(api: SlurmApi, line: str) -> tables.Table:
    """Let held jobs start."""
    return _act(api, "release", parse_argstring(release, line))


@magic_arguments("%slurm requeue")
@ids_argument
@argument("--hold", action="store_true", help="Leave them held.")
@cluster_argument
def requeue(api: SlurmApi, line: str) -> tables.Table:
    """Put running jobs back into the queue."""
    args = parse_argstring(requeue, line)
    return _act(api, "requeue", args, hold=args.hold)


@magic_arguments("%slurm suspend")
@ids_argument
@cluster_argument
def suspend(api: SlurmApi, line: str) -> tables.Table:
    """Stop running jobs for a while."""
    return _act(api, "suspend", parse_argstring(suspend, line))


@magic_arguments("%slurm resume")
@ids_argument
@cluster_argument
def resume(api: SlurmApi, line: str) -> tables.Table:
    """Let suspended jobs run on."""
    return _act(api, "resume", parse_argstring(resume, line))


@magic_arguments("%slurm signal")
@argument("name", help="A signal's name or number, such as USR1.")
@ids_argument
@argument("--cron", action="store_true", help="Also jobs of scrontab, and disable their lines.")
@cluster_argument
def signal(api: SlurmApi, line: str) -> tables.Table:
    """Send a signal to jobs."""
    args = parse_argstring(signal, line)
    return _act(api, "signal", args, signal=args.name, **({"cron": True} if args.cron else {}))


def _parsed(command: Any, line: str) -> argparse.Namespace:
    """As ``parse_argstring``, with quotes as a shell reads them: names may hold blanks."""
    try:
        words = shlex.split(line)
    except ValueError:
        raise UsageError("A quotation mark is missing.") from None
    parsed: argparse.Namespace = command.parser.parse_args(words)
    return parsed


def _act(api: SlurmApi, action: str, args: argparse.Namespace, **options: Any) -> tables.Table:
    body = {"action": action, **({"job_ids": args.ids} if args.ids else {}), **options}
    path = f"clusters/{api.cluster(args.cluster)}/jobs/actions"
    results = api.call("POST", path, body=body)["results"]
    return tables.results_table(results, tables.count(len(results), "job"))
