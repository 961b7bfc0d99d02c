"""The manual names what exists, its links resolve, and its tables match their data."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from jupyter_slurm_rest.server.app import SlurmRest
from jupyter_slurm_rest.server.settings import ClusterSettings
from jupyter_slurm_rest.slurm import SlurmClient
from jupyter_slurm_rest.tokens.provider import SOURCES
from tests.real.versions.seen import ROWS, load
from tests.real.versions.table import PAGE, RESULTS, with_table

ROOT = Path(__file__).parent.parent
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text()


def test_every_setting_is_in_the_manual() -> None:
    own = set(SlurmRest.class_own_traits(config=True))
    missing = [name for name in own if f"`{name}`" not in CONFIGURATION and name != "clusters"]
    assert missing == []
    assert [f for f in ClusterSettings.__struct_fields__ if f"`{f}`" not in CONFIGURATION] == []


def test_every_provider_and_its_options_are_in_the_manual() -> None:
    for name, source in SOURCES.items():
        assert f"| `{name}` |" in CONFIGURATION
        for option in inspect.signature(source).parameters:
            assert f"`{option}`" in CONFIGURATION, f"option {option} of provider {name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if "://" in target or target.startswith("#"):
            continue
        path, _, anchor = target.partition("#")
        file = page.parent / path
        assert file.exists(), f"{target} in {page.name}"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text(), re.MULTILINE)
            assert anchor in {_slug(heading) for heading in headings}, target


def test_the_commands_of_the_readme_exist() -> None:
    rules = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in PAGES:
        for target in re.findall(r"^make ([a-z-]+)", page.read_text(), re.MULTILINE):
            assert target in rules, f"make {target} in {page.name}"


def _slug(heading: str) -> str:
    return re.sub(r"[^a-z0-9 -]", "", heading.lower()).strip().replace(" ", "-")


def test_every_call_of_the_client_is_in_the_manual() -> None:
    page = (ROOT / "docs" / "api" / "client.md").read_text()
    client = SlurmClient.from_url("http://127.0.0.1:1", user="alice", token="x")
    # What the package's own server needs.
    internal = {"dialect", "capabilities", "rules", "with_names", "database_jobs"}
    for name, call in vars(client).items():
        if inspect.ismethod(call) and name not in internal:
            where = f"{call.__func__.__module__}.{type(call.__self__).__name__}.{name}"
            assert f".{type(call.__self__).__name__}.{name}\n" in page, where


def test_quoted_messages_are_those_of_the_code() -> None:
    sources = [*(ROOT / "jupyter_slurm_rest").rglob("*.py"), *(ROOT / "src").rglob("*.ts*")]
    # A message may be split over the lines of several literals.
    code = re.sub(r"[\"']\s*f?[\"']", "", "".join(path.read_text() for path in sources))
    for page in (ROOT / "README.md", ROOT / "docs" / "troubleshooting.md"):
        for message in re.findall(r"“([^”]+)”", page.read_text()):
            if message != "Unable to resolve user":  # Other clients' message.
                assert message in code, f"“{message}” in {page.name}"


def test_the_tests_that_prove_claims_exist() -> None:
    references = re.findall(r"`([\w./-]+)::([^`]+)`", (ROOT / "docs" / "claims.md").read_text())
    assert len(references) > 50
    for path, name in references:
        source = (ROOT / path).read_text()
        assert (f"def {name}(" if name.startswith("test_") else name) in source, f"{path}::{name}"


def test_the_page_shows_the_results() -> None:
    page = PAGE.read_text()
    assert page == with_table(page, load(RESULTS)), "run: python -m tests.real.versions.table"


def test_every_result_has_a_row_and_none_is_wrong() -> None:
    cells = [
        cell for some in load(RESULTS).values() for cells in some.values() for cell in cells.items()
    ]
    assert {row for row, _ in cells} <= set(ROWS)
    assert [cell for cell in cells if cell[1] == "wrong"] == []
