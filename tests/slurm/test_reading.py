"""The client's reading calls over what the real daemons answered."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from jupyter_slurm_rest.slurm import JobList, Unchanged
from jupyter_slurm_rest.slurm.accounting import HistoryQuery
from jupyter_slurm_rest.slurm.errors import (
    AccountingDown,
    AccountingMissing,
    ControllerDown,
    InvalidRequest,
    NotFound,
    TokenRejected,
    Unsupported,
)
from jupyter_slurm_rest.slurm.transport import Answer

from .recorded import FIXTURES, Recording
from .scripted import NO_SUCH_PATH, Request, client_of, recorded_reply

NEW = Recording(FIXTURES / "26.05.5" / "v0.0.45")


def id_of(recording: Recording, name: str) -> str:
    return recording.path(name).rpartition("/")[2]


async def test_the_queue(recording: Recording) -> None:
    client, _, _ = client_of(recorded_reply(recording), recording.version)
    found = await client.jobs()
    assert isinstance(found, JobList)
    assert {"gpu", "array", "het", "timeout"} <= {job.name for job in found.jobs}
    # What can be handed back as update_time came with v0.0.40.
    assert (found.last_update is not None) is (recording.minor >= 40)


async def test_nothing_changed_is_never_an_empty_queue(recording: Recording) -> None:
    # v0.0.39 refuses a marked time: what was recorded under that name is the refusal.
    unchanged = "jobs_bare_time" if recording.minor == 39 else "jobs_unchanged"
    client, transport, _ = client_of(
        lambda request: recording.answer(unchanged if request.path.endswith("/jobs/") else "ping"),
        recording.version,
    )
    assert isinstance(await client.jobs(update_time=1_795_258_565), Unchanged)
    sent = str(transport.seen[-1].params["update_time"])
    # A bare time is refused by v0.0.40 and v0.0.41, a marked one by v0.0.38 and v0.0.39.
    assert sent == ("uts1795258565" if recording.minor >= 40 else "1795258565")


async def test_a_job_and_a_job_that_is_not_there(recording: Recording) -> None:
    client, _, _ = client_of(recorded_reply(recording), recording.version)
    array = id_of(recording, "job_array_task")
    assert (await client.job(array)).id == array
    assert (await client.job(id_of(recording, "job_gpu"))).gpus == 2
    with pytest.raises(NotFound) as caught:
        await client.job(999999)
    assert (caught.value.kind, caught.value.name) == ("job", "999999")
    with pytest.raises(InvalidRequest):
        await client.job("../ping")


async def test_nodes_and_partitions(recording: Recording) -> None:
    client, transport, _ = client_of(recorded_reply(recording), recording.version)
    nodes = await client.nodes()
    assert (await client.node("gpu1")).gpus == 4
    with pytest.raises(NotFound):
        await client.node("nosuchnode")
    plain = {one.name: one for one in await client.partitions()}
    assert plain["gpu"].cpus_free is None
    # Without it hidden partitions are left out, but older versions do not know it.
    flags = transport.seen[-1].params.get("flags")
    assert flags == ("ALL" if recording.minor >= 40 else None)
    free = {one.name: one for one in await client.partitions(nodes)}
    assert (free["gpu"].cpus_free, free["gpu"].gpus_total) == (1, 8)
    assert (await client.partition("Debug")).name == "debug"
    with pytest.raises(NotFound):
        await client.partition("nosuchpartition")


async def test_what_a_version_does_not_have_is_refused_by_name(recording: Recording) -> None:
    client, _, _ = client_of(recorded_reply(recording), recording.version)
    for call, since in ((client.shares, 40), (client.job_states, 40), (client.licenses, 38)):
        if recording.minor >= since:
            await call()
        else:
            with pytest.raises(Unsupported, match=rf"v0\.0\.{since}"):
                await call()


async def test_licenses_are_asked_for_where_slurmctld_answers(recording: Recording) -> None:
    def reply(request: Request) -> Answer:
        rejected = b'{"errors": [{"error_number": 1007, "description": "auth"}]}'
        if request.path.endswith(("/diag/", "/licenses/")):
            return Answer(511, "application/json", rejected, 0.0)
        return recorded_reply(recording)(request)

    client, transport, _ = client_of(reply, recording.version)
    with pytest.raises((TokenRejected, Unsupported)):
        await client.licenses()
    sent = any(seen.path.endswith("/licenses/") for seen in transport.seen)
    assert sent is (recording.minor > 38)


async def test_states_alone(recording: Recording) -> None:
    if not recording.has("jobs_state"):
        return
    client, _, _ = client_of(recorded_reply(recording), recording.version)
    found = {one.id: one.state for one in await client.job_states()}
    assert "RUNNING" in found.values()
    assert found[id_of(recording, "job_gpu")] == "RUNNING"


async def test_one_job_told_by_both(recording: Recording) -> None:
    client, _, _ = client_of(recorded_reply(recording), recording.version)
    job = await client.whole_job(id_of(recording, "job_completed"))
    assert job.sources == ["slurmctld", "slurmdbd"]
    assert [step.name for step in job.steps] == ["batch", "hostname", "echo"]
    assert job.stdout.endswith(f"/slurm-{job.job_id}.out")
    assert job.exit_code is not None


@pytest.mark.parametrize("version", ["v0.0.40", "v0.0.45"])
async def test_a_job_whose_script_may_not_be_read_is_asked_for_without(version: str) -> None:
    release = "23.11.11" if version == "v0.0.40" else "26.05.5"
    recording = Recording(FIXTURES / release / version)
    there = recorded_reply(recording)

    def reply(request: Request) -> Answer:
        if "show_batch_script" in request.params:
            return recording.answer("db_jobs_none")
        return there(request)

    client, transport, _ = client_of(reply, version)
    job = await client.accounting_job(id_of(recording, "job_completed"))
    assert [step.name for step in job.steps] == ["batch", "hostname", "echo"]
    assert job.script is None
    sent = [one.params for one in transport.seen if one.path.startswith("/slurmdb/")]
    # 23.11 finds nothing when any flag is set, but for this one beside it.
    assert all(("scheduler_unset" in params) is (release == "23.11.11") for params in sent)


async def test_a_running_job_is_not_told_by_accounting_to_have_ended(recording: Recording) -> None:
    client, _, _ = client_of(recorded_reply(recording), recording.version)
    job = await client.whole_job(id_of(recording, "job_gpu"))
    assert (job.state, job.exit_code) == ("RUNNING", None)
    assert job.sources == ["slurmctld", "slurmdbd"]


def without(daemon: str) -> Callable[[Request], Answer]:
    area = "slurmdb" if daemon == "slurmdbd" else "slurm"
    down = NEW.answer("no_slurmdbd_db_qos" if area == "slurmdb" else "no_slurmctld_jobs")
    reply = recorded_reply(NEW)

    def answer(request: Request) -> Answer:
        stopped = request.path.startswith(f"/{area}/") and "diag" not in request.path
        return down if stopped and "ping" not in request.path else reply(request)

    return answer


async def test_one_job_when_a_daemon_is_down() -> None:
    job_id = id_of(NEW, "job_completed")
    client, _, _ = client_of(without("slurmdbd"), NEW.version)
    job = await client.whole_job(job_id)
    assert (job.sources, job.steps) == (["slurmctld"], [])
    client, _, _ = client_of(without("slurmctld"), NEW.version)
    job = await client.whole_job(job_id)
    assert job.sources == ["slurmdbd"]
    assert job.steps
    # Forgotten by the one, and the other is down: that is not "no such job".
    with pytest.raises(ControllerDown):
        await client.whole_job(999999)


async def test_history_filters_and_pages(recording: Recording) -> None:
    client, transport, _ = client_of(recorded_reply(recording), recording.version)
    query = HistoryQuery(
        users=["alice"],
        partitions=["debug", "long"],
        accounts=["astro"],
        states=["COMPLETED", "FAILED"],
        start=1_795_000_000,
        end=1_795_900_000,
        limit=2,
    )
    page = await client.history(query)
    assert page.total == 3
    assert [job.name for job in page.jobs] == ["signalled", "failed"]
    rest = await client.history(HistoryQuery(users=["alice"], states=["COMPLETED"], offset=0))
    assert [job.name for job in rest.jobs] == ["completed"]
    sent = next(seen.params for seen in transport.seen if "slurmdb" in seen.path)
    assert (sent["start_time"], sent["end_time"]) == ("uts1795000000", "uts1795900000")
    apart = recording.minor >= 40
    assert sent["partition"] == (["debug", "long"] if apart else "debug,long")
    assert sent["account"] == (["astro"] if apart else "astro")
    assert sent["skip_steps"] == "true"
    # An unknown filter fails the whole request; by state Slurm means something else.
    assert ("users" in sent) is (recording.minor >= 39)
    assert "state" not in sent


async def test_history_is_never_everything_ever() -> None:
    client, transport, _ = client_of(recorded_reply(NEW), NEW.version)
    await client.history()
    sent = transport.seen[-1].params
    week = int(str(sent["end_time"])[3:]) - int(str(sent["start_time"])[3:])
    assert week == 7 * 86400


@pytest.mark.parametrize(
    ("query", "field"),
    [
        (HistoryQuery(start=10, end=5), "start"),
        (HistoryQuery(limit=0), "limit"),
        (HistoryQuery(limit=10**9), "limit"),
        (HistoryQuery(offset=-1), "limit"),
        (HistoryQuery(states=["DONE"]), "state"),
        (HistoryQuery(users=["a,b"]), "users"),
    ],
)
async def test_a_history_that_cannot_be_meant(query: HistoryQuery, field: str) -> None:
    client, transport, _ = client_of(recorded_reply(NEW), NEW.version)
    with pytest.raises(InvalidRequest) as caught:
        await client.history(query)
    assert caught.value.field == field
    assert not any("slurmdb" in seen.path for seen in transport.seen)


async def test_several_tasks_are_never_asked_of_accounting() -> None:
    client, transport, _ = client_of(recorded_reply(NEW), NEW.version)
    with pytest.raises(NotFound):
        await client.accounting_job("99_[2-5]")
    asked = [seen.params["step"] for seen in transport.seen if "slurmdb" in seen.path]
    assert asked == ["99"]


async def test_the_account_of_a_person(recording: Recording) -> None:
    client, _, _ = client_of(recorded_reply(recording), recording.version)
    account = await client.account("alice")
    assert account.default_account == "astro"
    assert {one.account for one in account.associations} == {"astro", "particles"}
    assert {one.name for one in account.qos} == {"normal", "high"}
    assert bool(account.shares) is (recording.minor >= 40)


async def test_a_cluster_without_accounting() -> None:
    reply = recorded_reply(NEW)
    client, _, _ = client_of(
        lambda request: NO_SUCH_PATH if "slurmdb" in request.path else reply(request), NEW.version
    )
    assert not await client.has_accounting()
    for call in (client.history, client.qos, client.associations, client.users):
        with pytest.raises(AccountingMissing):
            await call()
    job = await client.whole_job(id_of(NEW, "job_completed"))
    assert job.sources == ["slurmctld"]


async def test_accounting_that_is_down_is_not_missing() -> None:
    client, _, _ = client_of(without("slurmdbd"), NEW.version)
    with pytest.raises(AccountingDown):
        await client.has_accounting()


@pytest.mark.parametrize("release", ["23.02.8", "23.11.11", "24.05.8"])
async def test_what_v0039_leaves_out_of_partitions_an_older_version_tells(release: str) -> None:
    new, old = (Recording(FIXTURES / release / version) for version in ("v0.0.39", "v0.0.38"))
    served = release != "24.05.8"
    newer = recorded_reply(new)
    older = recorded_reply(old) if served else lambda request: NO_SUCH_PATH

    def reply(request: Request) -> Answer:
        if request.path.startswith(("/slurm/v0.0.39/", "/slurmdb/v0.0.39/")):
            return newer(request)
        return older(request) if "/v0.0.38/" in request.path else NO_SUCH_PATH

    client, _, _ = client_of(reply)
    found = {one.name: one for one in await client.partitions()}
    expected = ("UP", True) if served else ("UNKNOWN", None)
    assert (found["debug"].state, found["debug"].default) == expected
    # Nothing but the version that is pinned is spoken.
    client, _, _ = client_of(reply, "v0.0.39")
    assert {one.state for one in await client.partitions()} == {"UNKNOWN"}
