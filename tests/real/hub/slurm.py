"""Ask the token service and slurmrestd directly, as someone outside the extension would."""

from __future__ import annotations

import json
from typing import Any

import httpx
import jwt

from devcluster import Cluster, rest
from devcluster.jupyterhub import Hub


def ask_service(hub: Hub, cluster: str, hub_token: str, **request: Any) -> httpx.Response:
    """POST for a token over the service's socket."""
    headers = {"Authorization": f"token {hub_token}", **request.pop("headers", {})}
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(hub.socket))) as client:
        url = f"http://localhost/services/slurm-token/clusters/{cluster}/token"
        return client.post(url, headers=headers, **request)


def owner_of(token: str) -> str:
    """The user a token is for."""
    return str(jwt.decode(token, options={"verify_signature": False})["sun"])


def newest_version(cluster: Cluster) -> str:
    return rest.api_versions(cluster.url, "alice", cluster.token("alice"))[-1]


def slurm_accepts(cluster: Cluster, token: str, user: str | None = None) -> bool:
    """Whether slurmctld answers a call with this token (and this user's name)."""
    headers = {"X-SLURM-USER-TOKEN": token, "X-SLURM-USER-NAME": user or "alice"}
    path = f"/slurm/{newest_version(cluster)}/partitions"
    response = rest.request(cluster.url, "GET", path, headers)
    return response.status == 200 and bool(json.loads(response.body).get("partitions"))


def queue(cluster: Cluster) -> dict[str, str]:
    """Owner of each job in the queue, by job id."""
    lines = cluster.run(["squeue", "--noheader", "--format=%i %u"]).stdout.splitlines()
    return dict(line.split() for line in lines)


def rest_json(
    cluster: Cluster, method: str, path: str, token: str, user: str, body: dict[str, Any]
) -> dict[str, Any]:
    """Send JSON to slurmrestd and read the response, which must be a success."""
    headers = {"X-SLURM-USER-TOKEN": token, "X-SLURM-USER-NAME": user}
    response = httpx.request(method, cluster.url + path, headers=headers, json=body)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found
