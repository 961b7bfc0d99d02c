"""The administrator's manual matches the code."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from jupyter_slurm_rest.hub.app import SlurmTokenService
from jupyter_slurm_rest.hub.clusters import ClusterConfig
from jupyter_slurm_rest.server.app import SlurmRest
from jupyter_slurm_rest.tokens.provider import SOURCES

ROOT = Path(__file__).parents[2]
MANUAL = sorted((ROOT / "docs/admin").glob("*.md"))
SHIPPED = [path for path in (ROOT / "deploy").rglob("*") if path.is_file()]


@pytest.mark.parametrize("path", MANUAL + SHIPPED, ids=lambda path: path.name)
def test_settings_that_are_named_exist(path: Path) -> None:
    text = path.read_text()
    for name in re.findall(r"SlurmTokenService\.(\w+)", text):
        assert SlurmTokenService.class_traits(config=True).get(name), name
    for name in re.findall(r"c\.SlurmRest\.(\w+)", text):
        assert SlurmRest.class_traits(config=True).get(name), name


@pytest.mark.parametrize("path", MANUAL, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", path.read_text()):
        name, _, anchor = target.partition("#")
        page = path.parent / name if name else path
        assert page.is_file(), target
        titles = re.findall(r"^#+ (.+)$", page.read_text(), re.M)
        anchors = {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}
        assert not anchor or anchor in anchors, target


def test_every_setting_of_a_cluster_is_in_the_manual() -> None:
    text = "".join(path.read_text() for path in MANUAL)
    for name in ClusterConfig.__struct_fields__:
        assert f'"{name}"' in text, name


def test_the_table_of_providers_is_complete() -> None:
    text = (ROOT / "docs/admin/other-sources.md").read_text()
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", text, re.M))
    assert set(rows) == set(SOURCES)
    for name, source in SOURCES.items():
        options = set(inspect.signature(source).parameters) - {"user_claim"}
        named = set(re.findall(r"`(\w+)`", rows[name]))
        assert named == (options if name != "oidc" else {"hub"}), name


def test_every_pitfall_is_covered() -> None:
    text = (ROOT / "docs/admin/security.md").read_text()
    numbers = [int(number) for number in re.findall(r"^\| (\d+) \|", text, re.M)]
    assert numbers == list(range(1, 36))
