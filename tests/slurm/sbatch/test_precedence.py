"""Options given twice, as each release's sbatch takes them."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_slurm_rest.slurm.sbatch import JobSpec, ScriptError, merge, parse_script
from jupyter_slurm_rest.slurm.wire.version import ANY_SBATCH, SubmissionRules, capabilities_of

_VERSIONS = {"22.05.8": "v0.0.38", "23.11.11": "v0.0.40", "24.11.5": "v0.0.42"}


def rules(release: str) -> SubmissionRules:
    return capabilities_of(_VERSIONS.get(release, "v0.0.45"), release).submission


def spec(lines: str, release: str = "", **more: Any) -> JobSpec:
    script = "#!/bin/sh\n" + "".join(f"#SBATCH {line}\n" for line in lines.split(" | "))
    known = rules(release) if release else ANY_SBATCH
    (found,) = merge(parse_script(script), rules=known, **more)
    return found


@pytest.mark.parametrize(
    ("release", "lines", "events"),
    [
        ("22.05.8", "--mail-type=BEGIN | --mail-type=END", ["BEGIN", "END"]),
        ("24.11.5", "--mail-type=BEGIN | --mail-type=END,BEGIN", ["BEGIN", "END"]),
        ("24.11.5", "--mail-type=BEGIN | --mail-type=NONE", ["BEGIN"]),
        ("25.05.8", "--mail-type=BEGIN | --mail-type=END", ["END"]),
        ("26.05.5", "--mail-type=BEGIN | --mail-type=NONE", []),
    ],
)
def test_mail_types_add_up_before_25_05(release: str, lines: str, events: list[str]) -> None:
    found = spec(lines, release)
    assert found.mail_type == events
    assert found.words["mail_type"] == (",".join(events) or "NONE")


def test_the_call_adds_to_the_script_where_options_add_up() -> None:
    call = {"mail_type": "END"}
    assert spec("--mail-type=BEGIN", "24.11.5", call=call).mail_type == ["BEGIN", "END"]
    assert spec("--mail-type=BEGIN", "26.05.5", call=call).mail_type == ["END"]
    taken_back = spec("--mail-type=BEGIN", "24.11.5", call={"mail_type": False})
    assert taken_back.mail_type is None


@pytest.mark.parametrize(
    ("lines", "field", "words"),
    [
        ("--signal=B:USR1@100 | --signal=TERM@20", "signal", "B:TERM@20"),
        ("--signal=R:USR1 | --signal=B:TERM", "signal", "RB:TERM@60"),
        ("--mem-bind=verbose,rank | --mem-bind=local", "mem_bind", "verbose,local"),
        ("--mem-bind=prefer,map_mem:0 | --mem-bind=quiet,local", "mem_bind", "quiet,prefer,local"),
        ("--switches=1@10:00 | --switches=2", "switches", "2@0:600"),
        ("--switches=1@10:00 | --switches=2@1:00", "switches", "2@1:00"),
        ("--requeue=expedite | --requeue", "requeue", "expedite"),
        ("--no-kill=off | -k", "no_kill", ""),
        ("-n 4 | -n 2", "ntasks", "2"),
    ],
)
def test_precedence_of_options(lines: str, field: str, words: str) -> None:
    found = spec(lines)
    assert found.words[field] == words
    again = spec(f"--{field.replace('_', '-')}={words}" if words else "-k")
    assert getattr(again, field) == getattr(found, field)


def test_yes_and_no_are_two_flags() -> None:
    assert (
        spec("--kill-on-invalid-dep=yes | --kill-on-invalid-dep=no").kill_on_invalid_dep == "both"
    )
    assert spec("--kill-on-invalid-dep=no | --kill-on-invalid-dep=no").kill_on_invalid_dep is False


@pytest.mark.parametrize(
    ("release", "line", "why"),
    [
        ("22.05.8", "--tres-bind=gres/gpu:none", "requires Slurm 23.11 or newer"),
        ("22.05.8", "-N 1,2", "requires Slurm 23.02 or newer"),
        ("23.11.11", "--exclusive=topo", "requires Slurm 24.05 or newer"),
        ("24.11.5", "--resources=a:1", "requires Slurm 25.11 or newer"),
        ("24.11.5", "--requeue=expedite", "requires Slurm 25.11 or newer"),
        ("26.05.5", "--runtime=crun", "requires Slurm 26.11 or newer"),
        ("26.11.0", "--container-type=oci", "removed it; use --runtime"),
        ("26.05.5", "--get-user-env=L", "does not take a value"),
    ],
)
def test_what_a_release_does_not_know_is_refused_with_the_line(
    release: str, line: str, why: str
) -> None:
    with pytest.raises(ScriptError, match=why) as caught:
        spec(f"-n1 | {line}", release)
    assert caught.value.line == 3
    # Nothing is refused where the release is not known.
    spec(f"-n1 | {line}")


def test_a_variable_of_a_newer_sbatch_says_nothing_to_an_older_one() -> None:
    variables = {"SBATCH_RUNTIME": "crun", "SBATCH_GET_USER_ENV": "1"}
    found = spec("-n1", "24.11.5", environment=variables)
    assert (found.runtime, found.get_user_env) == (None, True)


@pytest.mark.parametrize("line", ["--get-user-env", "--get-user-env=10L", "--get-user-env=S"])
def test_the_login_environment_is_asked_for_in_any_form(line: str) -> None:
    assert spec(line, "24.11.5").get_user_env is True
