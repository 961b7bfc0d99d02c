"""Tables made from the server's responses."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_slurm_rest.notebook.tables import associations_table, gpus


def association(account: str, parent: str = "", **limits: Any) -> dict[str, Any]:
    unlimited = dict.fromkeys(["max_jobs", "max_wall", "group_jobs", "group_submit_jobs"])
    empty = {"partition": "", "qos": ["normal"], "max_tres_per_job": "", "group_tres": ""}
    names = {"account": account, "parent_account": parent, "is_default": False}
    return {**names, **empty, **unlimited, **limits}


def test_the_account_shows_its_own_limits_and_those_above_it() -> None:
    mine = association("astro", max_jobs=0, max_wall=1440, group_jobs=1)
    above = [
        association("root"),
        association("physics", "root", group_tres="cpu=40", group_submit_jobs=30),
        association("astro", "physics", group_tres="cpu=12,gres/gpu=2"),
    ]
    table = associations_table({"user": "alice", "associations": [mine], "accounts": above})
    row = " ".join(repr(table).split("\n")[1].split())
    assert row == (
        "astro all normal 0 1-00:00:00 yours: 1 running job; astro: cpu=12,gres/gpu=2; "
        "physics: cpu=40, 30 jobs in the queue"
    )


@pytest.mark.parametrize(
    ("tres", "text"),
    [
        (None, ""),
        ({"gpus": 0, "gpu_types": {}}, ""),
        ({"gpus": 2, "gpu_types": {}}, "2"),
        ({"gpus": 2, "gpu_types": {"l40": 2}}, "2 x l40"),
        ({"gpus": 3, "gpu_types": {"a100": 1, "h100": 1}}, "1 x a100, 1 x h100, 1 other"),
    ],
)
def test_gpus_in_words(tres: dict[str, Any] | None, text: str) -> None:
    assert gpus(tres) == text
