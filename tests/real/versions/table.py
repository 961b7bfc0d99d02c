"""The table of docs/slurm-versions.md: ``python -m tests.real.versions.table`` writes it."""

from __future__ import annotations

import re
from pathlib import Path

from tests.real.versions.seen import ROWS, Results, load
from tests.recorded import PAIRS

DOCS = Path(__file__).parents[3] / "docs"
RESULTS = DOCS / "slurm-versions.json"
PAGE = DOCS / "slurm-versions.md"
_BEGIN = "<!-- Test results by release: written by tests/real/versions/table.py -->"
_END = "<!-- End of the test results -->"

_WORDS = {"right": "works", "refused": "unsupported", "wrong": "**wrong**"}
#: Not among the requests that are recorded.
_NEVER_RECORDED = ("requeue", "suspend and resume")


def table(results: Results) -> str:
    """One table for each release, its API versions side by side."""
    versions: dict[str, set[str]] = {}
    for release, version in [*PAIRS, *((r, v) for r, some in results.items() for v in some)]:
        versions.setdefault(release, set()).add(version)
    return "\n\n".join(
        _release(release, sorted(versions[release]), results) for release in sorted(versions)
    )


def _release(release: str, versions: list[str], results: Results) -> str:
    lines = [
        f"### Slurm {release}",
        "",
        f"|  | {' | '.join(versions)} |",
        f"| --- |{' --- |' * len(versions)}",
    ]
    for row in ROWS:
        cells = [_cell(release, version, row, results) for version in versions]
        lines.append(f"| {row} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(release: str, version: str, row: str, results: Results) -> str:
    outcome = results.get(release, {}).get(version, {}).get(row)
    if outcome is not None:
        return _WORDS[outcome]
    recorded = (release, version) in PAIRS and row not in _NEVER_RECORDED
    return "recorded only" if recorded else "not tested"


def with_table(page: str, results: Results) -> str:
    """``page`` with the table between its marks brought up to date."""
    between = re.compile(f"{re.escape(_BEGIN)}.*{re.escape(_END)}", re.DOTALL)
    if not between.search(page):
        raise ValueError(f"{PAGE} has no place for the table: {_BEGIN} ... {_END}")
    whole = f"{_BEGIN}\n\n{table(results)}\n\n{_END}"
    return between.sub(lambda _: whole, page)


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(), load(RESULTS)))
