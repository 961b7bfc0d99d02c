"""Output files: their end, whole characters, and only files that are safe to open."""

from __future__ import annotations

import asyncio
import os
import pwd
import threading
from pathlib import Path
from typing import Any

import pytest

from jupyter_slurm_rest.file_threads import FileThreads
from jupyter_slurm_rest.server.job_files import CHUNK, FIRST, read_output
from jupyter_slurm_rest.server.schemas import OutputChunk, OutputQuery
from jupyter_slurm_rest.slurm.models import Job
from jupyter_slurm_rest.tokens.token import Token


class OneJob:
    """A cluster with one job."""

    def __init__(
        self,
        path: Path | str,
        state: str = "RUNNING",
        stderr: str = "",
        user: str = "alice",
        nodes: str = "cpu1",
    ) -> None:
        self.known = Job(
            id="7", job_id=7, state=state, stdout=str(path), stderr=stderr, user=user, nodes=nodes
        )
        self.tokens = self
        self.current: Token | None = Token("", "alice", 0.0, 0.0)
        self.files = FileThreads(patience=0.5)

    async def job(self, job_id: str, *, allow_stale: bool) -> Job:
        return self.known


async def read(cluster: Any, offset: int | None = None, **query: Any) -> OutputChunk:
    return await read_output(cluster, "7", OutputQuery(offset=offset, **query), root="/nowhere")


async def test_a_growing_file_is_read_on(tmp_path: Path) -> None:
    file = tmp_path / "out"
    file.write_text("one\n")
    job = OneJob(file)
    first = await read(job)
    assert (first.text, first.next_offset, first.finished) == ("one\n", 4, False)
    file.write_text("one\ntwo\n")
    second = await read(job, first.next_offset)
    assert (second.text, second.offset, second.next_offset) == ("two\n", 4, 8)
    assert (await read(job, 8)).text == ""
    assert (await read(OneJob(file, "COMPLETED"), 8)).finished


async def test_a_long_file_is_shown_from_the_end_and_from_a_line(tmp_path: Path) -> None:
    file = tmp_path / "out"
    file.write_text("".join(f"line {n}\n" for n in range(20_000)))
    chunk = await read(OneJob(file))
    assert chunk.truncated_start
    assert chunk.text.startswith("line ")
    assert chunk.text.endswith("line 19999\n")
    assert len(chunk.text) <= FIRST
    assert chunk.offset + len(chunk.text) == chunk.size


async def test_chunks_have_a_maximum_size(tmp_path: Path) -> None:
    file = tmp_path / "out"
    file.write_bytes(b"x" * (3 * CHUNK))
    chunk = await read(OneJob(file, "COMPLETED"), 0)
    assert len(chunk.text) == CHUNK
    assert not chunk.finished
    assert not chunk.truncated_start


@pytest.mark.parametrize("character", ["é", "語", "🙂"])
async def test_characters_are_never_split(tmp_path: Path, character: str) -> None:
    file = tmp_path / "out"
    written = ("a" + character).encode()
    for length in range(1, len(written)):
        file.write_bytes(written[:length])
        chunk = await read(OneJob(file), 0)
        assert (chunk.text, chunk.next_offset) == ("a", 1)
    file.write_bytes(written)
    assert (await read(OneJob(file), 1)).text == character


async def test_binary_output_is_shown_as_text_where_possible(tmp_path: Path) -> None:
    file = tmp_path / "out"
    file.write_bytes(b"ok \xff\xfe \xe2\x82")
    running = await read(OneJob(file), 0)
    assert (running.text, running.next_offset) == ("ok \ufffd\ufffd ", 6)
    ended = await read(OneJob(file, "FAILED"), 0)
    assert ended.text.startswith("ok \ufffd\ufffd ")
    assert ended.finished


async def test_a_truncated_file_is_read_from_its_start(tmp_path: Path) -> None:
    file = tmp_path / "out"
    file.write_text("new\n")
    chunk = await read(OneJob(file), 5000)
    assert (chunk.offset, chunk.text) == (0, "new\n")


async def test_stderr_is_stdout_where_they_are_one_file(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("out\n")
    (tmp_path / "err").write_text("err\n")
    both = OneJob(tmp_path / "out")
    apart = OneJob(tmp_path / "out", stderr=str(tmp_path / "err"))
    assert (await read(both, stream="stderr")).text == "out\n"
    assert (await read(apart, stream="stderr")).text == "err\n"


async def test_links_fifos_devices_and_folders_are_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    link = tmp_path / "link"
    link.symlink_to(secret)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    for path in (link, fifo, tmp_path, Path("/dev/zero"), Path("/proc/self/environ")):
        chunk = await read(OneJob(path))
        assert chunk.text == "", path
        if path.parts[1] != "proc":
            assert chunk.note


async def test_missing_output_is_explained(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    assert "has not started" in (await read(OneJob(missing, "PENDING"))).note
    assert (await read(OneJob(missing, "RUNNING"))).note == (
        "The job has not created its output file yet."
    )
    assert "did not create this file" in (await read(OneJob(missing, "FAILED"))).note
    assert "never started" in (await read(OneJob(missing, "CANCELLED", nodes=""))).note
    elsewhere = tmp_path / "elsewhere" / "x.out"
    assert "may not see" in (await read(OneJob(elsewhere, "FAILED"))).note
    assert "does not report the path" in (await read(OneJob(""))).note
    assert "does not write this file" in (await read(OneJob("/dev/null"))).note


async def test_somebody_elses_job_shows_their_files_only(tmp_path: Path) -> None:
    """Any user can name a file that this user can read as their job's output."""
    file = tmp_path / "id_ed25519"
    file.write_text("secret")
    chunk = await read(OneJob(file, "FAILED", user="mallory"))
    assert (chunk.text, "does not belong to mallory" in chunk.note) == ("", True)
    owner = pwd.getpwuid(file.stat().st_uid)
    for name in (owner.pw_name, str(owner.pw_uid)):
        assert (await read(OneJob(file, "FAILED", user=name))).text == "secret"
    assert (await read(OneJob(file, "FAILED", user=""))).text == ""
    without_token = OneJob(file, "FAILED")
    without_token.current = None
    assert (await read(without_token)).text == ""


async def test_a_stalled_file_system_blocks_only_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Opened as any file is, a pipe that nobody writes to hangs just as long.
    monkeypatch.setattr(os, "O_NONBLOCK", 0)
    pipe = tmp_path / "out"
    os.mkfifo(pipe)
    (tmp_path / "other").write_text("other")
    job, other = OneJob(pipe), OneJob(tmp_path / "other")
    other.files = job.files
    try:
        chunks = await asyncio.gather(*(read(job) for _ in range(50)))
        assert {chunk.note for chunk in chunks} == {
            "The file cannot be read: its file system does not respond."
        }
        # Known to hang: nothing more is begun.
        assert "does not respond" in (await read(job)).note
        assert [thread.name for thread in threading.enumerate()].count("slurm-files") == 1
        assert (await read(other)).text == "other"
    finally:
        os.close(os.open(pipe, os.O_WRONLY))
