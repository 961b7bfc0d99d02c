"""Words after ``%slurm submit``: options, the script, its arguments."""

from __future__ import annotations

import pytest

from jupyter_slurm_rest.notebook.arguments import split
from jupyter_slurm_rest.notebook.errors import SlurmMagicError
from jupyter_slurm_rest.notebook.submit import read_line


@pytest.mark.parametrize(
    ("line", "options", "file", "arguments"),
    [
        ("--mem 10 run.sh arg1", {"mem": "10"}, "run.sh", ["arg1"]),
        ("--mem 10 run.sh --mem 20 -x", {"mem": "10"}, "run.sh", ["--mem", "20", "-x"]),
        ("run.sh --mem 10 arg1 -x", {"mem": "10"}, "run.sh", ["arg1", "-x"]),
        ("run.sh arg1 --mem 10", {}, "run.sh", ["arg1", "--mem", "10"]),
        ("run.sh -- --mem 10", {}, "run.sh", ["--mem", "10"]),
        ("--mem 10 -- run.sh -x", {"mem": "10"}, "run.sh", ["-x"]),
        (
            "-J 'my job' \"a file.sh\" 'b c' d\\\\ e",
            {"job_name": "my job"},
            "a file.sh",
            ["b c", "d\\", "e"],
        ),
        ("-J 'it is # 1' run.sh", {"job_name": "it is # 1"}, "run.sh", []),
        ("-J hetjob run.sh", {"job_name": "hetjob"}, "run.sh", []),
        ("-N2 -Hn 4 run.sh", {"nodes": "2", "hold": True, "ntasks": "4"}, "run.sh", []),
    ],
)
def test_options_file_and_arguments(
    line: str, options: dict[str, str | bool], file: str, arguments: list[str]
) -> None:
    read = read_line(split(line), takes_file=True)
    assert (read.options, read.file, read.arguments) == (options, file, arguments)


def test_sbatch_gives_the_script_whatever_follows_it() -> None:
    read = read_line(split("run.sh --mem 10"), takes_file=True, sbatch=True)
    assert (read.options, read.arguments) == ({}, ["--mem", "10"])


def test_options_of_the_call_are_not_those_of_the_job() -> None:
    line = "--job mine -W -M solaris --test-only --debug --time 5 arg"
    read = read_line(split(line), takes_file=False)
    assert read.options == {"time": "5"}
    assert (read.job, read.wait, read.cluster, read.test_only) == ("mine", True, "solaris", True)
    assert read.arguments == ["arg"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("--colour=red run.sh", "--colour"),
        ("run.sh --verboze", "--verboze"),
        ("--mem", "--mem needs a value"),
        ("--time=abc run.sh", "abc"),
        ("--job", "--job needs"),
        ("--job= run.sh", "cannot be the name"),
        ("--job class run.sh", "'class' cannot be the name"),
    ],
)
def test_what_is_wrong_is_named(line: str, words: str) -> None:
    with pytest.raises(SlurmMagicError) as raised:
        read_line(split(line), takes_file=True)
    assert words in str(raised.value)
    assert "Line " not in str(raised.value)
