"""Which lines of a script count, and how they are split."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_slurm_rest.slurm.errors import InvalidRequest
from jupyter_slurm_rest.slurm.sbatch import ScriptError, merge, options_of, parse_script


def options(lines: str) -> dict[str, str | bool]:
    return options_of(parse_script(f"#!/bin/sh\n{lines}\necho hi\n"))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("#SBATCH --job-name=a", {"job_name": "a"}),
        ("#SBATCH --job-name a", {"job_name": "a"}),
        ("#SBATCH -J a", {"job_name": "a"}),
        ("#SBATCH -Ja", {"job_name": "a"}),
        ("#SBATCH --job a", {"job_name": "a"}),
        ("#SBATCH\t-n4\t-N 2", {"ntasks": "4", "nodes": "2"}),
        ("#SBATCH--hold", {"hold": True}),
        ("#SLURM -n4", {"ntasks": "4"}),
        ("#SBATCH -Hn4", {"hold": True, "ntasks": "4"}),
        ("#SBATCH -k -koff", {"no_kill": "off"}),
        ("#SBATCH --no-kill -n 2", {"no_kill": True, "ntasks": "2"}),
        ("#SBATCH --exclusive=user --nice", {"exclusive": "user", "nice": True}),
        ('#SBATCH -J "a b" --comment=\'c "d"\'', {"job_name": "a b", "comment": 'c "d"'}),
        (r"#SBATCH -J a\ b --comment=\"", {"job_name": "a b", "comment": '"'}),
        ('#SBATCH --comment=a"b c"d', {"comment": "ab cd"}),
        ("#SBATCH -n4 # -N2", {"ntasks": "4"}),
        ("#SBATCH --comment=a#b -n2", {"comment": "a"}),
        ("#SBATCH -n4 --", {"ntasks": "4"}),
        ("#SBATCH -J\n#SBATCH name", {"job_name": "name"}),
        ("#SBATCH -n1\n#SBATCH -n2", {"ntasks": "2"}),
        ("#SBATCH --tasks-per-node=2", {"ntasks_per_node": "2"}),
        ("#SBATCH --verbose --wrap=x -Q", {}),
        ("#SBATCH", {}),
    ],
)
def test_options_of_a_line(line: str, expected: dict[str, str | bool]) -> None:
    assert options(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "##SBATCH -n4",
        "# SBATCH -n4",
        " #SBATCH -n4",
        "#sbatch -n4",
        "echo\n#SBATCH -n4",
        "  \t# comment\n\nexport X=1\n#SBATCH -n4",
    ],
)
def test_a_line_that_sbatch_does_not_read(line: str) -> None:
    assert options(line) == {}


def test_blank_and_comment_lines_do_not_end_the_search() -> None:
    assert options("\n# comment\n  \t\n   # indented\n#SBATCH -n4") == {"ntasks": "4"}


@pytest.mark.parametrize(
    ("script", "line", "column", "words"),
    [
        ("", 1, 1, "empty"),
        (" \n\t\n", 1, 1, "only whitespace"),
        ("echo hi\n", 1, 1, "#!"),
        ("#!/bin/sh\r\necho hi\r\n", 1, 10, "DOS"),
        ("#!/bin/sh\necho \0\n", 2, 6, "NUL"),
        ("#!/bin/sh\n#SBATCH --no-such\n", 2, 9, "no option --no-such"),
        ("#!/bin/sh\n#SBATCH -n\n", 2, 9, "-n needs a value"),
        ("#!/bin/sh\n#SBATCH -n 4 job\n", 2, 14, '"job" is not an option'),
        ("#!/bin/sh\n#SBATCH --hold=yes\n", 2, 9, "does not take a value"),
        ("#!/bin/sh\n\n#SBATCH --mem-\n", 3, 9, "Use the full name"),
        ('#!/bin/sh\n#SBATCH -J "a\n', 2, 12, "quotation mark"),
        ("#!/bin/sh\n#SBATCH -n 2 : -n 4\n", 2, 14, '":"'),
        ("#!/bin/sh\n#SBATCH --power=level\n", 2, 9, "removed"),
        ("#!/bin/sh\n#PBS -N name\n", 2, 1, "#PBS"),
    ],
)
def test_an_error_says_where_and_what(script: str, line: int, column: int, words: str) -> None:
    with pytest.raises(ScriptError) as caught:
        parse_script(script)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert words in str(caught.value)


def test_a_wrong_value_names_its_line_and_option() -> None:
    script = parse_script("#!/bin/sh\n#SBATCH -n 4 \\\n#SBATCH --time=abc\n")
    with pytest.raises(ScriptError) as caught:
        merge(script)
    assert (caught.value.line, caught.value.column, caught.value.field) == (3, 9, "time")
    assert '"abc" is not a duration' in str(caught.value)


def test_lines_of_another_batch_system_can_be_left_out() -> None:
    assert options("#SBATCH --ignore-pbs\n#PBS -N name") == {"ignore_pbs": True}


def test_words_that_sbatch_skips_are_reported() -> None:
    script = parse_script('#!/bin/sh\n#SBATCH --hold "" -n 4\n#SBATCH hetjob -n 2\n')
    assert len(script.warnings) == 2
    assert '"" -n 4' in script.warnings[0]
    assert "hetjob -n 2" in script.warnings[1]


@given(
    st.lists(
        st.sampled_from(
            [
                *"# \t\n\"'\\-=:4\r\0é",
                "#SBATCH ",
                "--",
                "-n",
                "-J",
                "--time",
                "hetjob",
                "--exclusive",
            ]
        )
        | st.text(max_size=4),
        max_size=40,
    ).map("".join),
    st.booleans(),
)
def test_no_script_raises_anything_but_its_own_error(text: str, started: bool) -> None:
    script = "#!/bin/sh\n#SBATCH " + text if started else text
    lines = script.split("\n")
    refusal = None
    try:
        merge(parse_script(script))
    except ScriptError as problem:
        refusal = problem
    if refusal is not None:
        assert 1 <= refusal.line <= len(lines)
        assert 1 <= refusal.column <= len(lines[refusal.line - 1]) + 1


@given(st.dictionaries(st.text(max_size=12), st.text(max_size=12) | st.booleans() | st.integers()))
def test_no_call_raises_anything_but_a_refusal(call: dict[str, str | bool | int]) -> None:
    with contextlib.suppress(InvalidRequest):
        merge(parse_script("#!/bin/sh\n"), call)


@pytest.mark.parametrize(
    "piece",
    ["#SBATCH -n4\n", "# comment\n", "\\ ", '"a" ', "#SBATCH hetjob\n", "hetjob ", "'", "a", ":"],
)
def test_parsing_time_is_linear(piece: str) -> None:
    def seconds(size: int) -> float:
        text = "#!/bin/sh\n#SBATCH --comment " + piece * (size // len(piece))
        started = time.process_time()
        with contextlib.suppress(ScriptError):
            parse_script(text)
        return time.process_time() - started

    seconds(10_000)
    small = max(seconds(50_000), 0.002)
    assert seconds(200_000) < 4 * small * 5 + 0.2


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("#SBATCH hetjob\n" * 20_000, 129, "at most 128 components"),
        ("#SBATCH -n4\n" * 3000, 2002, "at most 2,000 options"),
        ("#SBATCH -" + "H" * 200_000 + "\n", 2, "at most 2,000 options"),
        ("#SBATCH --comment=" + "x" * 4_000_000 + "\n", 2, "262,144 characters"),
        ("#SBATCH -n4\n" * 300_000, 23833, "262,144 characters"),
    ],
)
def test_oversized_scripts_are_refused(text: str, line: int, words: str) -> None:
    with pytest.raises(ScriptError, match=words) as caught:
        parse_script(f"#!/bin/sh\n{text}")
    assert (caught.value.line, caught.value.field) == (line, "script")
    assert len(caught.value.message) < 200


def test_as_many_components_as_slurm_takes() -> None:
    assert len(merge(parse_script("#!/bin/sh\n" + "#SBATCH hetjob\n" * 127))) == 128
