"""The form offers what this person may use, and says what the limits are."""

from __future__ import annotations

import re
from typing import Any

import pytest

from jupyter_slurm_rest.server.submit_form import may_use
from jupyter_slurm_rest.slurm.models import Account, Association, Partition

from .conftest import Call
from .replay import ReplaySlurmrestd

FORM = "clusters/maxwell/form"


@pytest.fixture
def people(slurmrestd: ReplaySlurmrestd) -> None:
    slurmrestd.play("db_associations_alice", "db_qos", "shares")


async def test_choices_are_the_persons(call: Call, people: None, jp_root_dir: Any) -> None:
    form = (await call("GET", FORM)).json()
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


@pytest.mark.parametrize(
    ("limits", "usable"),
    [
        ({}, True),
        ({"allow_accounts": ["astro"]}, True),
        ({"allow_accounts": ["chemistry"]}, False),
        ({"deny_accounts": ["astro"]}, True),
        ({"deny_accounts": ["astro", "particles"]}, False),
    ],
)
def test_partitions_for_other_accounts_are_not_offered(
    limits: dict[str, Any], usable: bool
) -> None:
    mine = [Association(account=name) for name in ("astro", "particles")]
    account = Account(user="alice", associations=mine)
    assert may_use(Partition(name="p", state="UP", **limits), account) is usable
