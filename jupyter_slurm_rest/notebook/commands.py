"""The commands of ``%slurm``."""

from __future__ import annotations

import argparse
import re
import shlex
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from IPython.core.error import UsageError
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from jupyter_slurm_rest.redaction import printable

from . import tables
from .api import SlurmApi, SlurmMagicError
from .job import NotebookJob
from .tables import NotebookTable

Command = Callable[[SlurmApi, str], Any]
C = TypeVar("C", bound=Command)


def cluster_argument(command: C) -> C:
    """``-M``, as for Slurm's own commands."""
    described = argument("-M", "--cluster", help="Cluster; the first configured one otherwise.")
    return described(command)  # type: ignore[no-any-return]


def frame_argument(command: C) -> C:
    """``--frame``."""
    return argument("--frame", action="store_true", help="Give a pandas DataFrame.")(command)  # type: ignore[no-any-return]


def ids_argument(command: C) -> C:
    """One job id or more."""
    return argument("ids", nargs="+", metavar="ID", help="Job ids, such as 123 or 123_4.")(command)  # type: ignore[no-any-return]


def shown(table: NotebookTable, args: argparse.Namespace) -> Any:
    """The table or, with ``--frame``, its ``DataFrame``."""
    return table.to_frame() if args.frame else table


@magic_arguments("%slurm jobs")
@argument("--all", action="store_true", help="Everyone's jobs, not only yours.")
@argument("--state", default="", help="States, comma-separated.")
@argument("--user", default="", help="Users, comma-separated; implies --all.")
@argument("--partition", default="", help="Partitions, comma-separated.")
@argument("--account", default="", help="Accounts, comma-separated.")
@argument("--search", default="", help="Part of an id, name, user, account or node.")
@argument("--sort", default="-job_id", help="A field; with - in front descending.")
@argument("--limit", type=int, default=100, help="Most rows to show (up to 1000).")
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
    return shown(tables.jobs_table(response["jobs"], tables.caption(response, "job")), args)


@magic_arguments("%slurm history")
@argument("--days", type=float, default=7.0, help="How far back.")
@argument("--all", action="store_true", help="Everyone's jobs, not only yours.")
@argument("--state", default="", help="States, comma-separated.")
@argument("--search", default="", help="Part of an id, name, user, account or node.")
@argument("--limit", type=int, default=100, help="Most rows to show (up to 1000).")
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
    return shown(tables.history_table(response["jobs"], tables.caption(response, "job")), args)


@magic_arguments("%slurm nodes")
@cluster_argument
@frame_argument
def nodes(api: SlurmApi, line: str) -> Any:
    """The nodes, with what is free on each."""
    args = parse_argstring(nodes, line)
    response = api.get(args.cluster, "nodes")
    return shown(tables.nodes_table(response["nodes"], tables.caption(response, "node")), args)


@magic_arguments("%slurm partitions")
@cluster_argument
@frame_argument
def partitions(api: SlurmApi, line: str) -> Any:
    """The partitions, with their limits and what is free."""
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
    """The configured clusters, and how they are."""
    args = parse_argstring(clusters, line)
    rows = api.call("GET", "clusters")["clusters"]
    return shown(tables.clusters_table(rows, tables.count(len(rows), "cluster")), args)


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
def cancel(api: SlurmApi, line: str) -> tables.NotebookTable:
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
def hold(api: SlurmApi, line: str) -> tables.NotebookTable:
    """Keep waiting jobs from starting."""
    return _act(api, "hold", parse_argstring(hold, line))


@magic_arguments("%slurm release")
@ids_argument
@cluster_argument
def release(api: SlurmApi, line: str) -> tables.NotebookTable:
    """Let held jobs start."""
    return _act(api, "release", parse_argstring(release, line))


@magic_arguments("%slurm requeue")
@ids_argument
@argument("--hold", action="store_true", help="Leave them held.")
@cluster_argument
def requeue(api: SlurmApi, line: str) -> tables.NotebookTable:
    """Put running jobs back into the queue."""
    args = parse_argstring(requeue, line)
    return _act(api, "requeue", args, hold=args.hold)


@magic_arguments("%slurm suspend")
@ids_argument
@cluster_argument
def suspend(api: SlurmApi, line: str) -> tables.NotebookTable:
    """Stop running jobs for a while."""
    return _act(api, "suspend", parse_argstring(suspend, line))


@magic_arguments("%slurm resume")
@ids_argument
@cluster_argument
def resume(api: SlurmApi, line: str) -> tables.NotebookTable:
    """Let suspended jobs run on."""
    return _act(api, "resume", parse_argstring(resume, line))


@magic_arguments("%slurm signal")
@argument("name", help="A signal's name or number, such as USR1.")
@ids_argument
@argument("--cron", action="store_true", help="Also jobs of scrontab, and disable their lines.")
@cluster_argument
def signal(api: SlurmApi, line: str) -> tables.NotebookTable:
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


def _act(
    api: SlurmApi, action: str, args: argparse.Namespace, **options: Any
) -> tables.NotebookTable:
    body = {"action": action, **({"job_ids": args.ids} if args.ids else {}), **options}
    path = f"clusters/{api.cluster(args.cluster)}/jobs/actions"
    results = api.call("POST", path, body=body)["results"]
    return tables.results_table(results, tables.count(len(results), "job"))


_FIRST_WORD = re.compile(r"""(?:[^\s"'\\]|\\.|"[^"]*"|'[^']*')+""")
#: Options that are about the call, not about the job.
_OF_THE_CALL = ("clusters", "wait", "test_only")


@dataclass(frozen=True)
class SbatchLine:
    """What was asked for."""

    options: dict[str, str | bool]
    cluster: str | None
    wait: bool
    test_only: bool


def read_line(line: str, *, takes_file: bool) -> tuple[SbatchLine, str]:
    """The options, and the script's file name where one is taken (before any option)."""
    # Here, not above: only who submits waits for the parser to be loaded.
    from jupyter_slurm_rest.slurm.errors import InvalidRequest
    from jupyter_slurm_rest.slurm.sbatch import options_of, parse_script

    line, name = line.strip(), ""
    if takes_file:
        name, line = _file_name(line)
    try:
        options = options_of(parse_script(f"#!/bin/sh\n#SBATCH {line}\n"))
    except InvalidRequest as error:
        # The parser speaks of the line of a script that the user has not written.
        said = error.message.removeprefix("Line 2: ")
        raise SlurmMagicError(said, error.advice) from None
    cluster = options.get("clusters")
    asked = SbatchLine(
        {name: value for name, value in options.items() if name not in _OF_THE_CALL},
        str(cluster) if cluster else None,
        bool(options.get("wait")),
        bool(options.get("test_only")),
    )
    return asked, name


def _file_name(line: str) -> tuple[str, str]:
    """The first word, unquoted as a shell does, and what follows it."""
    found = _FIRST_WORD.match(line)
    if found is None or found[0].startswith("-"):
        raise SlurmMagicError(
            "Which script? Write %slurm submit FILE [options],",
            "or put the script into a cell that begins with %%slurm submit.",
        )
    return shlex.split(found[0])[0], line[found.end() :]


@magic_arguments("%slurm job")
@argument("id", help="Job id, such as 123, 123_4 or 123+1.")
@cluster_argument
def job(api: SlurmApi, line: str) -> NotebookJob:
    """One job: an object with state, wait(), output() and cancel()."""
    args = parse_argstring(job, line)
    return NotebookJob(api, api.cluster(args.cluster), args.id)


@magic_arguments("%slurm output")
@argument("id", help="Job id.")
@argument("--stderr", action="store_true", help="Standard error instead.")
@cluster_argument
def output(api: SlurmApi, line: str) -> None:
    """Print the end of a job's output."""
    args = parse_argstring(output, line)
    found = NotebookJob(api, api.cluster(args.cluster), args.id, info={})
    print(found.output("stderr" if args.stderr else "stdout"), end="")


def submit(api: SlurmApi, line: str) -> Any:
    """Submit a script: %slurm submit FILE [options], or a cell: %%slurm submit [options].

    Options are sbatch's, long or short, and win over the script's #SBATCH lines.
    --test-only checks the script without submitting it, --wait waits until the job is
    over, -M names the cluster.
    """
    asked, name = read_line(line, takes_file=True)
    file = Path(name).expanduser().absolute()
    try:
        script = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SlurmMagicError(f"The script {name} cannot be read: {said}.") from None
    return _submit(api, asked, script, file)


def submit_cell(api: SlurmApi, line: str, cell: str) -> Any:
    """``%%slurm submit``: the cell is the script."""
    asked, _ = read_line(line, takes_file=False)
    return _submit(api, asked, cell)


def _submit(api: SlurmApi, asked: SbatchLine, script: str, file: Path | None = None) -> Any:
    cluster = api.cluster(asked.cluster)
    # As sbatch does: relative paths begin where the user is, and the file names the job.
    body = {
        "script": script,
        "options": asked.options,
        "directory": str(Path.cwd()),
        "path": str(file or ""),
    }
    path = f"clusters/{cluster}/jobs"
    if asked.test_only:
        return tables.options_table(api.call("POST", path, query={"validate": "true"}, body=body))
    submitted = api.call("POST", path, body=body)
    for warning in submitted["warnings"]:
        print(printable(warning))
    found = NotebookJob(api, cluster, str(submitted["job_id"]))
    return found.wait() if asked.wait else found
