"""One recording: a fresh cluster, a queue, every call on every API version, the daemons down."""

from __future__ import annotations

import json
import time
from functools import partial
from pathlib import Path

from devcluster import rest
from devcluster.cluster import Cluster
from devcluster.record import calls, changes
from devcluster.record.calls import Call, Version
from devcluster.record.queue import Queue
from devcluster.record.store import Store

_INSTANCE = "record"
_OLDEST = 37


def record(generation: str, folder: Path) -> None:
    """Record a generation's responses under `folder`/<release>, replacing older ones."""
    cluster = Cluster(generation, _INSTANCE)
    cluster.down()
    cluster.up()
    queue = Queue(cluster)
    try:
        queue.fill()
        session = _Session(cluster, Store(folder, cluster.release))
        session.run(queue.ids)
    finally:
        queue.clean()
        cluster.down()


class _Session:
    def __init__(self, cluster: Cluster, store: Store) -> None:
        self._cluster = cluster
        self._store = store
        self._tokens = {user: cluster.token(user) for user in ("alice", "root")}
        served = rest.api_versions(cluster.url, "alice", self._tokens["alice"])
        versions = [Version(text) for text in served]
        # Nothing here speaks an older one.
        self._versions = [version for version in versions if version.number >= _OLDEST]

    def run(self, ids: dict[str, int]) -> None:
        self._node_states()
        for version in self._versions:
            for call in calls.reads(version, ids) + calls.missing(version, ids):
                self._send(version, call)
            self._bad_tokens(version)
        for version in self._versions:
            changes.send_changes(version, partial(self._send, version))
        self._nodes_down()
        job = f"job/{ids['completed']}"
        self._without("slurmdbd", {"partitions": "partitions", "job": job})
        self._without("slurmctld", {"ping": "ping", "jobs": "jobs", "nodes": "nodes", "job": job})
        self._store.finish()

    def _send(self, version: Version, call: Call) -> int | None:
        headers = rest.credentials(call.user, self._tokens[call.user])
        return self._send_with(version, call, headers)

    def _send_with(self, version: Version, call: Call, headers: dict[str, str]) -> int | None:
        if call.content is not None:
            headers = {**headers, "Content-Type": "application/json"}
        headers["Accept"] = "application/json"
        url = self._cluster.url
        response = rest.request(url, call.method, call.path, headers, call.content, timeout=120)
        self._store.put(version, call, response)
        try:
            parsed = json.loads(response.body)
        except ValueError:
            return None
        return parsed.get("job_id") if isinstance(parsed, dict) else None

    def _bad_tokens(self, version: Version) -> None:
        good = self._tokens["alice"]
        expired = self._cluster.token("alice", lifespan=1)
        time.sleep(2)  # the shortest life a token can have, and a second more
        headers = {
            "none": {},
            "no_name": {"X-SLURM-USER-TOKEN": good},
            "garbage": rest.credentials("alice", "garbage"),
            "bad_signature": rest.credentials("alice", good[:-6] + "AAAAAA"),
            "expired": rest.credentials("alice", expired),
            "wrong_name": rest.credentials("bob", good),
        }
        for kind, sent in headers.items():
            nodes = Call(f"token_{kind}", "GET", f"/slurm/{version.text}/nodes")
            self._send_with(version, nodes, sent)
            qos = Call(f"token_{kind}_db", "GET", f"/slurmdb/{version.text}/qos")
            self._send_with(version, qos, sent)

    def _node_states(self) -> None:
        """gpu2 drained; cpu1, cpu2 and gpu1 have jobs."""
        self._update_node("gpu2", "drain", "replace a fan")

    def _nodes_down(self) -> None:
        self._update_node("gpu2", "down", "power supply broken")
        self._update_node("cpu2", "drain", "kernel update")
        for version in self._versions:
            self._send(version, Call("nodes_down", "GET", f"/slurm/{version.text}/nodes"))

    def _update_node(self, node: str, state: str, reason: str) -> None:
        change = [f"NodeName={node}", f"State={state}", f"Reason={reason}"]
        self._cluster.run(["scontrol", "update", *change])

    def _without(self, daemon: str, paths: dict[str, str]) -> None:
        """The same requests, and a submission, while a daemon is stopped."""
        self._cluster.stop(daemon)
        for version in self._versions:
            slurm, db = f"/slurm/{version.text}", f"/slurmdb/{version.text}"
            for name, path in paths.items():
                self._send(version, Call(f"no_{daemon}_{name}", "GET", f"{slurm}/{path}"))
            body = changes.submission(version)
            submit = f"{slurm}/job/submit"
            self._send(version, Call(f"no_{daemon}_submit", "POST", submit, body))
            self._send(version, Call(f"no_{daemon}_db_qos", "GET", f"{db}/qos"))
        self._cluster.start(daemon)
