"""The commands of ``%slurm`` that list: jobs, nodes, partitions, accounts, and what works."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from typing import Any

from jupyter_slurm_rest._version import __version__
from jupyter_slurm_rest.slurm.errors import SlurmError

from . import tables
from .arguments import CLUSTER, FRAME, command, option
from .job_list import history_table, jobs_table
from .session import Session
from .tables import Row, Table

_STATES = option(
    "-t",
    "--state",
    "--states",
    default="",
    metavar="STATE",
    completes="state",
    help="States, comma-separated.",
)
_USER = option(
    "-u", "--user", default="", metavar="USER", help="Users, comma-separated; implies --all."
)
_PARTITION = option(
    "-p", "--partition", default="", completes="partition", help="Partitions, comma-separated."
)
_ACCOUNT = option(
    "-A", "--account", default="", completes="account", help="Accounts, comma-separated."
)
_SEARCH = option("--search", default="", help="Part of an ID, name, user, account or node.")
_LIMIT = option("--limit", type=int, default=100, help="Rows to show at most (up to 1000).")
_ALL = option("--all", action="store_true", help="Everyone's jobs, not only yours.")


def shown(table: Table, args: argparse.Namespace) -> Any:
    """The table or, with ``--frame``, its ``DataFrame``."""
    return table.to_pandas() if args.frame else table


def _queue(session: Session, args: argparse.Namespace, *, everyone: bool) -> Any:
    query = {
        "scope": "all" if everyone else "mine",
        "state": args.state,
        "user": args.user,
        "partition": args.partition,
        "account": args.account,
        "search": args.search,
        "sort": args.sort,
        "limit": args.limit,
    }
    response = session.api.get(args.cluster, "jobs", query)
    session.names.saw_jobs(response["jobs"])
    return shown(
        jobs_table(
            session.api,
            session.api.cluster(args.cluster),
            response["jobs"],
            tables.caption(response, "job"),
        ),
        args,
    )


_QUEUE = (
    _STATES,
    _USER,
    _PARTITION,
    _ACCOUNT,
    _SEARCH,
    option(
        "--sort",
        default="-job_id",
        metavar="FIELD",
        help="The field to sort by; add - in front for descending order.",
    ),
    _LIMIT,
    CLUSTER,
    FRAME,
)


@command(_ALL, *_QUEUE)
def jobs(session: Session, args: argparse.Namespace) -> Any:
    """The queue: your jobs, or everyone's."""
    return _queue(session, args, everyone=bool(args.all or args.user))


@command(option("--me", action="store_true", help="Only your jobs."), *_QUEUE)
def squeue(session: Session, args: argparse.Namespace) -> Any:
    """The queue: everyone's jobs, as squeue lists them."""
    return _queue(session, args, everyone=not args.me)


@command(
    option("--days", type=float, default=7.0, help="How many days to look back (default: 7)."),
    _ALL,
    option(
        "-s",
        "--state",
        default="",
        completes="state",
        help="States, comma-separated; default: those of jobs that have ended.",
    ),
    _USER,
    _PARTITION,
    _ACCOUNT,
    _SEARCH,
    _LIMIT,
    CLUSTER,
    FRAME,
)
def history(session: Session, args: argparse.Namespace) -> Any:
    """Finished jobs, from accounting."""
    # Imported at the first use: listing the queue does not need it.
    from jupyter_slurm_rest.slurm.wire.states import FINISHED_STATES

    query = {
        "scope": "all" if args.all or args.user else "mine",
        "state": args.state or ",".join(sorted(FINISHED_STATES)),
        "user": args.user,
        "partition": args.partition,
        "account": args.account,
        "search": args.search,
        "limit": args.limit,
        "start_time": max(0, int(time.time() - args.days * 86_400)),
    }
    response = session.api.get(args.cluster, "history", query)
    return shown(
        history_table(
            session.api,
            session.api.cluster(args.cluster),
            response["jobs"],
            tables.caption(response, "job"),
        ),
        args,
    )


@command(CLUSTER, FRAME)
def nodes(session: Session, args: argparse.Namespace) -> Any:
    """The nodes and their free resources."""
    response = session.api.get(args.cluster, "nodes")
    return shown(tables.nodes_table(response["nodes"], tables.caption(response, "node")), args)


@command(CLUSTER, FRAME)
def partitions(session: Session, args: argparse.Namespace) -> Any:
    """The partitions, their limits and free resources."""
    response = session.api.get(args.cluster, "partitions")
    rows = response["partitions"]
    return shown(tables.partitions_table(rows, tables.caption(response, "partition")), args)


@command(
    option("-N", "--Node", dest="nodes", action="store_true", help="The nodes instead."),
    CLUSTER,
    FRAME,
)
def sinfo(session: Session, args: argparse.Namespace) -> Any:
    """The partitions or, with -N, the nodes, and their free resources."""
    return (nodes if args.nodes else partitions).function(session, args)


@command(CLUSTER, FRAME)
def account(session: Session, args: argparse.Namespace) -> Any:
    """Your accounts, their QOS and limits."""
    response = session.api.get(args.cluster, "account")
    return shown(tables.associations_table(response), args)


@command(FRAME)
def clusters(session: Session, args: argparse.Namespace) -> Any:
    """The configured clusters and their status."""
    rows = session.api.call("GET", "clusters")["clusters"]
    return shown(tables.clusters_table(rows, tables.count(len(rows), "cluster")), args)


@command()
def doctor(session: Session, args: argparse.Namespace) -> Table:
    """Check the way from this kernel over the Jupyter server to Slurm."""
    rows = list(_checks(session))
    wrong = sum(not row["ok"] for row in rows)
    caption = f"{tables.count(wrong, 'problem')} found" if wrong else "Everything works."
    return tables.checks_table(rows, caption)


def _checks(session: Session) -> Iterator[Row]:
    api = session.api
    yield _row("This package", f"jupyter-slurm-rest {__version__}")
    try:
        yield _row("Jupyter server", api.address().url)
        began = time.perf_counter()
        clusters = api.call("GET", "clusters")["clusters"]
    except SlurmError as error:
        yield _row("Jupyter server", str(error), ok=False)
        return
    yield _row("Slurm extension", f"responds in {(time.perf_counter() - began) * 1000:.0f} ms")
    if not clusters:
        yield _row("Clusters", "none is configured: set SLURMRESTD_URL.", ok=False)
    for cluster in clusters:
        name = f"Cluster {cluster['name']}"
        if problem := cluster["error"]:
            yield _row(name, f"{problem['message']} {problem.get('advice') or ''}", ok=False)
            continue
        yield _row(
            name, f"Slurm {cluster['slurm_release']}, {cluster['api_version']}, {cluster['user']}"
        )
        try:
            total = api.get(cluster["name"], "jobs", {"limit": 1})["total"]
            yield _row(f"Queue of {cluster['name']}", f"{tables.count(total, 'job')} of yours")
        except SlurmError as error:
            yield _row(f"Queue of {cluster['name']}", str(error), ok=False)


def _row(check: str, found: str, *, ok: bool = True) -> Row:
    return {"check": check, "ok": ok, "found": found.strip()}
