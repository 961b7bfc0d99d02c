from __future__ import annotations

import pytest

from jupyter_slurm_rest.slurm.wire.submit import new_mark, without_mark


def test_a_mark_is_invisible_where_the_person_looks() -> None:
    assert without_mark(new_mark()) == ""
    assert without_mark(f"/home/alice/run.sh#{new_mark()}") == "/home/alice/run.sh"


def test_no_two_are_alike() -> None:
    assert new_mark() != new_mark()


@pytest.mark.parametrize("text", ["", "/home/alice/a#b.sh", "jsr-notes", "see jsr-1"])
def test_other_texts_stay(text: str) -> None:
    assert without_mark(text) == text
