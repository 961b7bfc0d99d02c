"""Arguments that several commands share, and what becomes of a table."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, TypeVar

from IPython.core.magic_arguments import argument

from .api import SlurmApi
from .tables import Table

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


def shown(table: Table, args: argparse.Namespace) -> Any:
    """The table or, with ``--frame``, its ``DataFrame``."""
    return table.to_frame() if args.frame else table
