"""Bad input is refused by field, with the fix; none of it reaches Slurm."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import pytest

from jupyter_slurm_rest.file_threads import FileThreads
from jupyter_slurm_rest.server.schemas import SubmitRequest
from jupyter_slurm_rest.server.submission import check, check_directories, check_writable

from .conftest import Call
from .replay import ReplaySlurmrestd

JOBS = "clusters/maxwell/jobs"
SCRIPT = "#!/bin/bash\n#SBATCH --time=10\nsrun hostname\n"


@pytest.mark.parametrize(
    ("body", "status", "field", "words"),
    [
        ({"script": ""}, 422, "script", "is empty"),
        ({"script": "  \n\n"}, 422, "script", "only whitespace"),
        ({"script": "echo hello\n"}, 422, "script", "must start with #!"),
        ({"script": "#!/bin/sh\r\necho\r\n"}, 422, "script", "DOS line endings"),
        ({"script": SCRIPT, "options": {"time": "abc"}}, 422, "time", "not a duration"),
        ({"script": "#!/bin/sh\n#SBATCH --time=abc\n"}, 422, "time", "Line 2"),
        ({"script": "#!/bin/sh\n#SBATCH --mem=1.5G\n"}, 422, "mem", "1.5G"),
        ({"script": "#!/bin/sh\n#SBATCH --colour=red\n"}, 422, None, "colour"),
        ({"script": SCRIPT, "options": {"colour": "red"}}, 422, "colour", "no option"),
        ({"script": SCRIPT, "options": {"chdir": "/" + "x" * 300}}, 422, "chdir", "can open"),
        ({"script": SCRIPT, "options": {"chdir": "/xx" * 1400}}, 422, "chdir", "can open"),
        ({"script": SCRIPT, "directory": "/" + "x" * 300}, 422, "directory", "can open"),
        ({"script": SCRIPT, "directory": "/a\0b"}, 422, "directory", "can open"),
        ({"script": SCRIPT, "directory": "home"}, 422, "directory", "absolute path"),
        ({"script": SCRIPT, "mode": "fast"}, 422, "mode", "Known: script, options"),
        ({"options": {}}, 422, "script", "is missing"),
        ({"script": 7}, 422, "script", "Expected str"),
        ({"script": "#!/bin/sh\n" + "#" * 5_000_000}, 413, "script", "5.0 MB"),
        ({"script": "#!/bin/sh\n" + "#" * 60_000_000}, 413, "script", "60 MB"),
        (b"{script", 400, None, "not JSON"),
        (b"", 400, None, "no body"),
        (b'{"script": "\xff"}', 400, None, "not JSON"),
    ],
)
async def test_bad_input(
    call: Call, slurmrestd: ReplaySlurmrestd, body: Any, status: int, field: str, words: str
) -> None:
    for query in ({}, {"validate": "true"}):
        response = await call("POST", JOBS, body, **query)
        said = response.json()
        assert (response.status, said["message"] if words not in said["message"] else "") == (
            status,
            "",
        )
        if field:
            assert said["field"] == field
    assert slurmrestd.sent("slurm/job/submit") == []


@pytest.mark.parametrize(
    ("body", "warning"),
    [
        ({"options": {"chdir": "/no/such"}}, "chdir: There is no directory '/no/such' here."),
        ({"directory": "/no/such"}, "directory: There is no directory '/no/such' here."),
        ({"options": {"chdir": "/etc/passwd"}}, "chdir: '/etc/passwd' is not a directory here."),
    ],
)
async def test_a_directory_may_be_on_the_nodes_only(
    call: Call, slurmrestd: ReplaySlurmrestd, body: dict[str, Any], warning: str
) -> None:
    slurmrestd.play("submit")
    for query, status in (({"validate": "true"}, 200), ({}, 201)):
        response = await call("POST", JOBS, {"script": SCRIPT, **body}, **query)
        assert (response.status, response.json()["warnings"][0][: len(warning)]) == (
            status,
            warning,
        )


async def test_a_directory_that_may_not_be_looked_into(tmp_path: Path) -> None:
    class Closed(FileThreads):
        async def run(self, path: str, work: Any) -> Any:
            raise PermissionError(errno.EACCES, "Permission denied", path)

    asked = check(
        SubmitRequest(script=SCRIPT, options={"chdir": "/root/x"}), max_size=4096, root="/"
    )
    (warning,) = await check_directories(Closed(), asked)
    assert warning.startswith("chdir: You do not have permission to open '/root/x' here.")


async def test_a_directory_where_the_output_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The tests may run as root, who may write everywhere.
    monkeypatch.setattr("os.access", lambda path, mode: str(path) != str(tmp_path / "closed"))
    for name in ("closed", "open"):
        (tmp_path / name).mkdir()

    async def warnings(name: str, **options: str) -> list[str]:
        request = SubmitRequest(script=SCRIPT, directory=str(tmp_path / name), options={**options})
        return await check_writable(FileThreads(), check(request, max_size=4096, root="/"))

    (warning,) = await warnings("closed")
    assert warning.startswith(f"You cannot create files in '{tmp_path}/closed'")
    assert await warnings("open") == []
    assert await warnings("closed", output="/dev/null") == []
    assert await warnings("missing") == []


async def test_script_errors_name_their_line(call: Call) -> None:
    said = (await call("POST", JOBS, {"script": "#!/bin/sh\n\n#SBATCH -t abc\n"})).json()
    assert (said["line"], said["field"]) == (3, "time")
    assert said["column"] > 1


class TestRefused:
    @pytest.fixture(params=["v0.0.38", "v0.0.42", "v0.0.45"])
    def api_version(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    @pytest.mark.parametrize(
        ("name", "field"),
        [
            ("submit_partition_unknown", "partition"),
            ("submit_account_unknown", "account"),
            ("submit_qos_unknown", "qos"),
            ("submit_time_over_limit", "time"),
        ],
    )
    async def test_slurms_refusal_names_the_field(
        self, call: Call, slurmrestd: ReplaySlurmrestd, name: str, field: str
    ) -> None:
        slurmrestd.play(name)
        response = await call("POST", JOBS, {"script": SCRIPT})
        said = response.json()
        assert (response.status, said["reason"], said["field"]) == (422, "refused", field)
        assert said["error_number"] > 0
        assert said["slurm_text"]
        if field == "partition":
            assert said["advice"] == "Partitions: debug, long, gpu."


async def test_a_job_is_submitted(
    call: Call, slurmrestd: ReplaySlurmrestd, jp_root_dir: Path, tmp_path: Path
) -> None:
    slurmrestd.play("submit")
    response = await call("POST", JOBS, {"script": SCRIPT, "options": {"partition": "long"}})
    assert response.status == 201
    assert response.json()["job_ids"] == [response.json()["job_id"]]
    named = {"script": SCRIPT, "directory": str(tmp_path), "path": "/home/alice/train.sh"}
    await call("POST", JOBS, named)
    first, second = (json.loads(one.body) for one in slurmrestd.sent("slurm/job/submit"))
    assert first["script"] == SCRIPT
    assert first["job"]["partition"] == "long"
    assert first["job"]["current_working_directory"] == str(jp_root_dir)
    assert second["job"]["current_working_directory"] == str(tmp_path)
    assert second["job"]["name"] == "train.sh"


async def test_a_jobs_environment_holds_nothing_of_jupyters(
    call: Call, slurmrestd: ReplaySlurmrestd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "hub-secret")
    monkeypatch.setenv("SLURM_JWT", "slurm-secret")
    slurmrestd.play("submit")
    await call("POST", JOBS, {"script": SCRIPT})
    (sent,) = slurmrestd.sent("slurm/job/submit")
    assert b"secret" not in sent.body
    refused = await call("POST", JOBS, {"script": SCRIPT, "options": {"export": "SLURM_JWT"}})
    assert (refused.status, refused.json()["field"]) == (422, "export")


async def test_checking_tells_options_and_sends_nothing(
    call: Call, slurmrestd: ReplaySlurmrestd
) -> None:
    asked = {"script": SCRIPT, "options": {"mem": "4G", "hold": True}}
    response = await call("POST", JOBS, asked, validate="true")
    assert response.status == 200
    assert response.json()["options"] == {"time": "10", "mem": "4G", "hold": True}
    assert slurmrestd.sent("slurm/job/submit") == []


class TestOtherFileSystems:
    @pytest.fixture
    def slurm_config(self) -> dict[str, Any]:
        return {"shared_files": False}

    async def test_directories_are_checked_by_slurm(
        self, call: Call, slurmrestd: ReplaySlurmrestd
    ) -> None:
        slurmrestd.play("submit")
        response = await call("POST", JOBS, {"script": SCRIPT, "directory": "/only/on/the/cluster"})
        assert response.status == 201


async def test_a_script_and_its_options(call: Call) -> None:
    path = "clusters/maxwell/script"
    read = (await call("POST", path, {"script": SCRIPT})).json()
    assert read["options"] == {"time": "10"}
    assert read["script"] == SCRIPT
    changes = {"time": "20", "partition": "gpu"}
    written = (await call("POST", path, {"script": SCRIPT, "options": changes})).json()
    assert written["options"] == changes
    assert "#SBATCH --time=20\n" in written["script"]
    assert written["script"].endswith("srun hostname\n")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"action": "explode", "job_ids": ["1"]}, "action"),
        ({"action": "cancel", "job_ids": []}, "job_ids"),
        ({"action": "cancel", "job_ids": [1]}, "job_ids"),
        ({"action": "signal", "job_ids": ["1"]}, "signal"),
        ({"action": "cancel", "job_ids": ["1"], "signal": "a b"}, "signal"),
        ({"action": "cancel"}, "job_ids"),
        ({"action": "cancel", "filter": {}}, "filter"),
        ({"action": "cancel", "filter": {"all": False}}, "filter"),
        ({"action": "cancel", "filter": {"name": ""}}, "name"),
        ({"action": "cancel", "filter": {"state": ["DONE"]}}, "state"),
        ({"action": "cancel", "filter": {"user": "bob"}}, "user"),
        ({"action": "cancel", "job_ids": ["1"], "filter": {"name": "x"}}, "filter"),
        ({"action": "hold", "filter": {"name": "x"}}, "filter"),
        ({"action": "cancel", "signal": "USR1", "filter": {"name": "x"}}, "filter"),
    ],
)
async def test_bad_actions(
    call: Call, slurmrestd: ReplaySlurmrestd, body: dict[str, Any], field: str
) -> None:
    response = await call("POST", f"{JOBS}/actions", body)
    assert (response.status, response.json()["field"]) == (422, field)
    assert [one for one in slurmrestd.seen if one.method != "GET"] == []


async def test_a_bad_id_fails_alone(call: Call, slurmrestd: ReplaySlurmrestd) -> None:
    response = await call("POST", f"{JOBS}/actions", {"action": "hold", "job_ids": ["1; rm -rf"]})
    (result,) = response.json()["results"]
    assert (response.status, result["id"], result["ok"]) == (200, "1; rm -rf", False)
    assert result["message"].startswith("'1; rm -rf' is not a job ID. Use 123")
    assert [one for one in slurmrestd.seen if one.method != "GET"] == []


async def test_canceling_what_matches(call: Call, slurmrestd: ReplaySlurmrestd) -> None:
    slurmrestd.play("cancel_many", path="slurm/jobs")
    body = {"action": "cancel", "filter": {"name": "x", "state": ["PENDING"]}}
    response = await call("POST", f"{JOBS}/actions", body)
    assert [(one["id"], one["ok"]) for one in response.json()["results"]] == [("999999", False)]
    *_, request = slurmrestd.sent("slurm/jobs")
    sent = json.loads(request.body)
    assert (sent["user_name"], sent["job_name"], sent["job_state"]) == ("alice", "x", ["PENDING"])
