"""Magics in a notebook: input and output."""

from __future__ import annotations

import html
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from jupyter_slurm_rest.notebook.commands import COMMANDS, NAMES
from jupyter_slurm_rest.notebook.errors import SlurmMagicError
from jupyter_slurm_rest.notebook.job import Job
from jupyter_slurm_rest.notebook.tables import LEFT
from tests.recorded import recorded_by
from tests.server.replay import ReplaySlurmrestd

from .conftest import Run


async def test_my_jobs_and_everyones(run: Run) -> None:
    mine = await run("%slurm jobs")
    everyones = await run("%slurm jobs --all")
    assert {job["user"] for job in mine} == {"alice"}
    assert {job["user"] for job in everyones} > {"alice"}
    assert await run("%slurm jobs --user bob --state PENDING,RUNNING")
    assert [job["id"] for job in await run("%slurm")] == [job["id"] for job in mine]


async def test_a_table_is_the_same_in_text_and_html(run: Run) -> None:
    jobs = await run("%slurm jobs --all --limit 3")
    text, page = repr(jobs), jobs._repr_html_()
    for job in jobs:
        for value in (job["id"], job["name"], job["state"]):
            assert value in text
            assert f"{LEFT}>{html.escape(value)}" in page
    assert text.splitlines()[-1].startswith("3 of ")
    assert "<caption>3 of " in page


async def test_job_names_are_escaped_in_html(run: Run, slurmrestd: ReplaySlurmrestd) -> None:
    response = recorded_by(slurmrestd.api_version, "jobs")
    body = response.body.replace(b'"name": "', b'"name": "<script>alert(1)</script>')
    assert body != response.body
    slurmrestd.give(replace(response, body=body))
    page = (await run("%slurm jobs"))._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


async def test_a_frame_for_pandas(run: Run) -> None:
    frame = await run("%slurm nodes --frame")
    assert isinstance(frame, pd.DataFrame)
    assert {"name", "cpus", "cpus_used", "gpus"} <= set(frame.columns)
    assert len(frame) == 4


async def test_partitions_and_clusters(run: Run) -> None:
    assert [row["name"] for row in await run("%slurm partitions")] == ["debug", "long", "gpu"]
    clusters = await run("%slurm clusters")
    assert [row["name"] for row in clusters] == ["maxwell", "solaris"]
    assert "alice" in repr(clusters)


async def test_a_cell_is_submitted(
    run: Run, slurmrestd: ReplaySlurmrestd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _takes_submissions(slurmrestd)
    monkeypatch.chdir(tmp_path)
    job = await run("%%slurm submit --time=10 -J 'my job'\n#!/bin/bash\n#SBATCH -N 2\nsleep 1\n")
    assert job.ended
    assert "COMPLETED" in repr(job)
    assert ">COMPLETED</td>" in job._repr_html_()
    (request,) = slurmrestd.sent("slurm/job/submit")
    sent = json.loads(request.body)
    assert sent["script"] == "#!/bin/bash\n#SBATCH -N 2\nsleep 1\n"
    assert sent["job"]["name"] == "my job"
    assert sent["job"]["time_limit"] == 10
    assert sent["job"]["current_working_directory"] == str(tmp_path)


def _takes_submissions(slurmrestd: ReplaySlurmrestd) -> None:
    """Submitting gives a job that was recorded when it was over."""
    over = recorded_by(slurmrestd.api_version, "job_completed")
    response = recorded_by(slurmrestd.api_version, "submit")
    was, now = (str(one).encode() for one in (response.json()["job_id"], over.path.split("/")[-1]))
    slurmrestd.give(replace(response, body=response.body.replace(was, now)))
    slurmrestd.give(over)


async def test_a_file_is_submitted_under_its_name(
    run: Run, slurmrestd: ReplaySlurmrestd, tmp_path: Path
) -> None:
    _takes_submissions(slurmrestd)
    script = tmp_path / "my script.sh"
    script.write_text("#!/bin/sh\ntrue\n")
    await run(f"%slurm submit '{script}' -t 5")
    (request,) = slurmrestd.sent("slurm/job/submit")
    assert json.loads(request.body)["job"]["name"] == "my script.sh"


async def test_checking_submits_nothing(run: Run, slurmrestd: ReplaySlurmrestd) -> None:
    table = await run("%%slurm submit --test-only -n 2\n#!/bin/bash\n#SBATCH --mem=1G\n")
    assert {row["option"]: row["value"] for row in table} == {"mem": "1G", "ntasks": "2"}
    assert "Not submitted." in repr(table)
    assert slurmrestd.sent("slurm/job/submit") == []


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("%slurm sinfo", "no command 'sinfo'. Commands: jobs, job, wait, output"),
        ("%slurm nodes -M maxvell", "No cluster named 'maxvell' is configured here"),
        ("%slurm job 999999", "Slurm could not find job '999999'"),
        ("%slurm jobs --limit 0", "limit: must be at least 1."),
        ("%slurm jobs --limit x", "%slurm jobs: argument --limit: invalid int value: 'x'."),
        ("%slurm jobs --stae R", "no option --stae (did you mean --state or --states?)."),
        ("%slurm jobs R", "%slurm jobs: 'R' is an unexpected argument."),
        ("%slurm job", "%slurm job: the following arguments are required: ID."),
        ("%slurm histroy", "Did you mean history?"),
        ("%slurm help histroy", "Did you mean history?"),
        ("%slurm signal US*R 7", "signal: has a character that is not allowed"),
        ("%slurm job abc", "'abc' is not a job ID"),
        ("%slurm output 12x", "'12x' is not a job ID"),
        ("%slurm update 7", "No changes given."),
        ("%slurm submit --job 2x run.sh", "'2x' cannot be the name of a variable"),
        ("%slurm submit --job", "--job needs the name"),
        ("%sbatch", "Use %sbatch [options] FILE"),
        ("%slurm submit --mem", "--mem needs a value"),
        ("%slurm submit", "No script given."),
        ("%slurm submit --time=1", "No script given."),
        ("%slurm submit /no/such/file", "/no/such/file cannot be read: No such file"),
        ("%%slurm submit --time=abc\n#!/bin/sh\n", '"abc" is not a duration'),
        ("%%slurm submit --colour=red\n#!/bin/sh\n", "colour"),
        ("%%slurm submit\necho\n", "must start with #!"),
        ("%%slurm jobs\nx\n", "%%slurm submit"),
        ("%slurm signal USR1", "required"),
        ("%slurm cancel", "No jobs given. Use job IDs, or --name"),
        ("%slurm cancel --name ''", "name: is empty"),
        ("%slurm cancel --name 'x", "quotation mark is not closed"),
        ("%slurm cancel 7 --name x", "either job_ids or a filter"),
    ],
)
async def test_errors_are_one_line(
    run: Run,
    slurmrestd: ReplaySlurmrestd,
    capsys: pytest.CaptureFixture[str],
    cell: str,
    words: str,
) -> None:
    slurmrestd.play("unknown_job")
    with pytest.raises(SlurmMagicError):
        await run(cell)
    printed = capsys.readouterr()
    (line,) = [one for one in (printed.out + printed.err).splitlines() if words in one]
    assert "Traceback" not in printed.out + printed.err
    assert line.startswith("Slurm: ")


async def test_an_action_reports_each_job(run: Run, slurmrestd: ReplaySlurmrestd) -> None:
    slurmrestd.play("unknown_job", "jobs_state")
    slurmrestd.play("cancel_many", path="slurm/jobs")
    table = await run("%slurm cancel 999999 12_[")
    assert [(row["id"], row["ok"]) for row in table] == [("999999", False), ("12_[", False)]
    (request,) = slurmrestd.sent("slurm/jobs")
    assert json.loads(request.body)["jobs"] == ["999999"]


async def test_canceling_by_filter(run: Run, slurmrestd: ReplaySlurmrestd) -> None:
    slurmrestd.play("cancel_many", path="slurm/jobs")
    table = await run("%slurm cancel --name='my job' -p gpu --state pending")
    assert "refused" in repr(table)
    await run("%slurm cancel --all")
    mine = {"user_name": "alice", "flags": ["VERBOSE"]}
    chosen = {"job_name": "my job", "partition": "gpu", "job_state": ["PENDING"]}
    killed = [one for one in slurmrestd.sent("slurm/jobs") if one.method == "DELETE"]
    sent = [json.loads(request.body) for request in killed]
    # Each time the waiting jobs are asked for first.
    assert [body for body in sent if "signal" not in body] == [mine | chosen, mine]


@pytest.mark.parametrize("command", NAMES)
def test_every_command_explains_itself(
    shell: Any, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    written = f"%slurm {command}" if command != "help" else "%slurm COMMAND"
    for asked in (f"%slurm {command} --help", f"%slurm help {command}", f"%slurm {command}?"):
        assert shell.run_cell(asked).result is None
        assert capsys.readouterr().out.startswith(f"usage: {written} ")


@pytest.mark.parametrize("cell", ["%slurm --help", "%slurm help", "%slurm -h"])
def test_the_overview_names_every_command(
    shell: Any, capsys: pytest.CaptureFixture[str], cell: str
) -> None:
    shell.run_cell(cell)
    printed = capsys.readouterr().out
    assert "%%slurm jobs" not in printed
    assert "::" not in printed
    for command in (*COMMANDS, "submit"):
        assert f"\n  {command} " in printed


def test_help_comes_after_other_options_too(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run_cell("%slurm jobs --all --help").raise_error()
    shell.run_cell("%sbatch --mem 10 --help run.sh").raise_error()
    assert capsys.readouterr().out.count("usage: ") == 2


def test_slurms_own_commands_leave_other_magics_alone(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shell: Any = cast("Any", InteractiveShell)(
        config=Config({"HistoryManager": {"enabled": False}})
    )
    shell.magics_manager.magics["line"]["squeue"] = lambda line: "another's"
    shell.run_line_magic("load_ext", "jupyter_slurm_rest")
    assert shell.run_cell("%squeue").result == "another's"
    for name in ("sinfo", "scancel", "sacct", "sbatch"):
        shell.run_cell(f"%{name} --help").raise_error()
        assert f"%{name}" in capsys.readouterr().out


async def test_slurms_own_commands(run: Run) -> None:
    everyones = await run("%slurm jobs --all")
    assert [job["id"] for job in await run("%squeue")] == [job["id"] for job in everyones]
    assert {job["user"] for job in await run("%squeue --me -t R,PD")} == {"alice"}
    assert [row["name"] for row in await run("%sinfo")] == ["debug", "long", "gpu"]
    assert len(await run("%sinfo -N")) == 4


async def test_debug_shows_where_an_error_comes_from(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SlurmMagicError):
        await run("%slurm jobs --limit 0 --debug")
    assert "Traceback" in capsys.readouterr().err


async def test_a_slice_is_a_table(run: Run) -> None:
    jobs = await run("%slurm jobs --all")
    first = jobs[:2]
    assert [job["id"] for job in first] == [job["id"] for job in jobs.rows[:2]]
    assert repr(first).splitlines()[-1].startswith("2 of these: ")
    assert "<table>" in first._repr_html_()


async def test_a_wait_that_no_interrupt_reaches_says_so(
    run: Run, slurmrestd: ReplaySlurmrestd, capsys: pytest.CaptureFixture[str]
) -> None:
    _takes_submissions(slurmrestd)
    job = await run("%%slurm submit -o /dev/null\n#!/bin/sh\ntrue\n")
    # Cells run in a thread here, as in a subshell.
    await run(f"%slurm wait {job}")
    assert f"%slurm cancel {job}" in capsys.readouterr().err


def test_an_interrupted_wait_is_one_line_and_keeps_the_job(
    shell: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(job: Job, *args: Any, **options: Any) -> Job:
        raise KeyboardInterrupt

    monkeypatch.setattr(Job, "wait", interrupt)
    session = shell.magics_manager.registry["SlurmMagics"].session
    monkeypatch.setattr(session, "job", lambda job_id, cluster: Job(session.api, "x", job_id, {}))
    shell.run_cell("%slurm wait 7 --job kept")
    assert capsys.readouterr().out.strip() == (
        "Stopped waiting for job 7. It continues in Slurm; to cancel it: %slurm cancel 7"
    )
    assert shell.user_ns["kept"].id == "7"


async def test_a_job_is_assigned_to_a_variable(
    run: Run, shell: Any, slurmrestd: ReplaySlurmrestd
) -> None:
    _takes_submissions(slurmrestd)
    job = await run("%%slurm submit --job mine\n#!/bin/sh\ntrue\n")
    assert shell.user_ns["mine"] is job


async def test_arguments_go_to_the_script(
    run: Run, slurmrestd: ReplaySlurmrestd, tmp_path: Path
) -> None:
    _takes_submissions(slurmrestd)
    script = tmp_path / "run.sh"
    script.write_text("#!/bin/sh\ntrue\n")
    await run(f"%slurm submit --mem 10 {script} 'a b' --mem=99")
    (request,) = slurmrestd.sent("slurm/job/submit")
    job = json.loads(request.body)["job"]
    assert job["argv"][1:] == ["a b", "--mem=99"]
    assert "10" in str(job["memory_per_node"])


async def test_a_job_is_changed(run: Run, slurmrestd: ReplaySlurmrestd) -> None:
    slurmrestd.play("unknown_job")
    with pytest.raises(SlurmMagicError):
        await run("%slurm update 999999 --time 10")
    table = await run("%slurm update 999999 999998 --time 10")
    assert [row["ok"] for row in table] == [False, False]


async def test_the_doctor_checks_the_way_to_each_cluster(run: Run) -> None:
    rows = {row["check"]: row["ok"] for row in await run("%slurm doctor")}
    assert rows["Jupyter server"]
    assert rows["Cluster maxwell"]
    assert rows["Queue of maxwell"]


async def test_the_kernel_has_no_slurm_token(
    run: Run, shell: Any, slurm_token: str, jp_serverapp: Any
) -> None:
    await run("%slurm jobs")
    environment = await run("dict(__import__('os').environ)")
    assert slurm_token not in str(environment)
    assert "SLURM_JWT" not in environment
    magics = shell.magics_manager.registry["SlurmMagics"]
    assert slurm_token not in repr(vars(magics.session.api))
    # Nor is Jupyter's own token shown by chance.
    assert jp_serverapp.identity_provider.token not in repr(magics.session.api._find())


def test_commands_do_not_wait_for_the_slurmrestd_client_to_load() -> None:
    code = (
        "import sys, jupyter_slurm_rest.notebook.commands;"
        "sys.exit('jupyter_slurm_rest.slurm.client' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


async def test_a_missing_server_is_reported(shell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_server.serverapp.list_running_servers", lambda: iter(()))
    with pytest.raises(SlurmMagicError, match="No running Jupyter server was found"):
        shell.run_cell("%slurm jobs").raise_error()


async def test_job_names_have_no_control_characters(run: Run, slurmrestd: ReplaySlurmrestd) -> None:
    response = recorded_by(slurmrestd.api_version, "jobs")
    body = response.body.replace(b'"name": "', b'"name": "\\u001b[2J\\u202e\\u0007\\n')
    assert body != response.body
    slurmrestd.give(replace(response, body=body))
    jobs = await run("%slurm jobs")
    assert "\x1b" in jobs[0]["name"]
    for line in repr(jobs).split("\n"):
        assert line.isprintable()
    assert "\ufffd[2J" in repr(jobs)
