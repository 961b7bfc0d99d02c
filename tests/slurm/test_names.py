"""Names of states, and suggestions for misspelled names."""

from __future__ import annotations

import pytest

from jupyter_slurm_rest.queue.filters import in_order
from jupyter_slurm_rest.slurm.accounting import HistoryQuery
from jupyter_slurm_rest.slurm.errors import InvalidRequest
from jupyter_slurm_rest.slurm.models.job_filter import JobFilter
from jupyter_slurm_rest.slurm.names import no_such, state_names


@pytest.mark.parametrize(
    ("written", "names"),
    [
        (["R"], ["RUNNING"]),
        (["cd", "Pd"], ["COMPLETED", "PENDING"]),
        (["running", "R"], ["RUNNING"]),
        (["OOM", "st", "RH"], ["OUT_OF_MEMORY", "STOPPED", "REQUEUE_HOLD"]),
        (["R", "all"], []),
        ([], []),
    ],
)
def test_states_are_written_as_for_squeue(written: list[str], names: list[str]) -> None:
    assert state_names(written) == names


def test_what_is_not_a_state_is_refused_with_the_nearest() -> None:
    with pytest.raises(InvalidRequest, match="'runing' is not a job state") as caught:
        state_names(["R", "runing"])
    assert caught.value.field == "state"
    assert "RUNNING" in caught.value.advice
    with pytest.raises(InvalidRequest) as caught:
        state_names(["xyz"])
    assert "PENDING" in caught.value.advice


def test_the_nearest_of_what_a_cluster_has() -> None:
    assert no_such("partition", "partition", "debgu", ["debug", "gpu"]).advice == (
        "Did you mean debug?"
    )
    assert no_such("user", "user", "ALICE", ["alice", "bob"]).advice == "Did you mean alice?"
    assert no_such("qos", "QOS", "x", ["high", "normal"]).advice == "Available: high, normal."
    many = [f"user{number}" for number in range(100)]
    assert no_such("user", "user", "zzz", many).advice == "Check the spelling."


def test_a_filter_that_cancels_takes_short_states_of_what_lives() -> None:
    short = JobFilter(state=["pd", "S"])
    short.check()
    assert short.states == ["PENDING", "SUSPENDED"]
    with pytest.raises(InvalidRequest, match="COMPLETED"):
        JobFilter(state=["COMPLETED"]).check()
    with pytest.raises(InvalidRequest, match="'all'"):
        JobFilter(state=["all"]).check()


def test_history_and_order_say_what_there_is() -> None:
    with pytest.raises(InvalidRequest, match="'SIGNALING'"):
        HistoryQuery(states=["SIGNALING"]).check()
    with pytest.raises(InvalidRequest, match="'elapse'") as caught:
        in_order([], "-elapse")
    assert caught.value.advice == "Did you mean elapsed?"
