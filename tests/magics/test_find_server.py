"""The kernel finds the server that started it."""

from __future__ import annotations

import os
from typing import Any

import pytest

from jupyter_slurm_rest.magics.errors import SlurmMagicError
from jupyter_slurm_rest.magics.find_server import find_server


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    servers: list[dict[str, Any]] = []
    monkeypatch.setattr("jupyter_server.serverapp.list_running_servers", lambda: iter(servers))
    return servers


def _server(pid: int, **more: Any) -> dict[str, Any]:
    return {"url": f"http://localhost:{pid}/", "token": f"t{pid}", "pid": pid, "sock": "", **more}


@pytest.mark.parametrize(
    ("listens", "url"),
    [
        ("http://127.0.0.1:8888", "http://127.0.0.1:8888/user/alice/"),
        ("http://0.0.0.0:8888/user/alice/", "http://127.0.0.1:8888/user/alice/"),
        ("http://[::]:8888", "http://127.0.0.1:8888/user/alice/"),
        ("https://node7:8888", "https://node7:8888/user/alice/"),
    ],
)
def test_on_a_hub_it_is_in_the_environment(listens: str, url: str) -> None:
    environ = {
        "JUPYTERHUB_SERVICE_URL": listens,
        "JUPYTERHUB_SERVICE_PREFIX": "/user/alice/",
        "JUPYTERHUB_API_TOKEN": "hub-secret",
    }
    found = find_server(environ)
    assert (found.url, found.token) == (url, "hub-secret")
    assert "hub-secret" not in repr(found)


def test_the_parent_among_several(running: list[dict[str, Any]]) -> None:
    running += [_server(1), _server(os.getppid()), _server(3)]
    assert find_server({}).token == f"t{os.getppid()}"
    running[1]["pid"] = 4711
    assert find_server({"JPY_PARENT_PID": "4711"}).token == f"t{os.getppid()}"


def test_the_only_one(running: list[dict[str, Any]]) -> None:
    running.append(_server(1, sock="/run/jupyter.sock"))
    assert find_server({}).socket == "/run/jupyter.sock"


def test_several_and_no_parent(running: list[dict[str, Any]]) -> None:
    # Linux gives no process so high a number: neither can be this one's parent.
    running += [_server(5_000_001), _server(5_000_002)]
    with pytest.raises(SlurmMagicError, match="none of them started this kernel"):
        find_server({})
