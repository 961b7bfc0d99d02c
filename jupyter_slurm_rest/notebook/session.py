"""What the commands of ``%slurm`` share in one kernel: the server, the user's variables, names."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Any

from jupyter_slurm_rest.slurm.errors import SlurmError

from .api import SlurmApi
from .errors import SlurmMagicError
from .job import Job
from .slurm import Slurm

#: Seconds after which names are read again, in the background.
_KEPT = 60.0
#: Seconds that a completion waits: enough for what the Jupyter server has at hand.
_PATIENCE = 0.15


class KnownNames:
    """Names that were seen last. Completion never waits for Slurm: old names, or none."""

    def __init__(self, api: SlurmApi) -> None:
        self._api = api
        self._names: dict[str, list[str]] = {}
        self._due = 0.0
        self._reading: threading.Thread | None = None

    def saw_jobs(self, rows: Iterable[dict[str, Any]]) -> None:
        """Remember the ids of jobs that were listed."""
        ids = [str(row["id"]) for row in rows]
        self._names["job"] = list(dict.fromkeys([*ids, *self._names.get("job", [])]))[:1000]

    def of(self, kind: str) -> list[str]:
        """Names of ``kind``: ``partition``, ``account``, ``qos``, ``job`` or ``cluster``."""
        if self._reading is None and time.monotonic() >= self._due:
            self._due = time.monotonic() + _KEPT
            self._reading = threading.Thread(target=self._read, name="slurm-names", daemon=True)
            self._reading.start()
        reading = self._reading
        if reading is not None and kind not in self._names:
            reading.join(_PATIENCE)
        return self._names.get(kind, [])

    def _read(self) -> None:
        try:
            self._read_clusters()
            self._read_jobs()
            self._read_partitions()
            self._read_account()
        except SlurmError:
            pass  # Completion has nothing to say about it; the next command has.
        finally:
            self._reading = None

    def _read_clusters(self) -> None:
        rows = self._api.call("GET", "clusters")["clusters"]
        self._names["cluster"] = [row["name"] for row in rows]

    def _read_jobs(self) -> None:
        query = {"scope": "mine", "limit": 200, "columns": "id"}
        self._names["job"] = [row["id"] for row in self._api.get(None, "jobs", query)["jobs"]]

    def _read_partitions(self) -> None:
        rows = self._api.get(None, "partitions")["partitions"]
        self._names["partition"] = [row["name"] for row in rows]

    def _read_account(self) -> None:
        rows = self._api.get(None, "account")["associations"]
        self._names["account"] = sorted({row["account"] for row in rows})
        self._names["qos"] = sorted({name for row in rows for name in row["qos"]})


class Session:
    """One kernel's connection, and the variables that ``--job`` assigns to."""

    def __init__(self, variables: dict[str, Any]) -> None:
        self.api = SlurmApi()
        self.variables = variables
        self.names = KnownNames(self.api)

    def slurm(self, cluster: str | None = None) -> Slurm:
        """The Python API over this connection."""
        return Slurm.over(self.api, cluster)

    def job(self, job_id: str, cluster: str | None) -> Job:
        """A job, read now."""
        return self.unread_job(job_id, cluster).refresh()

    def unread_job(self, job_id: str, cluster: str | None) -> Job:
        """A job of which only the ID is known. Raises :exc:`InvalidRequest` for other words."""
        # Imported at the first use: lists do not need it.
        from jupyter_slurm_rest.slurm.models.job_id import parse_job_id

        parse_job_id(job_id)
        return Job(self.api, self.api.cluster(cluster), job_id, {})

    def assign(self, name: str | None, job: Job) -> None:
        """Assign ``job`` to the variable ``name``, if there is a name."""
        if name:
            check_variable(name)
            self.variables[name] = job

    def close(self) -> None:
        """Close the connection to the server."""
        self.api.close()


def check_variable(name: str | None) -> None:
    """Raise :exc:`SlurmMagicError` for what cannot be a variable's name."""
    from keyword import iskeyword

    if name is not None and (not name.isidentifier() or iskeyword(name)):
        raise SlurmMagicError(
            f"--job: {name!r} cannot be the name of a variable.", "Write a name such as job."
        )
