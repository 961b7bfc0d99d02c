from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_slurm_rest.slurm.wire.job_records import tasks_of


def bitmap(tasks: set[int]) -> str:
    return hex(sum(1 << task for task in tasks))


@pytest.mark.parametrize(
    ("bits", "tasks"),
    [("0xE", "1-3"), ("0x396", "1-2,4,7-9"), ("0x1", "0"), ("", ""), ("0x0", ""), ("-0x1", "")],
)
def test_tasks_that_accounting_writes_as_bits(bits: str, tasks: str) -> None:
    assert tasks_of(bits) == tasks


def test_no_bits_are_no_tasks() -> None:
    assert tasks_of("4-7") == ""


# As sacct 24.11 printed them.
@pytest.mark.parametrize(
    ("tasks", "at_once", "written"),
    [
        (set(range(6)), 2, "0-5%2"),
        (set(range(6)), 0, "0-5"),
        (set(range(0, 31, 2)), None, "0-30:2"),
        (set(range(0, 31, 2)), 3, "0-30:2%3"),
        ({3, 6, 9}, None, "3,6,9"),
        ({0, 2, 4, 6, 8}, None, "0,2,4,6,8"),
    ],
)
def test_distances_and_how_many_run_at_once(
    tasks: set[int], at_once: int | None, written: str
) -> None:
    assert tasks_of(bitmap(tasks), at_once) == written


def test_what_is_long_is_cut() -> None:
    tasks = {3 * n + n % 2 for n in range(40)}
    shown = "0,4,6,10,12,16,18,22,24,28,30,34,36,40,42,46,48,52,54,58,60,..."
    assert tasks_of(bitmap(tasks)) == shown


def test_a_million_tasks_take_no_time() -> None:
    assert tasks_of("0x" + "f" * 250_000) == "0-999999"
    assert tasks_of("0x" + "9" * 250_000).endswith("...")


@given(st.sets(st.integers(0, 40), min_size=1, max_size=12))
def test_every_task_is_named_once(tasks: set[int]) -> None:
    written = tasks_of(bitmap(tasks))
    named: list[int] = []
    for part in written.split(","):
        ends, _, step = part.partition(":")
        low, _, high = ends.partition("-")
        named += range(int(low), int(high or low) + 1, int(step or 1))
    assert named == sorted(tasks)
