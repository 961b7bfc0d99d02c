from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .rig import KEY, FakeHub, server_model, write_key
from .shared_rig import Slurmrestd


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return write_key(tmp_path / "jwt_hs256.key", KEY)


@pytest.fixture
def hub() -> FakeHub:
    """A hub where alice and bob each have a server."""
    return FakeHub({"alice-server": server_model("alice"), "bob-server": server_model("bob")})


@pytest.fixture
def slurmrestd() -> Iterator[Slurmrestd]:
    server = Slurmrestd()
    server.start()
    yield server
    server.stop()
