"""Commands that change jobs: cancel, hold, release, requeue, suspend, resume, signal."""

from __future__ import annotations

import argparse
from typing import Any

from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from . import tables
from .api import SlurmApi
from .arguments import cluster_argument, ids_argument


@magic_arguments("%slurm cancel")
@ids_argument
@argument("--signal", help="Send this signal instead of ending the jobs the usual way.")
@cluster_argument
def cancel(api: SlurmApi, line: str) -> tables.Table:
    """Cancel jobs."""
    args = parse_argstring(cancel, line)
    return _act(api, "cancel", args, **({"signal": args.signal} if args.signal else {}))


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
@cluster_argument
def signal(api: SlurmApi, line: str) -> tables.Table:
    """Send a signal to jobs."""
    args = parse_argstring(signal, line)
    return _act(api, "signal", args, signal=args.name)


def _act(api: SlurmApi, action: str, args: argparse.Namespace, **options: Any) -> tables.Table:
    body = {"action": action, "job_ids": args.ids, **options}
    path = f"clusters/{api.cluster(args.cluster)}/jobs/actions"
    results = api.call("POST", path, body=body)["results"]
    return tables.results_table(results, tables.count(len(results), "job"))
