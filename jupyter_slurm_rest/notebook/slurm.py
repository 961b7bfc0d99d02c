"""Slurm in Python: lists, jobs, submissions, through the Jupyter server."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from jupyter_slurm_rest.redaction import printable
from jupyter_slurm_rest.slurm.errors import InvalidRequest

from . import tables
from .api import SlurmApi, shared_api
from .errors import failed
from .job import Job
from .job_list import JobList, history_table, jobs_table
from .options import sbatch_options

if TYPE_CHECKING:
    from typing_extensions import Self

Words = str | Iterable[str]
Ids = Job | str | int
T = TypeVar("T")
_WRAPPED = "#!/bin/sh\n# This script was created by sbatch --wrap.\n\n{}\n"


class Slurm:
    """One cluster, as the user of this Jupyter server sees it.

    ``cluster`` is its name in the server's settings; by default the first one. ``server`` is
    the address of a Jupyter server; by default the one that started this kernel. Every call
    may raise a :exc:`SlurmError`.
    """

    def __init__(self, cluster: str | None = None, *, server: str | None = None) -> None:
        self._api = shared_api(server)
        self._named = cluster

    @classmethod
    def over(cls, api: SlurmApi, cluster: str | None = None) -> Self:
        """Slurm over a connection that is there already."""
        self = cls.__new__(cls)
        self._api, self._named = api, cluster
        return self

    @property
    def cluster(self) -> str:
        """The cluster's name. Reads it from the server if none was given."""
        return self._api.cluster(self._named)

    def jobs(
        self,
        *,
        all: bool = False,  # noqa: A002 - the name of the option of squeue's kind
        state: Words = (),
        user: Words = (),
        partition: Words = (),
        account: Words = (),
        search: str = "",
        sort: str = "-job_id",
        limit: int = 100,
    ) -> JobList:
        """The queue: your jobs or, with ``all`` or ``user``, everybody's.

        States as for squeue (``R``, ``PENDING``); ``search`` is part of an ID, name, user,
        account or node; ``sort`` a field, with ``-`` in front descending.
        """
        query = {
            "scope": "all" if all or _joined(user) else "mine",
            "state": _joined(state),
            "user": _joined(user),
            "partition": _joined(partition),
            "account": _joined(account),
            "search": search,
            "sort": sort,
            "limit": limit,
        }
        found = self._get("jobs", query)
        caption = tables.caption(found, "job")
        return jobs_table(self._api, self.cluster, found["jobs"], caption)

    def history(
        self,
        days: float = 7.0,
        *,
        all: bool = False,  # noqa: A002 - as in jobs()
        state: Words = (),
        user: Words = (),
        partition: Words = (),
        account: Words = (),
        name: Words = (),
        search: str = "",
        limit: int = 100,
    ) -> JobList:
        """Jobs of the last ``days`` from accounting: yours or, with ``all`` or ``user``, all."""
        query = {
            "scope": "all" if all or _joined(user) else "mine",
            "state": _joined(state),
            "user": _joined(user),
            "partition": _joined(partition),
            "account": _joined(account),
            "name": _joined(name),
            "search": search,
            "limit": limit,
            "start_time": max(0, int(time.time() - days * 86_400)),
        }
        found = self._get("history", query)
        caption = tables.caption(found, "job")
        return history_table(self._api, self.cluster, found["jobs"], caption)

    def nodes(self) -> tables.Table:
        """The nodes, with what is free on each."""
        found = self._get("nodes")
        return tables.nodes_table(found["nodes"], tables.caption(found, "node"))

    def partitions(self) -> tables.Table:
        """The partitions, their limits and what is free."""
        found = self._get("partitions")
        return tables.partitions_table(found["partitions"], tables.caption(found, "partition"))

    def account(self) -> tables.Table:
        """Your accounts, their QOS and limits."""
        return tables.associations_table(self._get("account"))

    def clusters(self) -> tables.Table:
        """The configured clusters and their status."""
        rows = self._api.call("GET", "clusters")["clusters"]
        return tables.clusters_table(rows, tables.count(len(rows), "cluster"))

    def job(self, job_id: str | int) -> Job:
        """One job: ``123``, an array's task ``123_4``, a component ``123+1``.

        Raises :exc:`NotFound`, and :exc:`InvalidRequest` for what is not a job's ID.
        """
        from jupyter_slurm_rest.slurm.models.job_id import parse_job_id

        parse_job_id(job_id)
        return Job(self._api, self.cluster, job_id)

    def submit(
        self,
        script: str | os.PathLike[str] | None = None,
        *,
        args: Sequence[str] = (),
        directory: str | os.PathLike[str] | None = None,
        wrap: str | None = None,
        **options: Any,
    ) -> Job:
        """Submit a script, with options that override its ``#SBATCH`` lines.

        ``script`` is its text (beginning with ``#!``) or its file; ``wrap`` is a command
        instead, as for sbatch. Options have sbatch's names: ``time="1:00:00"``,
        ``cpus_per_task=4``, ``exclusive=True``. The job works in ``directory``, by default
        the current one. Warnings of Slurm go to standard error. Raises
        :exc:`InvalidRequest` for a wrong option and :exc:`Refused`.
        """
        text, file = _script(script, wrap)
        if wrap is not None:
            # As sbatch names it.
            options = {"job_name": "wrap", **options}
        folder = Path(directory) if directory is not None else Path.cwd()
        body: dict[str, Any] = {
            "script": text,
            "options": sbatch_options(options),
            "directory": str(folder.expanduser().absolute()),
            "path": str(file or ""),
        }
        if args:
            body["args"] = [str(one) for one in args]
        cluster = self.cluster
        done = self._api.call("POST", f"clusters/{quote(cluster, safe='')}/jobs", body=body)
        for text in done["warnings"]:
            # As sbatch does; no Python warning, which may be made an error: the job is there.
            print(f"Slurm: {printable(text)}", file=sys.stderr)
        return Job(self._api, cluster, str(done["job_id"]), {})

    def cancel(self, *jobs: Ids, signal: str | int | None = None, **filters: Any) -> tables.Table:
        """Cancel jobs: some, or all of yours that match every filter; a result for each.

        Filters: ``name``, ``state``, ``partition``, ``account``, ``qos``, ``reservation``,
        ``nodes``, or ``all=True``. ``signal`` is sent instead of ending the jobs.
        """
        body: dict[str, Any] = {"action": "cancel"}
        if signal is not None:
            body["signal"] = str(signal)
        if filters.pop("cron", False):
            body["cron"] = True
        if jobs:
            body["job_ids"] = [str(one) for one in jobs]
        if filters:
            states = filters.get("state")
            if states is not None:
                filters["state"] = [one for one in _joined(states).split(",") if one]
            body["filter"] = filters
        if not jobs and not filters:
            raise failed(
                InvalidRequest,
                "cancel: no jobs were named.",
                "Specify jobs, a filter such as name=..., or all=True.",
                field="filter",
            )
        rows = self._api.call("POST", self._path("jobs/actions"), body=body)["results"]
        return tables.results_table(rows, tables.count(len(rows), "job"))

    def close(self) -> None:
        """Close the connection; the next call opens it again."""
        self._api.close()

    def _path(self, resource: str) -> str:
        return f"clusters/{quote(self.cluster, safe='')}/{resource}"

    def _get(self, resource: str, query: dict[str, Any] | None = None) -> Any:
        return self._api.get(self._named, resource, query)

    def __repr__(self) -> str:
        return f"Slurm({self._named!r})" if self._named else "Slurm()"


class AsyncSlurm:
    """:class:`Slurm`, whose calls are coroutines: each runs in a thread.

    They return the same objects. Waiting for a job is ``await job``.
    """

    def __init__(self, cluster: str | None = None, *, server: str | None = None) -> None:
        self._slurm = Slurm(cluster, server=server)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._slurm, name)
        if name.startswith("_") or not callable(call):
            raise AttributeError(f"AsyncSlurm has no coroutine {name}")

        async def run(*args: Any, **options: Any) -> Any:
            return await asyncio.to_thread(call, *args, **options)

        return run


def _joined(words: Words) -> str:
    return words if isinstance(words, str) else ",".join(words)


def _script(script: str | os.PathLike[str] | None, wrap: str | None) -> tuple[str, Path | None]:
    """The script's text, and its file if it has one."""
    if (script is None) == (wrap is None):
        raise failed(InvalidRequest, "submit: give either a script or wrap.", field="script")
    if wrap is not None:
        return _WRAPPED.format(wrap), None
    if isinstance(script, str) and (script.startswith("#!") or "\n" in script):
        return script, None
    file = Path(script or "").expanduser().absolute()
    try:
        return file.read_text(encoding="utf-8"), file
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise failed(
            InvalidRequest,
            f"The script {file} cannot be read: {reason}.",
            "The text of a script must start with #!.",
            field="script",
        ) from None
