"""How jobs ended: exit codes match sacct, and the texts fit."""

from __future__ import annotations

from functools import partial

import msgspec

from devcluster import Cluster
from jupyter_slurm_rest.file_threads import FileThreads
from jupyter_slurm_rest.server.job_files import name_unopened
from jupyter_slurm_rest.slurm.models import ExitCode
from tests.real.comparison import client_of, lines, states, submit, until, versions_of

#: 26.05 makes the folders that a user may make: these nobody but root may.
#: By name: options, script, the exit code, and what is said.
ENDS: dict[str, tuple[list[str], str, ExitCode, str]] = {
    "code": ([], "exit 3", ExitCode(code=3), "The script ended with exit code 3."),
    # slurmdbd keeps the reason that it waited for.
    "waited": (["--begin=now+3"], "exit 5", ExitCode(code=5), "The script ended with exit code 5."),
    "missing": ([], "no-such-program", ExitCode(code=127), "a command was not found"),
    "child": ([], "sh -c 'kill -9 $$'", ExitCode(code=137), "a command was ended by signal KILL"),
    "killed": ([], "kill -9 $$", ExitCode(signal=9), "The script was ended by signal KILL."),
    "crashed": ([], "kill -SEGV $$", ExitCode(signal=11), "The script was ended by signal SEGV."),
    "output": (
        ["--output=/no-such-folder/x.out"],
        "true",
        ExitCode(signal=53),
        "its standard output /no-such-folder/x.out (there is no folder /no-such-folder).",
    ),
    "input": (
        ["--output={0}/x.out", "--input={0}/no-input"],
        "true",
        ExitCode(signal=53),
        "its standard input {0}/no-input (no such file or directory).",
    ),
    "folder": (
        ["--chdir=/no-such-folder", "--output=x.out"],
        "true",
        ExitCode(signal=53),
        "its standard output /no-such-folder/x.out (there is no folder /no-such-folder).",
    ),
    "step": ([], "srun sh -c 'exit 4'; exit 0", ExitCode(), "but one of its steps failed"),
}


def is_now(cluster: Cluster, job_id: int, state: str) -> bool:
    return states(cluster, job_id) == {str(job_id): state}


def accounted(cluster: Cluster, argv: list[str]) -> bool:
    return lines(cluster, argv)[0].partition("|")[0].endswith("ED")


async def test_endings_match_sacct(cluster: Cluster) -> None:
    # On the clusters' nodes as well as here.
    (folder,) = lines(cluster, ["mktemp", "--directory", "--tmpdir=/home/alice"])
    ids = {
        name: submit(
            cluster,
            "--ntasks=1",
            "--mem=10",
            *(option.format(folder) for option in options),
            script=script,
        )
        for name, (options, script, _, _) in ENDS.items()
    }
    for name, job_id in ids.items():
        state = "COMPLETED" if name == "step" else "FAILED"
        until(partial(is_now, cluster, job_id, state), f"{name} {state}")
    for version in await versions_of(cluster):
        async with client_of(cluster, version=version) as client:
            for name, job_id in ids.items():
                _, _, exit_code, said = ENDS[name]
                job = await name_unopened(await client.job(job_id), FileThreads())
                found = msgspec.structs.replace(job.exit_code or ExitCode(), signal_name="")
                assert (name, found) == (name, exit_code)
                assert job.why is not None, name
                assert said.format(folder) in job.why.text
    for name, job_id in ids.items():
        exit_code = ENDS[name][2]
        # sacct to 24.11 takes 128 from codes above it.
        theirs = {f"{code}:{exit_code.signal}" for code in (exit_code.code, exit_code.code % 128)}
        argv = ["sacct", "-nXP", f"-j{job_id}", "-oState,ExitCode"]
        until(partial(accounted, cluster, argv), f"{name} ended")
        assert lines(cluster, argv)[0].partition("|")[2] in theirs, name
    async with client_of(cluster) as client:
        for name, job_id in ids.items():
            # slurmctld forgets a job after a while; accounting alone explains it as well.
            job = await client.accounting_job(job_id)
            why = job.why
            _, _, exit_code, said = ENDS[name]
            if name == "step" and why is None:
                # v0.0.38 leaves out the exit codes of slurmdbd.
                continue
            if job.exit_code is None:
                said = "REST API does not report how"
            assert why is not None, name
            # Its accounting has no paths.
            expected = "Slurm could not open" if exit_code.signal == 53 else said
            assert expected in why.text, (name, why)
