"""sinfo's words for node states, as recorded from real sinfo output."""

from __future__ import annotations

import pytest

from jupyter_slurm_rest.slurm.wire.states import sinfo_state, takes_jobs


@pytest.mark.parametrize(
    ("state", "word", "usable"),
    [
        ("IDLE", "idle", True),
        ("MIXED", "mixed", True),
        ("ALLOCATED", "allocated", True),
        ("ALLOCATED+COMPLETING", "allocated+", True),
        ("IDLE+COMPLETING", "completing", True),
        ("DOWN", "down", False),
        ("DOWN+NOT_RESPONDING", "down*", False),
        ("IDLE+DRAIN", "drained", False),
        ("DOWN+DRAIN", "drained", False),
        ("MIXED+DRAIN", "draining", False),
        ("IDLE+COMPLETING+DRAIN", "draining", False),
        ("IDLE+FAIL", "fail", False),
        ("DOWN+FAIL", "fail", False),
        ("ALLOCATED+FAIL", "failing", False),
        ("MIXED+FAIL", "failing", False),
        ("IDLE+NOT_RESPONDING", "idle*", False),
        ("IDLE+INVALID_REG+DRAIN", "inval", False),
        ("IDLE+CLOUD+POWERED_DOWN", "idle~", True),
        ("IDLE+CLOUD+NOT_RESPONDING+POWERING_UP", "idle#", True),
        ("MIXED+CLOUD+NOT_RESPONDING+POWERING_UP", "mixed#", True),
        ("IDLE+CLOUD+DRAIN+NOT_RESPONDING+POWERING_UP", "drained#", False),
        ("IDLE+CLOUD+DRAIN+POWERED_DOWN", "drained~", False),
        ("DOWN+CLOUD+POWERED_DOWN", "down~", False),
        ("DOWN+CLOUD+NOT_RESPONDING+POWERING_UP", "down#", False),
        ("IDLE+POWERING_DOWN", "idle%", False),
        ("IDLE+POWER_DOWN", "idle!", False),
        ("IDLE+POWERED_DOWN+POWER_DOWN+POWER_DOWN_FORCE", "idle~", False),
        ("IDLE+FAIL+NOT_RESPONDING+POWERED_DOWN+POWER_UP", "fail*", False),
        ("IDLE+RESERVED", "reserved", True),
        ("IDLE+RESERVED+MAINTENANCE", "maint", False),
        ("MIXED+RESERVED+MAINTENANCE", "mixed$", False),
        ("DOWN+MAINTENANCE", "down$", False),
        ("IDLE+DRAIN+MAINTENANCE", "drained$", False),
        ("IDLE+PLANNED", "planned", True),
        ("MIXED+PLANNED", "mixed-", True),
        ("IDLE+BLOCKED", "blocked", False),
        ("IDLE+DRAIN+REBOOT_ISSUED", "reboot^", False),
        ("MIXED+DRAIN+REBOOT_REQUESTED", "draining@", False),
        ("IDLE+EXTERNAL", "idle", False),
        ("FUTURE", "future", False),
        ("UNKNOWN+NOT_RESPONDING", "unknown*", False),
    ],
)
def test_the_word_of_sinfo_and_whether_jobs_start(state: str, word: str, usable: bool) -> None:
    base, *flags = state.split("+")
    assert sinfo_state(base, flags) == word
    assert takes_jobs(base, flags) is usable


def test_before_25_11_a_failing_node_in_part_use_is_called_fail() -> None:
    assert sinfo_state("MIXED", ["FAIL"], mixed_failing=False) == "fail"
