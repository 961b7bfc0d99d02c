"""Access: no callers without a login, none that the authorizer denies, no visitors."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import msgspec
import pytest
from jupyter_server.auth import Authorizer, IdentityProvider, User
from tornado.httpclient import HTTPClientError

from jupyter_slurm_rest.queue.pages import Table
from jupyter_slurm_rest.server.app import NAMESPACE, ROUTES
from jupyter_slurm_rest.server.base import MARK
from jupyter_slurm_rest.slurm.errors import Refused
from jupyter_slurm_rest.slurm.models import ExitCode, JobSummary

EXAMPLES = {
    "cluster": "maxwell",
    "job": "12",
    "node": "cpu1",
    "path": "slurm/v0.0.42/ping",
}
VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def _every_verb() -> list[tuple[str, str]]:
    found = []
    for path, handler in ROUTES:
        address = re.sub(r"\{(\w+)\}", lambda m: EXAMPLES[m[1]], path)
        found += [(v, address) for v in VERBS if hasattr(getattr(handler, v.lower()), MARK)]
    return found


def _body(method: str) -> str | None:
    return "{}" if method in ("POST", "PUT", "PATCH") else None


class DenyAll(Authorizer):
    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return False


class ReadOnly(Authorizer):
    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return action == "read" or resource != "slurm"


class Visitor(IdentityProvider):
    """A user other than the owner is logged in."""

    def get_user(self, handler: Any) -> User:
        return User("bob")

    def is_token_authenticated(self, handler: Any) -> bool:
        # As with a token: otherwise it would be the XSRF check that refuses.
        return True


@pytest.mark.parametrize(("method", "path"), _every_verb())
async def test_a_login_is_required(jp_fetch: Any, method: str, path: str) -> None:
    with pytest.raises(HTTPClientError) as caught:
        await jp_fetch(
            NAMESPACE, path, method=method, body=_body(method), headers={"Authorization": ""}
        )
    assert caught.value.code == 403


class TestDenied:
    @pytest.fixture
    def jp_server_config(self, jp_server_config: dict[str, Any]) -> dict[str, Any]:
        jp_server_config["ServerApp"]["authorizer_class"] = DenyAll
        return jp_server_config

    @pytest.mark.parametrize(("method", "path"), _every_verb())
    async def test_the_authorizer_decides(
        self, jp_fetch: Any, slurmrestd: Any, method: str, path: str
    ) -> None:
        with pytest.raises(HTTPClientError) as caught:
            await jp_fetch(NAMESPACE, path, method=method, body=_body(method))
        assert caught.value.code == 403
        assert slurmrestd.seen == []


class TestReadOnly:
    @pytest.fixture
    def jp_server_config(self, jp_server_config: dict[str, Any]) -> dict[str, Any]:
        jp_server_config["ServerApp"]["authorizer_class"] = ReadOnly
        return jp_server_config

    @pytest.mark.parametrize("method", ["POST", "DELETE"])
    async def test_the_proxy_does_not_get_around_it(
        self, jp_fetch: Any, slurmrestd: Any, method: str
    ) -> None:
        path = "clusters/maxwell/rest/slurm/v0.0.42/job/1"
        with pytest.raises(HTTPClientError) as caught:
            await jp_fetch(NAMESPACE, path, method=method, body=_body(method))
        assert caught.value.code == 403
        assert slurmrestd.seen == []

    @pytest.mark.parametrize("path", ["job/1/requeue", "job/1/requeue/", "reconfigure/"])
    async def test_gets_that_change_something_need_write_access(
        self, jp_fetch: Any, slurmrestd: Any, path: str
    ) -> None:
        address = f"clusters/maxwell/rest/slurm/v0.0.45/{path}"
        with pytest.raises(HTTPClientError) as caught:
            await jp_fetch(NAMESPACE, address)
        assert caught.value.code == 403
        assert slurmrestd.seen == []


@pytest.mark.parametrize(
    ("slurm_config", "reads", "writes"),
    [
        ({"owner": "alice"}, 403, 403),
        ({"owner": "alice", "visitors": "read"}, 200, 403),
        ({"owner": "alice", "visitors": "write"}, 200, 422),
        ({"owner": "bob"}, 200, 422),
        ({}, 200, 422),
    ],
)
class TestVisitors:
    @pytest.fixture
    def jp_server_config(self, jp_server_config: dict[str, Any]) -> dict[str, Any]:
        jp_server_config["ServerApp"]["identity_provider_class"] = Visitor
        return jp_server_config

    async def test_only_the_owner_has_access_unless_configured(
        self, jp_fetch: Any, reads: int, writes: int
    ) -> None:
        response = await jp_fetch(NAMESPACE, "clusters", raise_error=False)
        assert response.code == reads
        if reads == 403:
            said = json.loads(response.body)
            assert said["reason"] == "not_owner"
            assert said["message"] == "This server uses Slurm as alice, but you are bob."
        path = "clusters/solaris/jobs/actions"
        response = await jp_fetch(NAMESPACE, path, method="POST", body="{}", raise_error=False)
        assert response.code == writes


class TestEvents:
    """Jupyter's event stream is open to visitors: it may tell them nothing of the jobs."""

    @pytest.fixture
    def slurm_config(self) -> dict[str, Any]:
        return {"owner": "alice"}

    @pytest.fixture
    def jp_server_config(self, jp_server_config: dict[str, Any]) -> dict[str, Any]:
        jp_server_config["ServerApp"]["identity_provider_class"] = Visitor
        return jp_server_config

    async def test_visitors_get_no_job_events(
        self, jp_serverapp: Any, jp_ws_fetch: Any, jp_fetch: Any
    ) -> None:
        line = await jp_ws_fetch("api", "events", "subscribe")
        (app,) = jp_serverapp.extension_manager.extension_apps["jupyter_slurm_rest"]
        watcher = app.context.clusters["maxwell"].watcher
        running = JobSummary(
            id="77", job_id=77, name="secret strategy", user="alice", state="RUNNING"
        )
        failed = msgspec.structs.replace(running, state="FAILED", exit_code=ExitCode(code=3))
        tables = [
            Table(rows={"77": job}, as_of=1000.0 + at, version=at)
            for at, job in enumerate((running, failed))
        ]
        watcher._mine_changed(*tables)
        watcher._events.trouble(Refused("job 77 (secret strategy) is bad"))
        assert [one.job.state for one in watcher.transitions(0)] == ["FAILED"]
        heard = [await asyncio.wait_for(line.read_message(), 20) for _ in range(2)]
        line.close()
        names = [{name for name in json.loads(one) if name[:2] != "__"} for one in heard]
        assert names == [
            {"schema_id", "cluster", "scope", "as_of"},
            {"schema_id", "cluster", "ok"},
        ]
        assert "77" not in heard[1]
        assert "secret" not in str(heard)
        path = "clusters/maxwell/transitions"
        response = await jp_fetch(NAMESPACE, path, params={"since": 0}, raise_error=False)
        assert response.code == 403


async def test_polling_does_not_count_as_activity(jp_fetch: Any, jp_serverapp: Any) -> None:
    before = jp_serverapp.web_app.settings.get("api_last_activity")
    await jp_fetch(NAMESPACE, "clusters")
    assert jp_serverapp.web_app.settings.get("api_last_activity") == before


async def test_reading_stops_when_the_client_disconnects(
    jp_fetch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = asyncio.Event()

    async def slow(*_: Any) -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            stopped.set()
            raise

    monkeypatch.setattr("jupyter_slurm_rest.server.cluster.ClusterResources.node", slow)
    with pytest.raises(HTTPClientError):
        await jp_fetch(NAMESPACE, "clusters/maxwell/nodes/cpu1", request_timeout=0.5)
    await asyncio.wait_for(stopped.wait(), 10)
