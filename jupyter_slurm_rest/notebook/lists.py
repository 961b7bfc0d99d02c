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
    found = session.slurm(args.cluster).jobs(
        all=everyone,
        state=args.state,
        user=args.user,
        partition=args.partition,
        account=args.account,
        search=args.search,
        sort=args.sort,
        limit=args.limit,
    )
    session.names.saw_jobs(found.rows)
    return shown(found, args)


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

    found = session.slurm(args.cluster).history(
        args.days,
        all=args.all,
        state=args.state or sorted(FINISHED_STATES),
        user=args.user,
        partition=args.partition,
        account=args.account,
        search=args.search,
        limit=args.limit,
    )
    return shown(found, args)


@command(CLUSTER, FRAME)
def nodes(session: Session, args: argparse.Namespace) -> Any:
    """The nodes and their free resources."""
    return shown(session.slurm(args.cluster).nodes(), args)


@command(CLUSTER, FRAME)
def partitions(session: Session, args: argparse.Namespace) -> Any:
    """The partitions, their limits and free resources."""
    return shown(session.slurm(args.cluster).partitions(), args)


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
    return shown(session.slurm(args.cluster).account(), args)


@command(FRAME)
def clusters(session: Session, args: argparse.Namespace) -> Any:
    """The configured clusters and their status."""
    return shown(session.slurm().clusters(), args)


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
