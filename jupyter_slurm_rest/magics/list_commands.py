"""Commands that list: jobs, history, nodes, partitions, account, clusters."""

from __future__ import annotations

import time
from typing import Any

from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from . import tables
from .api import SlurmApi
from .arguments import cluster_argument, frame_argument, shown


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
    answer = api.get(args.cluster, "jobs", query)
    return shown(tables.jobs_table(answer["jobs"], tables.caption(answer, "job")), args)


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
    answer = api.get(args.cluster, "history", query)
    return shown(tables.history_table(answer["jobs"], tables.caption(answer, "job")), args)


@magic_arguments("%slurm nodes")
@cluster_argument
@frame_argument
def nodes(api: SlurmApi, line: str) -> Any:
    """The nodes, with what is free on each."""
    args = parse_argstring(nodes, line)
    answer = api.get(args.cluster, "nodes")
    return shown(tables.nodes_table(answer["nodes"], tables.caption(answer, "node")), args)


@magic_arguments("%slurm partitions")
@cluster_argument
@frame_argument
def partitions(api: SlurmApi, line: str) -> Any:
    """The partitions, with their limits and what is free."""
    args = parse_argstring(partitions, line)
    answer = api.get(args.cluster, "partitions")
    rows = answer["partitions"]
    return shown(tables.partitions_table(rows, tables.caption(answer, "partition")), args)


@magic_arguments("%slurm account")
@cluster_argument
@frame_argument
def account(api: SlurmApi, line: str) -> Any:
    """Your accounts, their QOS and limits."""
    args = parse_argstring(account, line)
    answer = api.get(args.cluster, "account")
    return shown(tables.associations_table(answer), args)


@magic_arguments("%slurm clusters")
@frame_argument
def clusters(api: SlurmApi, line: str) -> Any:
    """The configured clusters, and how they are."""
    args = parse_argstring(clusters, line)
    rows = api.call("GET", "clusters")["clusters"]
    return shown(tables.clusters_table(rows, tables.count(len(rows), "cluster")), args)
