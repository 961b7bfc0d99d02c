"""The public client: how it is made, and what the package exports."""

from __future__ import annotations

import ast
import inspect
import math
import textwrap
from typing import Any

import msgspec
import pytest

from jupyter_slurm_rest import slurm
from jupyter_slurm_rest.slurm import InvalidRequest, SlurmClient
from tests.server.replay import ReplaySlurmrestd
from tests.tokens.tokens import make_token


async def test_a_client_from_an_address() -> None:
    token = make_token("alice")
    slurmrestd = ReplaySlurmrestd("v0.0.45")
    slurmrestd.play("ping", "jobs")
    slurmrestd.start()
    try:
        async with SlurmClient.from_url(slurmrestd.url, user="alice", token=token) as client:
            queue = await client.jobs()
    finally:
        slurmrestd.stop()
    assert queue.jobs
    (sent,) = slurmrestd.sent("slurm/jobs")
    headers = {name.lower(): value for name, value in sent.headers.items()}
    assert headers["x-slurm-user-name"] == "alice"
    assert headers["x-slurm-user-token"] == token


@pytest.mark.parametrize(
    ("url", "version"), [("slurm.example.org:6820", "v0.0.42"), ("http://slurm", "0.0.42")]
)
def test_invalid_arguments_are_refused_at_once(url: str, version: str) -> None:
    with pytest.raises(InvalidRequest):
        SlurmClient.from_url(url, user="alice", token="t", api_version=version)


@pytest.mark.parametrize("timeout", [0.0, -1.0, math.inf, math.nan])
def test_a_timeout_that_cannot_be_kept_is_refused(timeout: float) -> None:
    with pytest.raises(InvalidRequest) as caught:
        SlurmClient.from_url("http://slurm", user="alice", token="t", timeout=timeout)
    assert caught.value.field == "timeout"


@pytest.mark.parametrize(
    ("option", "field"),
    [
        ({"ca": "missing.pem"}, "ca"),
        ({"cert": "missing.pem"}, "cert"),
        ({"key": "missing.pem"}, "key"),
        ({"proxy": "socks5://proxy"}, "proxy"),
    ],
)
def test_tls_and_proxy_options_reach_the_transport(option: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        SlurmClient.from_url("https://slurm", user="alice", token="t", **option)
    assert caught.value.field == field


def example() -> str:
    return textwrap.dedent((slurm.__doc__ or "").partition("::\n")[2].partition("\n\nEvery")[0])


async def test_the_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    slurmrestd = ReplaySlurmrestd("v0.0.45")
    slurmrestd.play("ping", "jobs", "submit", "cancel_many")
    slurmrestd.play("job_completed", "cancel", path="slurm/job/35")
    slurmrestd.start()
    defined: dict[str, Any] = {}
    try:
        exec(example(), defined)  # noqa: S102 - the docstring's example
        await defined["main"](slurmrestd.url, "alice", make_token("alice"))
    finally:
        slurmrestd.stop()
    (submitted,) = slurmrestd.sent("slurm/job/submit")
    assert "hostname" in msgspec.json.decode(submitted.body)["script"]
    assert [one.method for one in slurmrestd.sent("slurm/job/35")] == ["GET", "DELETE"]
    assert "PENDING" in capsys.readouterr().out


def test_the_example_uses_what_is_exported() -> None:
    names = [
        alias.name
        for node in ast.walk(ast.parse(example()))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    assert names
    assert set(names) <= set(slurm.__all__)
    assert all(inspect.isclass(getattr(slurm, name)) for name in names)
