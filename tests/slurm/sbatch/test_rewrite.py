"""Changing options in a script without changing anything else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_slurm_rest.slurm.errors import InvalidRequest
from jupyter_slurm_rest.slurm.sbatch import options_of, parse_script, rewrite

_SCRIPT = """#!/bin/bash -l
# Written by me.
#SBATCH -J "my job" --time=1:30:00   # how long
#SBATCH -N2-4 -n 8 --mem=4G
#SBATCH -Hc4

#SBATCH --exclusive
  # indented
module load x
#SBATCH --time=9
srun ./a.out"""


def test_only_the_lines_of_changed_options_change() -> None:
    changed = rewrite(
        _SCRIPT, {"time": "2:00", "nodes": "3", "ntasks": 9, "exclusive": "user", "qos": "high"}
    )
    assert changed == _SCRIPT.replace("--time=1:30:00", "--time=2:00").replace(
        "-N2-4 -n 8", "-N3 -n 9"
    ).replace("#SBATCH --exclusive\n", "#SBATCH --exclusive=user\n#SBATCH --qos=high\n")


def test_removed_options_take_empty_lines_with_them_but_no_comment() -> None:
    changed = rewrite(
        _SCRIPT, {"exclusive": False, "job_name": None, "time": "", "hold": False, "mem": None}
    )
    assert "\n# how long\n" in changed
    assert "#SBATCH -N2-4 -n 8\n" in changed
    assert "#SBATCH --cpus-per-task=4\n" in changed
    assert "--exclusive" not in changed
    assert changed.count("\n") == _SCRIPT.count("\n") - 1


def test_an_option_that_is_new_goes_behind_the_others() -> None:
    assert rewrite("#!/bin/sh", {"time": 5}) == "#!/bin/sh\n#SBATCH --time=5"
    assert rewrite("#!/bin/sh\n# why\n#SBATCH -n2\nx\n", {"hold": True}) == (
        "#!/bin/sh\n# why\n#SBATCH -n2\n#SBATCH --hold\nx\n"
    )


def test_of_a_heterogeneous_job_the_first_component_changes() -> None:
    script = "#!/bin/sh\n#SBATCH -n1\n#SBATCH hetjob\n#SBATCH -n2\n"
    assert rewrite(script, {"ntasks": 4, "time": "5"}) == (
        "#!/bin/sh\n#SBATCH -n4\n#SBATCH --time=5\n#SBATCH hetjob\n#SBATCH -n2\n"
    )


def test_a_repeated_option_is_said_once_afterwards() -> None:
    script = "#!/bin/sh\n#SBATCH -n1\n#SBATCH -n2 -N1\n"
    assert rewrite(script, {"ntasks": 4}) == "#!/bin/sh\n#SBATCH -n4 -N1\n"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"no_such": "1"}, "no_such"),
        ({"hold": "yes"}, "hold"),
        ({"comment": "a\nb"}, "comment"),
        ({"time": True}, "time"),
    ],
)
def test_what_cannot_be_written_is_refused(changes: dict[str, str | bool], field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        rewrite(_SCRIPT, changes)
    assert caught.value.field == field


_values = st.text(
    st.characters(exclude_characters="\n\0\r", exclude_categories=["Cs"]), min_size=1, max_size=12
)
_known = {"job_name": "-J", "comment": "--comment", "account": "--acco", "constraint": "-C"}


def _written(words: str) -> str:
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'


@st.composite
def _scripts(draw: st.DrawFn) -> str:
    lines = ["#!/bin/sh"]
    for _ in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from(["option", "two", "flags", "comment", "blank"]))
        name, other = (draw(st.sampled_from(sorted(_known.values()))) for _ in "ab")
        value, more = _written(draw(_values)), _written(draw(_values))
        remark = draw(st.sampled_from(["", " # remark", "  #"]))
        lines.append(
            {
                "option": f"#SBATCH {name} {value}{remark}",
                "two": f"#SBATCH\t{name} {value} {other} {more}{remark}",
                "flags": f"#SBATCH -HO{remark}",
                "comment": f"# {draw(_values)}",
                "blank": draw(st.sampled_from(["", "  ", "\t#"])),
            }[kind]
        )
    return "\n".join([*lines, "echo done", *draw(st.lists(_values, max_size=2))])


def _others(script: str) -> list[str]:
    """The lines that are neither a directive nor the remark of one."""
    lines = script.split("\n")
    return [line for line in lines if not line.startswith("#SBATCH") and line != "# remark"]


_changes = st.dictionaries(
    st.sampled_from([*_known, "partition", "hold", "overcommit", "qos"]), st.none() | _values
).map(
    lambda changes: {
        name: (words is not None if name in ("hold", "overcommit") else words)
        for name, words in changes.items()
    }
)


@given(_scripts(), _changes)
def test_a_round_trip_loses_nothing(script: str, changes: dict[str, str | bool | None]) -> None:
    before = options_of(parse_script(script))
    changed = rewrite(script, changes)
    removed = {name for name, value in changes.items() if value in (None, False)}
    expected = {n: v for n, v in (before | changes).items() if n not in removed}
    assert options_of(parse_script(changed)) == expected
    # What is no directive stays, in its order.
    assert _others(changed) == _others(script)
    # And so do remarks behind options, on lines of their own where no option is left.
    assert changed.count("remark") == script.count("remark")
    assert not re.search(r"^#SBATCH\s*(#.*)?$", changed, re.MULTILINE)


@given(_scripts())
def test_no_changes_keep_the_script(script: str) -> None:
    assert rewrite(script, {}) == script
    same = options_of(parse_script(script))
    assert options_of(parse_script(rewrite(script, same))) == same
