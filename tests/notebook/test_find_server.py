"""The kernel finds the server that started it."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_slurm_rest.notebook.find_server import find_server, named_server
from jupyter_slurm_rest.slurm.errors import SlurmError

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """``write(pid, ...)``: the file that a server leaves, as jupyter_server 2.21 does."""
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))

    def file(pid: int, **more: Any) -> Path:
        info = {
            "base_url": "/",
            "hostname": "localhost",
            "password": False,
            "pid": pid,
            "port": 8888,
            "secure": False,
            "sock": "",
            "token": f"t{pid}",
            "url": f"http://localhost:8888/{pid}/",
            **more,
        }
        path = tmp_path / f"jpserver-{pid}.json"
        path.write_text(json.dumps(info))
        return path

    return file


@pytest.fixture
def others() -> Iterator[list[int]]:
    """Processes of this machine that are not this one's parents."""
    started = [subprocess.Popen(["sleep", "600"]) for _ in range(2)]
    yield [process.pid for process in started]
    for process in started:
        process.kill()
        process.wait()


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


def test_a_hub_with_internal_ssl_is_reached_through_its_proxy() -> None:
    environ = {
        "JUPYTERHUB_SERVICE_URL": "https://127.0.0.1:8888/user/alice/",
        "JUPYTERHUB_API_TOKEN": "hub-secret",
        "JUPYTERHUB_SSL_CERTFILE": "/cert.pem",
    }
    with pytest.raises(SlurmError, match="public_url"):
        find_server(environ)
    public = "https://hub.example.org/user/alice/"
    assert find_server({**environ, "JUPYTERHUB_PUBLIC_URL": public}).url == public


def test_the_parent_among_several(write: Write, others: list[int]) -> None:
    for pid in (others[0], os.getppid(), others[1]):
        write(pid)
    assert find_server({}).token == f"t{os.getppid()}"
    write(os.getppid()).unlink()
    assert find_server({"JPY_PARENT_PID": str(others[1])}).token == f"t{others[1]}"


def test_the_only_server(write: Write, others: list[int]) -> None:
    write(others[0], sock="/run/jupyter.sock", base_url="/lab/")
    found = find_server({})
    assert (found.url, found.socket) == ("http://localhost/lab/", "/run/jupyter.sock")


@pytest.mark.parametrize("listens", ["", "::", "*"])
def test_a_machine_whose_name_does_not_resolve(
    write: Write, others: list[int], listens: str
) -> None:
    write(others[0], hostname=listens, url="http://no-such-name:8888/")
    assert find_server({}).url == "http://127.0.0.1:8888/"


def test_an_address_of_its_own(write: Write, others: list[int]) -> None:
    write(others[0], hostname="::1", secure=True, base_url="/a/")
    assert find_server({}).url == "https://[::1]:8888/a/"


def test_files_of_other_machines_on_a_shared_home_stay(write: Write, others: list[int]) -> None:
    # Linux gives no process so high a number: that server runs elsewhere.
    elsewhere, broken = write(5_000_001), write(5_000_002)
    broken.write_text("{")
    write(others[0])
    assert find_server({}).token == f"t{others[0]}"
    assert elsewhere.exists()
    assert broken.exists()


def test_no_running_server(write: Write) -> None:
    write(5_000_001)
    write(10**30)
    with pytest.raises(SlurmError, match="No running Jupyter server"):
        find_server({})


def test_several_and_no_parent(write: Write, others: list[int]) -> None:
    for pid in others:
        write(pid)
    with pytest.raises(SlurmError, match="none of them started this kernel") as caught:
        find_server({})
    url = f"http://localhost:8888/{others[1]}/"
    assert url in str(caught.value)
    assert "secret" not in str(caught.value)
    assert find_server({"JUPYTER_SERVER_URL": url}).token == f"t{others[1]}"


def test_what_the_extension_wrote(write: Write, others: list[int], tmp_path: Path) -> None:
    plain, ours = others
    write(plain)
    url = write(ours).name
    told = {
        "url": f"http://localhost:8888/{ours}/",
        "hostname": "localhost",
        "port": 8888,
        "base_url": "/",
        "pid": ours,
        "host": platform.node(),
        "secret": "of-its-own",
    }
    file = tmp_path / f"slurm-rest-{ours}.json"
    file.write_text(json.dumps(told))
    # The other server has no such file, so it does not have the extension.
    found = find_server({})
    assert (found.secret, found.token) == ("of-its-own", f"t{ours}"), url
    assert found.headers == {"Authorization": "slurm-rest of-its-own"}
    assert found.jupyter_headers == {"Authorization": f"token t{ours}"}
    assert "of-its-own" not in repr(found)
    assert named_server(f"http://localhost:8888/{ours}").secret == "of-its-own"
    # Written on another machine that shares this home.
    file.write_text(json.dumps({**told, "host": "elsewhere"}))
    with pytest.raises(SlurmError, match="none of them started this kernel"):
        find_server({})


def test_a_named_server() -> None:
    found = named_server("https://hub.example.org/user/alice?token=abc")
    assert (found.url, found.token) == ("https://hub.example.org/user/alice/", "abc")
    with pytest.raises(SlurmError, match="not the address of a Jupyter server"):
        named_server("ftp://x")


def test_a_process_that_the_kernel_started(write: Write, others: list[int]) -> None:
    grandparent = Path(f"/proc/{os.getppid()}/stat").read_text().rpartition(")")[2].split()[1]
    for pid in (int(grandparent), *others):
        write(pid)
    assert find_server({}).token == f"t{grandparent}"
