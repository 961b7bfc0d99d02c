"""The table of what was seen on which Slurm is that of the results beside it."""

from __future__ import annotations

from tests.real.versions.seen import ROWS, load
from tests.real.versions.table import PAGE, RESULTS, with_table


def test_the_page_shows_the_results() -> None:
    page = PAGE.read_text()
    assert page == with_table(page, load(RESULTS)), "run: python -m tests.real.versions.table"


def test_every_result_has_a_row_and_none_is_wrong() -> None:
    cells = [
        cell for some in load(RESULTS).values() for cells in some.values() for cell in cells.items()
    ]
    assert {row for row, _ in cells} <= set(ROWS)
    assert [cell for cell in cells if cell[1] == "wrong"] == []
