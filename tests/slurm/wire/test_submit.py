"""Submissions as each API version gets them."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest

from jupyter_slurm_rest.slurm.errors import InvalidRequest, Unsupported
from jupyter_slurm_rest.slurm.sbatch import OPTIONS, Submitter, merge, parse_script
from jupyter_slurm_rest.slurm.wire.submit import encode, new_tag, without_tag
from jupyter_slurm_rest.slurm.wire.version import capabilities_of

_VERSIONS = [f"v0.0.{number}" for number in (37, 38, 39, 40, 41, 42, 43, 44, 45, 46)]
_SUBMITTER = Submitter(
    user="alice",
    home="/home/alice",
    directory="/home/alice/project",
    environment={
        "KNOWN": "yes",
        "SLURM_JWT": "secret-1",
        "JUPYTERHUB_API_TOKEN": "secret-2",
        "JPY_API_TOKEN": "secret-3",
        "JUPYTER_TOKEN": "secret-4",
        "SLURM_JOB_ID": "77",
    },
)


def _release(version: str) -> str:
    """One that serves ``version``."""
    if version < "v0.0.39":
        return "22.05.8"
    if version < "v0.0.40":
        return "24.05.8"
    return "24.11.5" if version < "v0.0.43" else "26.05.5"


def body(lines: str, version: str, *, release: str = "", **more: Any) -> Any:
    script = "#!/bin/sh\n" + "".join(f"#SBATCH {line}\n" for line in lines.split("\n"))
    can = capabilities_of(version, release or _release(version))
    specs = merge(parse_script(script), rules=can.submission)
    encoded = encode(specs, script, can, _SUBMITTER, **more)
    return msgspec.json.decode(encoded.body)


def job(lines: str, version: str, **more: Any) -> Any:
    return body(lines, version, **more)["job"]


def environment(told: Any) -> dict[str, str]:
    given = told["environment"]
    return given if isinstance(given, dict) else dict(item.split("=", 1) for item in given)


@pytest.mark.parametrize("version", _VERSIONS)
def test_what_every_version_is_told(version: str) -> None:
    told = job("-J name -A astro -p debug -n4 -c2 -t 1:30:00 --mem=4G -D sub", version)
    assert told["name"] == "name"
    assert told["account"] == "astro"
    assert told["partition"] == "debug"
    assert told["tasks"] == 4
    assert told["current_working_directory"] == "/home/alice/project/sub"
    assert told["minimum_cpus_per_node"] == 2
    numbers = told["time_limit"], told["memory_per_node"]
    if version < "v0.0.39":
        assert numbers == ("90", "4096M")
    elif version < "v0.0.41":
        assert [number["number"] for number in numbers] == [90, 4096]
        assert all(number["set"] for number in numbers)
    else:
        assert numbers == (90, 4096)


@pytest.mark.parametrize("version", _VERSIONS)
def test_no_null_is_sent(version: str) -> None:
    def nulls(value: Any) -> bool:
        if isinstance(value, dict):
            return any(map(nulls, value.values()))
        if isinstance(value, list):
            return any(map(nulls, value))
        return value is None

    assert not nulls(body("-n1\nhetjob\n-n2", version))


@pytest.mark.parametrize("version", _VERSIONS)
def test_no_secret_and_no_other_variable_of_the_server_is_sent(version: str) -> None:
    for lines in ("-n1", "--export=ALL,KNOWN", "--export=NONE", "--export=NIL"):
        told = job(lines, version)
        assert not re.search(r"secret|SLURM_JOB_ID", str(told))
    found = environment(job("""--export="ALL,KNOWN,'X=1,2',GONE" """, version))
    assert (found["KNOWN"], found["X"], found["HOME"]) == ("yes", "1,2", "/home/alice")
    assert "GONE" not in found


@pytest.mark.parametrize(
    "name", ["SLURM_JWT", "JUPYTERHUB_API_TOKEN", "JPY_API_TOKEN", "JUPYTER_TOKEN", "SLURM_JWT=x"]
)
def test_a_secret_that_is_named_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequest, match="never passed to a job") as caught:
        body(f"--export=ALL,{name}", "v0.0.42")
    assert caught.value.field == "export"


def test_submit_directory_and_login_variables() -> None:
    found = environment(job("-D /tmp", "v0.0.45"))
    assert found["SLURM_SUBMIT_DIR"] == "/home/alice/project"
    assert found["USER"] == "alice"
    assert "SLURM_GET_USER_ENV" not in found
    assert environment(job("--export=NONE", "v0.0.45"))["SLURM_GET_USER_ENV"] == "1"


@pytest.mark.parametrize(
    ("line", "version", "needs"),
    [
        ("--switches=1", "v0.0.38", "v0.0.39"),
        ("--distribution=block", "v0.0.38", "v0.0.41"),
        ("--distribution=block", "v0.0.40", "v0.0.41"),
        ("--nice=5", "v0.0.39", "v0.0.40"),
        ("--oom-kill-step=1", "v0.0.41", "v0.0.42"),
        ("--stepmgr", "v0.0.40", "v0.0.41"),
        ("--mem-update=10@5", "v0.0.44", "v0.0.45"),
        ("--cores-per-socket=2", "v0.0.42", "v0.0.45"),
        ("--requeue=expedite", "v0.0.43", "v0.0.44"),
        ("--signal=B:TERM", "v0.0.38", "v0.0.39"),
        ("--clusters=other", "v0.0.45", ""),
        ("--nodefile=x", "v0.0.45", ""),
    ],
)
def test_what_a_version_cannot_carry_is_refused_by_name(
    line: str, version: str, needs: str
) -> None:
    with pytest.raises(Unsupported) as caught:
        body(line, version)
    told = str(caught.value)
    assert line.split("=")[0] in told
    assert version in told
    assert needs in told
    assert needs or caught.value.advice


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ("--mem=1G --mem-per-cpu=1G", "mem"),
        ("--exclusive --oversubscribe", "exclusive"),
        ("--core-spec=1 --thread-spec=1", "core_spec"),
        ("--gres=gpu:1 --gpus-per-node=1", "gpus_per_node"),
        ("--cpus-per-task=2 --cpus-per-gpu=2", "cpus_per_task"),
        ("--begin=now+2hours --deadline=now+1hour", "deadline"),
        ("--ntasks-per-core=2 --threads-per-core=1", "ntasks_per_core"),
        ("--tres-per-task=mem=1", "tres_per_task"),
        ("--distribution=arbitrary", "distribution"),
        ("--exclude=/etc/hosts", "exclude"),
        ("--uid=0", "uid"),
        ("--test-only", "test_only"),
    ],
)
def test_options_that_contradict_each_other_name_a_field(lines: str, field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        body(lines, "v0.0.45")
    assert caught.value.field == field


def test_gpus_in_each_spelling() -> None:
    line = "-p gpu -G 2 --gpus-per-node=a100:1 -n2 --gpus-per-task=1"
    modern, old = job(line, "v0.0.45"), job(line, "v0.0.38")
    assert modern["tres_per_job"] == "gres/gpu:2"
    assert modern["tres_per_node"] == "gres/gpu:a100:1"
    assert modern["tres_per_task"] == "gres/gpu=1"
    assert modern["tres_bind"] == "gres/gpu:per_task:1"
    assert job(line, "v0.0.39", release="23.02.8")["tres_per_job"] == "gres:gpu:2"
    assert (old["gpus"], old["gpus_per_node"], old["gpus_per_task"]) == ("2", "a100:1", "1")


def test_components_share_what_holds_for_the_whole_job() -> None:
    told = body("-A astro -n1 --mem-per-cpu=5\nhetjob\n-n2", "v0.0.45")
    assert [one["tasks"] for one in told["jobs"]] == [1, 2]
    assert [one.get("account") for one in told["jobs"]] == ["astro", "astro"]
    assert [one.get("memory_per_cpu") for one in told["jobs"]] == [5, None]
    assert "job" not in told


def test_where_the_mark_is_sent() -> None:
    assert job("-n1", "v0.0.45", tag="m-1")["argv"] == ["#m-1"]
    assert "comment" not in job("-n1", "v0.0.45", tag="m-1")
    assert job("-n1", "v0.0.38", tag="m-1")["comment"] == "m-1"
    assert "argv" not in job("-n1", "v0.0.38", tag="m-1")
    assert job("--comment=mine", "v0.0.38", tag="m-1")["comment"] == "mine"


def test_the_script_is_where_each_version_reads_it() -> None:
    assert "script" not in job("-n1", "v0.0.38")
    assert job("-n1", "v0.0.40")["script"] == body("-n1", "v0.0.40")["script"]
    assert body("-n1", "v0.0.45")["script"].startswith("#!/bin/sh\n")


def test_smaller_requests_are_warned_about() -> None:
    script = "#!/bin/sh\n#SBATCH -N2\n"
    encoded = encode(merge(parse_script(script)), script, capabilities_of("v0.0.38"), _SUBMITTER)
    assert any("1 CPUs as requested instead of 2" in warning for warning in encoded.warnings)


def test_every_option_changes_the_request_or_is_refused() -> None:
    """No option is read and then forgotten."""
    values = {
        "begin": "now+1hour", "deadline": "2031-01-01", "cpu-freq": "high", "delay-boot": "5",
        "distribution": "block", "exclusive": "user", "extra-node-info": "1:1:1", "time": "5",
        "gpu-bind": "closest", "gpu-freq": "high", "gpus": "1", "gpus-per-node": "1",
        "gpus-per-socket": "1", "gpus-per-task": "1", "gres": "gpu:1", "array": "1-2",
        "gres-flags": "enforce-binding", "hint": "nomultithread", "kill-on-invalid-dep": "yes",
        "mail-type": "END", "mem-bind": "local", "mem-update": "10@5", "no-kill": "set",
        "open-mode": "append", "profile": "task", "requeue": "expedite", "signal": "USR1",
        "time-min": "5", "tres-per-task": "cpu=2", "propagate": "NOFILE", "oom-kill-step": "1",
        "tres-bind": "gres/gpu:closest", "export": "NONE", "resv-ports": "1",
        "acctg-freq": "30", "exclude": "n1", "nodelist": "n1", "nice": "3",
    }  # fmt: skip
    silent = {"ignore-pbs", "parsable", "wait"}
    for version in _VERSIONS:
        plain = job("-o x", version)
        for option in OPTIONS:
            if option.early or option.name in silent:
                continue
            value = "" if option.argument == "none" else "=" + values.get(option.name, "1")
            refusal = ""
            try:
                told = job(f"-o x --{option.name}{value}", version)
            except (InvalidRequest, Unsupported) as problem:
                refusal = str(problem).replace("_", "-")
            told = plain if refusal else told
            assert option.name in refusal or told != plain, f"{version}: {option.name} is forgotten"


def test_lists_of_nodes_are_lists() -> None:
    told = job('-x "cpu[1,3] gpu1" -w "cpu4, cpu5"', "v0.0.45")
    assert told["excluded_nodes"] == ["cpu[1,3]", "gpu1"]
    assert told["required_nodes"] == ["cpu4", "cpu5"]
    assert job("-w 'cpu1 cpu2'", "v0.0.38")["nodelist"] == "cpu1 cpu2"


@pytest.mark.parametrize(
    ("release", "version", "per_task", "nodes"),
    [
        ("23.02.8", "v0.0.39", "gres:gpu:1", None),
        ("23.11.11", "v0.0.39", "cpu:2,gres/gpu:1", 2),
        ("23.11.11", "v0.0.40", "cpu:2,gres/gpu:1", 2),
        ("24.05.8", "v0.0.39", "cpu=2,gres/gpu=1", 2),
        ("24.11.5", "v0.0.40", "cpu=2,gres/gpu=1", 2),
    ],
)
def test_a_task_gets_what_the_release_sbatch_says(
    release: str, version: str, per_task: str, nodes: int | None
) -> None:
    told = job("-n4 -c2 --ntasks-per-node=2 --gpus-per-task=1", version, release=release)
    assert told["tres_per_task"] == per_task
    assert told.get("minimum_nodes") == nodes


def test_what_hangs_on_release_and_version_together() -> None:
    line = "-p gpu --gres=gpu:1 --gres-flags=disable-binding --gpu-bind=closest"
    for version, release, flag in (
        ("v0.0.40", "23.11.11", "GRED_BINDING_DISABLED"),
        ("v0.0.40", "24.11.5", "GRES_BINDING_DISABLED"),
        ("v0.0.39", "24.05.8", "GRED_BINDING_DISABLED"),
    ):
        assert job(line, version, release=release)["flags"] == [flag]
    assert job(line, "v0.0.39", release="23.02.8")["tres_bind"] == "gpu:closest"
    assert job(line, "v0.0.39", release="23.11.11")["tres_bind"] == "gres/gpu:closest"
    assert isinstance(job("-b now+1hour", "v0.0.39")["begin_time"], int)
    assert job("-b now+1hour", "v0.0.40")["begin_time"]["set"]
    with pytest.raises(Unsupported, match="--gpus-per-task"):
        job("-n1 --gpus-per-task=1", "v0.0.38", release="23.11.11")


@pytest.mark.parametrize(("release", "told"), [("23.11.11", True), ("24.05.8", False)])
def test_the_old_sbatch_tells_the_job_how_its_files_are_opened(release: str, told: bool) -> None:
    line = "--open-mode=append --cpu-freq=low-high:ondemand --profile=task --acctg-freq=30"
    found = environment(job(line, "v0.0.40", release=release))
    expected = {
        "SLURM_OPEN_MODE": "a",
        "SLURM_CPU_FREQ_REQ": "Low-High:OnDemand",
        "SLURM_PROFILE": "Task",
        "SLURM_ACCTG_FREQ": "30",
    }
    assert {name: found.get(name) for name in expected} == (
        expected if told else dict.fromkeys(expected)
    )
    assert found["HYDRA_BOOTSTRAP"] == "slurm"


@pytest.mark.parametrize(
    ("hosts", "written"),
    [
        ("cpu2,cpu1,cpu2", "cpu[2,1-2]"),
        ("cpu[1-3],gpu1", "cpu[1-3],gpu1"),
        ("n09,n10,n[011-012]", "n[09-10],n[011-012]"),
        ("login,cpu1", "login,cpu1"),
    ],
)
def test_an_arbitrary_distribution_keeps_the_order_of_its_nodes(hosts: str, written: str) -> None:
    told = job(f"-m arbitrary -w {hosts}", "v0.0.45")
    assert told["required_nodes"] == [written]


def test_a_mark_is_invisible_where_the_user_looks() -> None:
    assert without_tag(new_tag()) == ""
    assert without_tag(f"/home/alice/run.sh#{new_tag()}") == "/home/alice/run.sh"


def test_marks_are_unique() -> None:
    assert new_tag() != new_tag()


@pytest.mark.parametrize("text", ["", "/home/alice/a#b.sh", "jsr-notes", "see jsr-1"])
def test_other_texts_are_kept(text: str) -> None:
    assert without_tag(text) == text
