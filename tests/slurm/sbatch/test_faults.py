"""Every fault of a script is found, with what was most likely meant."""

from __future__ import annotations

import pytest

from jupyter_slurm_rest.slurm.sbatch.faults import find_faults
from jupyter_slurm_rest.slurm.sbatch.suggestions import suggest

SCRIPT = """#!/bin/bash
#SBATCH --partiton=gpu --time=1day
#SBATCH -t 2h --gpus=1   # a comment
#SBATCH --mem=1.5G
#SBATCH --nodes=many
#SBATCH --colour=red
srun hostname
"""


def mended(script: str) -> str:
    lines = script.split("\n")
    for fault in reversed(find_faults(script)):
        if (new := fault.replacement) is not None:
            line = lines[fault.line - 1]
            lines[fault.line - 1] = line[: new.column - 1] + new.text + line[new.end_column - 1 :]
    return "\n".join(lines)


def test_all_faults_are_found_in_order() -> None:
    found = [(fault.line, fault.column, fault.field) for fault in find_faults(SCRIPT)]
    assert found == [
        (2, 9, "script"),
        (2, 24, "time"),
        (3, 9, "time"),
        (4, 9, "mem"),
        (5, 9, "nodes"),
        (6, 9, "script"),
    ]


def test_what_was_meant_is_known_of_some() -> None:
    assert mended(SCRIPT).split("\n")[1:4] == [
        "#SBATCH --partition=gpu --time=1-00:00:00",
        "#SBATCH -t 02:00:00 --gpus=1   # a comment",
        "#SBATCH --mem=1536M",
    ]
    assert [fault.line for fault in find_faults(mended(SCRIPT))] == [5, 6]


def test_a_script_without_interpreter_has_its_other_faults_too() -> None:
    found = find_faults("echo\n#SBATCH --time=x\n")
    assert [fault.line for fault in found][:1] == [1]
    found = find_faults("#!/bin/sh\r\n#SBATCH --time=x\r\n")
    assert [(fault.line, fault.field) for fault in found] == [(1, "script"), (2, "time")]


def test_the_options_of_a_quoted_line_are_looked_at_once() -> None:
    (fault,) = find_faults('#!/bin/sh\n#SBATCH --comment="a b" --tyme=1\n')
    assert (fault.line, fault.column) == (2, 25)


@pytest.mark.parametrize("script", ["", "   ", "#!/bin/sh\n", "\0", "#!/bin/sh\n#SBATCH 'x\n"])
def test_it_ends(script: str) -> None:
    assert len(find_faults(script)) <= 2


@pytest.mark.parametrize(
    ("field", "words", "value"),
    [
        ("time", "1day", "1-00:00:00"),
        ("time", "90min", "01:30:00"),
        ("time", "1h30m", "01:30:00"),
        ("time", "1.5 hours", "01:30:00"),
        ("time", "1d 12h", "1-12:00:00"),
        ("time", "soon", ""),
        ("time", "0h", ""),
        ("mem", "1.5G", "1536M"),
        ("mem", "4 GiB", "4096M"),
        ("mem", "lots", ""),
        ("job_name", "1day", ""),
    ],
)
def test_suggestions(field: str, words: str, value: str) -> None:
    assert suggest(field, words) == value
