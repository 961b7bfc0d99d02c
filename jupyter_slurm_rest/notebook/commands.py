"""The commands of ``%slurm``."""

from __future__ import annotations

import argparse
import inspect
import shlex
import time
from collections.abc import Callable
from typing import Any, TypeVar

from IPython.core.error import UsageError
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from jupyter_slurm_rest.slurm.errors import SlurmError

from . import tables
from .api import SlurmApi
from .errors import SlurmMagicError
from .job import Job
from .job_list import history_table, jobs_table
from .submit import submit, submit_cell
from .tables import Table

Command = Callable[[SlurmApi, str], Any]
C = TypeVar("C", bound=Command)


def cluster_argument(command: C) -> C:
    """``-M``, as for Slurm's own commands."""
    described = argument("-M", "--cluster", help="The cluster to use. Default: the first one.")
    decorated: C = described(command)
    return decorated


def frame_argument(command: C) -> C:
    """``--frame``."""
    described = argument("--frame", action="store_true", help="Return a pandas DataFrame.")
    decorated: C = described(command)
    return decorated


def ids_argument(command: C) -> C:
    """One job id or more."""
    described = argument("ids", nargs="+", metavar="ID", help="Job IDs, such as 123 or 123_4.")
    decorated: C = described(command)
    return decorated


def shown(table: Table, args: argparse.Namespace) -> Any:
    """The table or, with ``--frame``, its ``DataFrame``."""
    return table.to_pandas() if args.frame else table


@magic_arguments("%slurm jobs")
@argument("--all", action="store_true", help="Everyone's jobs, not only yours.")
@argument("--state", default="", help="States, comma-separated.")
@argument("--user", default="", help="Users, comma-separated; implies --all.")
@argument("--partition", default="", help="Partitions, comma-separated.")
@argument("--account", default="", help="Accounts, comma-separated.")
@argument("--search", default="", help="Part of an ID, name, user, account or node.")
@argument(
    "--sort", default="-job_id", help="The field to sort by; add - in front for descending order."
)
@argument("--limit", type=int, default=100, help="Rows to show at most (up to 1000).")
@cluster_argument
@frame_argument
def jobs(api: SlurmApi, line: str) -> Any:
    """The queue: your jobs, or everyone's."""
    args = parse_argstring(jobs, line)
    query = {
        "scope": "all" if args.all or args.user else "mine",
        "state": args.state,
        "user": args.user,
        "partition": args.partition,
        "account": args.account,
        "search": args.search,
        "sort": args.sort,
        "limit": args.limit,
    }
    response = api.get(args.cluster, "jobs", query)
    return shown(
        jobs_table(
            api, api.cluster(args.cluster), response["jobs"], tables.caption(response, "job")
        ),
        args,
    )


@magic_arguments("%slurm history")
@argument("--days", type=float, default=7.0, help="How many days to look back.")
@argument("--all", action="store_true", help="Everyone's jobs, not only yours.")
@argument("--state", default="", help="States, comma-separated.")
@argument("--search", default="", help="Part of an ID, name, user, account or node.")
@argument("--limit", type=int, default=100, help="Rows to show at most (up to 1000).")
@cluster_argument
@frame_argument
def history(api: SlurmApi, line: str) -> Any:
    """Finished jobs, from accounting."""
    args = parse_argstring(history, line)
    query = {
        "scope": "all" if args.all else "mine",
        "state": args.state,
        "search": args.search,
        "limit": args.limit,
        "start_time": int(time.time() - args.days * 86_400),
    }
    response = api.get(args.cluster, "history", query)
    return shown(
        history_table(
            api, api.cluster(args.cluster), response["jobs"], tables.caption(response, "job")
        ),
        args,
    )


@magic_arguments("%slurm nodes")
@cluster_argument
@frame_argument
def nodes(api: SlurmApi, line: str) -> Any:
    """The nodes and their free resources."""
    args = parse_argstring(nodes, line)
    response = api.get(args.cluster, "nodes")
    return shown(tables.nodes_table(response["nodes"], tables.caption(response, "node")), args)


@magic_arguments("%slurm partitions")
@cluster_argument
@frame_argument
def partitions(api: SlurmApi, line: str) -> Any:
    """The partitions, their limits and free resources."""
    args = parse_argstring(partitions, line)
    response = api.get(args.cluster, "partitions")
    rows = response["partitions"]
    return shown(tables.partitions_table(rows, tables.caption(response, "partition")), args)


@magic_arguments("%slurm account")
@cluster_argument
@frame_argument
def account(api: SlurmApi, line: str) -> Any:
    """Your accounts, their QOS and limits."""
    args = parse_argstring(account, line)
    response = api.get(args.cluster, "account")
    return shown(tables.associations_table(response), args)


@magic_arguments("%slurm clusters")
@frame_argument
def clusters(api: SlurmApi, line: str) -> Any:
    """The configured clusters and their status."""
    args = parse_argstring(clusters, line)
    rows = api.call("GET", "clusters")["clusters"]
    return shown(tables.clusters_table(rows, tables.count(len(rows), "cluster")), args)


@magic_arguments("%slurm cancel")
@argument("ids", nargs="*", metavar="ID", help="Job IDs, such as 123 or 123_4.")
@argument("-n", "--name", help="Your jobs of this name.")
@argument("-t", "--state", help="Your jobs in these states: PENDING,RUNNING,SUSPENDED.")
@argument("-p", "--partition", help="Your jobs in this partition.")
@argument("-A", "--account", help="Your jobs of this account.")
@argument("-q", "--qos", help="Your jobs of this QOS.")
@argument("-R", "--reservation", help="Your jobs in this reservation.")
@argument("-w", "--nodelist", dest="nodes", help="Your jobs on any of these nodes.")
@argument("--all", action="store_true", help="All your jobs.")
@argument("--cron", action="store_true", help="Also jobs of scrontab; Slurm disables their lines.")
@argument("--signal", help="Send this signal instead of terminating the jobs.")
@cluster_argument
def cancel(api: SlurmApi, line: str) -> tables.Table:
    """Cancel jobs: by id, or your own jobs that match all filters."""
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
            "No jobs given. Use job IDs, or --name, --state, --partition, --account, --qos,"
            " --reservation, --nodelist or --all."
        )
    return _act(api, "cancel", args, **options)


@magic_arguments("%slurm hold")
@ids_argument
@cluster_argument
def hold(api: SlurmApi, line: str) -> tables.Table:
    """Keep pending jobs from starting."""
    return _act(api, "hold", parse_argstring(hold, line))


@magic_arguments("%slurm release")
@ids_argument
@cluster_argument
def release(api: SlurmApi, line: str) -> tables.Table:
    """Release held jobs."""
    return _act(api, "release", parse_argstring(release, line))


@magic_arguments("%slurm requeue")
@ids_argument
@argument("--hold", action="store_true", help="Hold them in the queue.")
@cluster_argument
def requeue(api: SlurmApi, line: str) -> tables.Table:
    """Requeue running jobs."""
    args = parse_argstring(requeue, line)
    return _act(api, "requeue", args, hold=args.hold)


@magic_arguments("%slurm suspend")
@ids_argument
@cluster_argument
def suspend(api: SlurmApi, line: str) -> tables.Table:
    """Suspend running jobs."""
    return _act(api, "suspend", parse_argstring(suspend, line))


@magic_arguments("%slurm resume")
@ids_argument
@cluster_argument
def resume(api: SlurmApi, line: str) -> tables.Table:
    """Resume suspended jobs."""
    return _act(api, "resume", parse_argstring(resume, line))


@magic_arguments("%slurm signal")
@argument("name", help="A signal's name or number, such as USR1.")
@ids_argument
@argument("--cron", action="store_true", help="Also jobs of scrontab; Slurm disables their lines.")
@cluster_argument
def signal(api: SlurmApi, line: str) -> tables.Table:
    """Send a signal to jobs."""
    args = parse_argstring(signal, line)
    return _act(api, "signal", args, signal=args.name, **({"cron": True} if args.cron else {}))


def _parsed(command: Any, line: str) -> argparse.Namespace:
    """Like ``parse_argstring``, but reads quotes as a shell does: names may contain spaces."""
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


@magic_arguments("%slurm job")
@argument("id", help="Job ID, such as 123, 123_4 or 123+1.")
@cluster_argument
def job(api: SlurmApi, line: str) -> Job:
    """One job: an object with state, wait(), output() and cancel()."""
    args = parse_argstring(job, line)
    return Job(api, api.cluster(args.cluster), args.id)


@magic_arguments("%slurm output")
@argument("id", help="Job ID.")
@argument("--stderr", action="store_true", help="Show standard error instead.")
@cluster_argument
def output(api: SlurmApi, line: str) -> None:
    """Print the end of a job's output."""
    args = parse_argstring(output, line)
    found = Job(api, api.cluster(args.cluster), args.id, {})
    print(found.output("stderr" if args.stderr else "stdout"), end="")


COMMANDS: dict[str, Command] = {
    command.__name__: command
    for command in (
        jobs,
        job,
        output,
        history,
        nodes,
        partitions,
        account,
        clusters,
        submit,
        cancel,
        hold,
        release,
        requeue,
        suspend,
        resume,
        signal,
    )
}


def run(api: SlurmApi, line: str, cell: str | None) -> Any:
    """Run the command that ``line`` begins with; without one, ``jobs``.

    Raises :exc:`SlurmMagicError`, and :exc:`UsageError` for wrong arguments.
    """
    try:
        return _run(api, line, cell)
    except SlurmError as error:
        raise SlurmMagicError.of(error) from None


def _run(api: SlurmApi, line: str, cell: str | None) -> Any:
    name, _, arguments = line.strip().partition(" ")
    command = COMMANDS.get(name or "jobs")
    if command is None:
        known = ", ".join(COMMANDS)
        raise SlurmMagicError(f"%slurm has no command {name!r}. Commands: {known}.")
    if arguments.strip() in ("-h", "--help"):
        print(inspect.getdoc(command))
        return None
    if cell is None:
        return command(api, arguments)
    if name == "submit":
        return submit_cell(api, arguments, cell)
    raise SlurmMagicError("%%slurm only supports submit: use %%slurm submit.")
