"""``make demo``: which Slurm it brings up, and what it submits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from devcluster import demo
from devcluster.cluster import Cluster
from devcluster.errors import DevclusterError
from devcluster.generations import GENERATIONS

EXAMPLES = Path(demo.__file__).parent / "examples"


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Generations that cannot be installed here; no daemon is started."""
    names: set[str] = set()

    def up(self: Cluster) -> None:
        if self.layout.generation.name in names:
            raise DevclusterError("debootstrap failed")

    monkeypatch.setattr(Cluster, "up", up)
    monkeypatch.setattr(Cluster, "down", lambda _self: None)
    return names


def test_the_newest_slurm_is_brought_up(refused: set[str]) -> None:
    assert set(demo.NEWEST_FIRST) == set(GENERATIONS)
    assert demo._bring_up(demo.NEWEST_FIRST).layout.generation.name == "forky"


def test_an_older_one_where_that_fails(
    refused: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    refused.update({"forky", "trixie"})
    assert demo._bring_up(demo.NEWEST_FIRST).layout.generation.name == "host"
    assert "debootstrap failed" in capsys.readouterr().out
    refused.add("host")
    with pytest.raises(DevclusterError, match="debootstrap failed"):
        demo._bring_up(demo.NEWEST_FIRST)


def test_the_notebook_that_opens_is_a_notebook() -> None:
    notebook = json.loads((EXAMPLES / "first-steps.ipynb").read_text())
    assert notebook["nbformat"] == 4
    assert not any(cell.get("outputs") for cell in notebook["cells"])
