"""The requests that are recorded, each under a name, for every API version that has it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

_DAY = 86400


@dataclass(frozen=True)
class Version:
    """An API version such as v0.0.42; `number` is its last part."""

    text: str

    @property
    def number(self) -> int:
        return int(self.text.rpartition(".")[2])


@dataclass(frozen=True)
class Call:
    """One request. `body` is sent as JSON, `raw` as it is; `name` names the file."""

    name: str
    method: str
    path: str
    body: dict[str, Any] | None = None
    raw: str | None = None
    user: str = "alice"

    @property
    def content(self) -> bytes | None:
        if self.raw is not None:
            return self.raw.encode()
        return None if self.body is None else json.dumps(self.body).encode()


def reads(version: Version, ids: dict[str, int]) -> list[Call]:
    """Everything that is read from slurmctld and slurmdbd."""
    slurm, db = f"/slurm/{version.text}", f"/slurmdb/{version.text}"
    steps, array = ids["steps"], ids["array"]
    later = int(time.time()) + _DAY
    paths = {
        "ping": f"{slurm}/ping",
        "diag": f"{slurm}/diag",
        "jobs": f"{slurm}/jobs",
        "jobs_unchanged": f"{slurm}/jobs?update_time={_time(version, later)}",
        "job_steps": f"{slurm}/job/{steps}",
        "job_completed": f"{slurm}/job/{ids['completed']}",
        "job_array": f"{slurm}/job/{array}",
        "job_array_task": f"{slurm}/job/{array}_0",
        "job_het": f"{slurm}/job/{ids['het']}",
        "job_gpu": f"{slurm}/job/{ids['gpu']}",
        "nodes": f"{slurm}/nodes",
        "node_gpu1": f"{slurm}/node/gpu1",
        "partitions": f"{slurm}/partitions",
        "partition_debug": f"{slurm}/partition/debug",
        "reservations": f"{slurm}/reservations",
        "reservation_course": f"{slurm}/reservation/course",
        "db_job_steps": f"{db}/job/{steps}",
        "db_job_completed": f"{db}/job/{ids['completed']}",
        "db_associations": f"{db}/associations",
        "db_qos": f"{db}/qos",
        "db_users": f"{db}/users",
        "db_user_alice": f"{db}/user/alice",
        "db_accounts": f"{db}/accounts",
        "db_clusters": f"{db}/clusters",
        "db_tres": f"{db}/tres",
    }
    if version.number >= 38:
        paths["licenses"] = f"{slurm}/licenses"
    since = int(time.time()) - _DAY
    if version.number <= 38:
        paths["db_jobs"] = f"{db}/jobs?start_time=uts{since}"
        paths["db_jobs_none"] = f"{db}/jobs?start_time=uts{since}&account=nosuchaccount"
    else:
        window = f"users=alice&start_time={_time(version, since)}"
        paths["db_jobs"] = f"{db}/jobs?{window}"
        paths["db_jobs_submitted"] = f"{db}/jobs?{window}&usage_time_as_submit_time=true"
        paths["db_job_script"] = f"{db}/jobs?step={steps}&{window}&show_batch_script=true"
        paths["db_jobs_none"] = f"{db}/jobs?{window}&account=nosuchaccount"
        paths["jobs_bare_time"] = f"{slurm}/jobs?update_time={later}"
        paths["db_associations_alice"] = f"{db}/associations?user=alice"
        paths["db_user_alice_all"] = f"{db}/user/alice?with_assocs=true&with_coords=true"
        paths["jobs_state"] = f"{slurm}/jobs/state"
        paths["jobs_state_one"] = f"{slurm}/jobs/state?job_id={steps}"
        paths["partitions_all"] = f"{slurm}/partitions?flags=ALL"
        paths["shares"] = f"{slurm}/shares"
    if version.number >= 42:
        paths["db_ping"] = f"{db}/ping"
    if version.number >= 44:
        paths["resources_gpu"] = f"{slurm}/resources/{ids['gpu']}"
    return [Call(name, "GET", path) for name, path in paths.items()]


def _time(version: Version, epoch: int) -> str:
    """A time in a query: 24.11 refuses a bare number in v0.0.40 and v0.0.41."""
    return str(epoch) if version.number <= 38 else f"uts{epoch}"


def missing(version: Version, ids: dict[str, int]) -> list[Call]:
    """Requests for what is not there, and requests nobody can read."""
    slurm = f"/slurm/{version.text}"
    return [
        Call("unknown_job", "GET", f"{slurm}/job/999999"),
        Call("unknown_node", "GET", f"{slurm}/node/nosuchnode"),
        Call("unknown_partition", "GET", f"{slurm}/partition/nosuchpartition"),
        Call("unknown_reservation", "GET", f"{slurm}/reservation/nosuchreservation"),
        Call("unknown_endpoint", "GET", f"{slurm}/nosuchendpoint"),
        Call("unknown_version", "GET", "/slurm/v0.0.99/ping"),
        Call("unknown_db_job", "GET", f"/slurmdb/{version.text}/job/999999"),
        Call("wrong_method", "PUT", f"{slurm}/jobs", raw="{}"),
        Call("bad_json", "POST", f"{slurm}/job/submit", raw='{"script": '),
        Call("bad_query", "GET", f"{slurm}/jobs?update_time=yesterday"),
        Call("bad_job_id", "GET", f"{slurm}/job/abc"),
        Call("unknown_job_cancel", "DELETE", f"{slurm}/job/999999"),
        Call("unknown_job_update", "POST", f"{slurm}/job/999999", {"comment": "nobody's"}),
        Call("done_job_cancel", "DELETE", f"{slurm}/job/{ids['completed']}"),
        Call("done_job_update", "POST", f"{slurm}/job/{ids['completed']}", {"comment": "late"}),
        Call("others_job_cancel", "DELETE", f"{slurm}/job/{ids['suspended']}"),
        Call("others_job_update", "POST", f"{slurm}/job/{ids['suspended']}", {"comment": "mine"}),
    ]
