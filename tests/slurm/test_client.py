"""The public client: how it is made, and what the package exports."""

from __future__ import annotations

import ast
import inspect
import textwrap

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


def test_the_example_uses_what_is_exported() -> None:
    example = textwrap.dedent((slurm.__doc__ or "").partition("::\n")[2].partition("\n\nEvery")[0])
    names = [
        alias.name
        for node in ast.walk(ast.parse(example))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    assert names
    assert set(names) <= set(slurm.__all__)
    assert all(inspect.isclass(getattr(slurm, name)) for name in names)
