"""The submit form offers what the user may use, and shows limits."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.recorded import recorded_by

from .conftest import Call
from .replay import ReplaySlurmrestd

FORM = "clusters/maxwell/form"


@pytest.fixture
def users(slurmrestd: ReplaySlurmrestd) -> None:
    slurmrestd.play("db_associations_alice", "db_qos", "shares")


async def test_choices_are_those_of_the_user(call: Call, users: None, jp_root_dir: Any) -> None:
    form = (await call("GET", FORM, folder="")).json()
    fields = form["schema"]["properties"]
    assert [one["const"] for one in fields["partition"]["oneOf"]] == ["debug", "long", "gpu"]
    assert {one["const"] for one in fields["account"]["oneOf"]} == {"astro", "particles"}
    assert {one["const"] for one in fields["qos"]["oneOf"]} == {"normal", "high"}
    assert fields["gpus"]["examples"] == ["1", "a100:1"]
    assert form["defaults"] == {
        "chdir": str(jp_root_dir),
        "partition": "debug",
        "account": "astro",
    }
    assert "debug 30 min" in form["uiSchema"]["time"]["ui:help"]
    assert form["uiSchema"]["ui:order"] == list(fields)


async def test_options_to_complete_are_those_that_a_script_may_have(call: Call) -> None:
    options = {one["name"]: one["argument"] for one in (await call("GET", FORM)).json()["options"]}
    assert (options["time"], options["hold"], options["nice"]) == ("required", "none", "optional")
    assert not {"cluster", "wrap", "help", "bbf"} & options.keys()


async def test_a_job_starts_in_the_home_unless_said_otherwise(
    call: Call, users: None, jp_root_dir: Any
) -> None:
    async def directory(**query: str) -> str:
        return str((await call("GET", FORM, **query)).json()["defaults"]["chdir"])

    assert await directory() == str(Path.home().resolve())
    assert await directory(folder="runs/today") == str(jp_root_dir / "runs" / "today")


async def test_without_accounting_it_is_a_field_to_write_in(call: Call) -> None:
    fields = (await call("GET", FORM)).json()["schema"]["properties"]
    assert "oneOf" in fields["partition"]
    assert fields["account"] == {"type": "string", "title": "Account"}
    assert "oneOf" not in fields["qos"]


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("time", ["90", "1:30", "1:30:00", "2-12", "2-12:30:00", "unlimited"], ["abc", "1h", ""]),
        ("mem", ["4096", "4G", "512m"], ["1.5G", "4 GB", "-1"]),
        ("gpus", ["2", "a100:2"], ["a100", "two", "a:b:1"]),
        ("nodes", ["2", "2-4"], ["2-", "many"]),
        ("array", ["1-10", "1-100:2%5", "1,3,7"], ["a-b", "1 2"]),
        ("chdir", ["/home/alice"], ["home"]),
    ],
)
async def test_what_may_be_written(call: Call, field: str, good: list[str], bad: list[str]) -> None:
    pattern = (await call("GET", FORM)).json()["schema"]["properties"][field]["pattern"]
    assert all(re.search(pattern, words) for words in good)
    assert not any(re.search(pattern, words) for words in bad)


async def test_choices_follow_each_other(
    call: Call, users: None, slurmrestd: ReplaySlurmrestd
) -> None:
    partitions = recorded_by("v0.0.45", "partitions")
    body = partitions.json()
    long = next(one for one in body["partitions"] if one["name"] == "long")
    long["qos"]["allowed"] = "high"
    slurmrestd.give(replace(partitions, body=json.dumps(body).encode()))
    form = (await call("GET", FORM)).json()
    offered = form["schema"]["properties"]["partition"]["oneOf"]
    assert [one["const"] for one in offered] == ["debug", "gpu"]
    assert form["uiSchema"]["partition"]["ui:help"] == "Not offered: long (only with QOS high)."
    form = (await call("GET", FORM, qos="high")).json()
    offered = form["schema"]["properties"]["partition"]["oneOf"]
    assert [one["const"] for one in offered] == ["debug", "long", "gpu"]
    assert "partition" not in form["uiSchema"]
