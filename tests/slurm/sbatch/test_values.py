"""Values of options, as Slurm reads them."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_slurm_rest.slurm.sbatch import OPTIONS, Option, placement
from jupyter_slurm_rest.slurm.sbatch import times as durations
from jupyter_slurm_rest.slurm.sbatch import times as moments
from jupyter_slurm_rest.slurm.sbatch import values as amounts
from jupyter_slurm_rest.slurm.sbatch import values as choices


@pytest.mark.parametrize(
    ("words", "minutes"),
    [
        ("90", 90),
        ("1:30", 2),
        ("90:00", 90),
        ("1:30:00", 90),
        ("0:0:1", 1),
        ("2-12", 3600),
        ("2-12:30", 3630),
        ("2-12:30:15", 3631),
        ("1-", 1440),
        ("UNLIMITED", "UNLIMITED"),
        ("infinite", "UNLIMITED"),
        ("-1", "UNLIMITED"),
        ("0", "UNLIMITED"),
    ],
)
def test_time_limits(words: str, minutes: int | str) -> None:
    assert durations.time_limit(words) == minutes


@pytest.mark.parametrize("words", ["", "abc", "1:", ":30", "1::2", "1-2-3", "1:2-3", "1.5", "1h"])
def test_invalid_durations_are_refused(words: str) -> None:
    with pytest.raises(ValueError, match="1:30:00"):
        durations.seconds(words)


@pytest.mark.parametrize(
    ("words", "size"),
    [
        ("4096", 4096),
        ("4G", 4096),
        ("4gb", 4096),
        ("1T", 1048576),
        ("512M", 512),
        ("1K", 1),
        ("1025k", 2),
        ("0", 0),
    ],
)
def test_memory_in_mib(words: str, size: int) -> None:
    assert amounts.mebibytes(words) == size


@pytest.mark.parametrize("words", ["1.5G", "-1", "4X", "G", "", "4 G", "4GiB"])
def test_memory_that_slurm_refuses(words: str) -> None:
    with pytest.raises(ValueError, match="4G"):
        amounts.mebibytes(words)


@pytest.mark.parametrize(
    ("words", "least", "most"),
    [
        ("4", 4, 4),
        ("2-4", 2, 4),
        ("1k", 1024, 1024),
        ("2-8:2", 2, 8),
        ("1,2,4", 1, 4),
        ("-3", 1, 3),
    ],
)
def test_numbers_of_nodes(words: str, least: int, most: int) -> None:
    count = amounts.nodes(words)
    assert (count.least, count.most) == (least, most)


@pytest.mark.parametrize("words", ["4-2", "a", "5-", "1,a", "", "2-99999999999"])
def test_invalid_numbers_of_nodes(words: str) -> None:
    with pytest.raises(ValueError, match="nodes"):
        amounts.nodes(words)


@pytest.fixture
def noon() -> float:
    """Thursday 2026-06-11 12:00:00, local time."""
    return time.mktime((2026, 6, 11, 12, 0, 0, 0, 0, -1))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("now", (2026, 6, 11, 12, 0, 0)),
        ("now+1hour", (2026, 6, 11, 13, 0, 0)),
        ("now + 2 days", (2026, 6, 13, 12, 0, 0)),
        ("now+90", (2026, 6, 11, 12, 1, 30)),
        ("16:00", (2026, 6, 11, 16, 0, 0)),
        ("4:30pm", (2026, 6, 11, 16, 30, 0)),
        ("11:59", (2026, 6, 12, 11, 59, 0)),
        ("12:00am", (2026, 6, 12, 0, 0, 0)),
        ("midnight", (2026, 6, 12, 0, 0, 0)),
        ("teatime", (2026, 6, 11, 16, 0, 0)),
        ("tomorrow", (2026, 6, 12, 0, 0, 0)),
        ("tomorrow noon", (2026, 6, 12, 12, 0, 0)),
        ("2030-01-20", (2030, 1, 20, 0, 0, 0)),
        ("2030-01-20T12:34:00", (2030, 1, 20, 12, 34, 0)),
        ("0120", (2027, 1, 20, 0, 0, 0)),
        ("12/31/26", (2026, 12, 31, 0, 0, 0)),
        ("12/31-08:30", (2026, 12, 31, 8, 30, 0)),
    ],
)
def test_points_in_time(words: str, expected: tuple[int, ...], noon: float) -> None:
    assert time.localtime(moments.epoch(words, noon))[:6] == expected


@pytest.mark.parametrize("words", ["", "soon", "25:00", "12:61", "13/01", "now+", "now+1fortnight"])
def test_invalid_times(words: str, noon: float) -> None:
    with pytest.raises(ValueError, match=r"now\+1hour"):
        moments.epoch(words, noon)


def test_warning_signals() -> None:
    assert choices.warning_signal("USR1") == choices.EndWarning("USR1", 60)
    assert choices.warning_signal("B:sigusr1@120") == choices.EndWarning("USR1", 120, batch=True)
    assert choices.warning_signal("RB:10") == choices.EndWarning("USR1", 60, True, True)
    for words in ("", "NOPE", "USR1@", "USR1@70000", "@60"):
        with pytest.raises(ValueError, match="USR1@120"):
            choices.warning_signal(words)


def test_mail_types() -> None:
    assert choices.mail_type("end,fail") == ["END", "FAIL"]
    assert choices.mail_type("BEGIN,NONE") == []
    assert "STAGE_OUT" in choices.mail_type("ALL")
    with pytest.raises(ValueError, match="ENDS"):
        choices.mail_type("END,ENDS")


def test_distributions() -> None:
    assert placement.distribution("block:*:*") == "block:cyclic:cyclic"
    assert placement.distribution("Cyclic,Pack") == "cyclic,pack"
    assert placement.distribution("plane=4") == "plane=4"
    for words in ("plane", "plane=0", "diagonal", "block,heap", ""):
        with pytest.raises(ValueError, match="plane"):
            placement.distribution(words)


def test_memory_bindings() -> None:
    binding = placement.memory_binding("verbose,map_mem:0,1*2,prefer")
    assert (binding.kind, binding.values, binding.verbose, binding.prefer) == (
        "MAP",
        "0,1,1",
        True,
        True,
    )
    assert placement.memory_binding("none").kind == "NONE"
    with pytest.raises(ValueError, match="map_mem"):
        placement.memory_binding("map_mem:")


@given(st.sampled_from(OPTIONS), st.text(max_size=30) | st.from_regex(r"[0-9:@,\-+=a-zA-Z ]{0,20}"))
def test_a_value_is_read_or_refused(option: Option, words: str) -> None:
    with contextlib.suppress(ValueError):
        option.read(words)
