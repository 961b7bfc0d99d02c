"""Blocking file access: one thread for each path, with a timeout."""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path

import pytest

from jupyter_slurm_rest.file_threads import FileSystemStalled, FileThreads
from jupyter_slurm_rest.tokens.errors import SourceUnreachable
from jupyter_slurm_rest.tokens.sources import SecretFile


def _hang(go_on: threading.Event) -> str:
    go_on.wait(60)
    return "late"


async def test_what_hangs_holds_up_its_own_path_only() -> None:
    files, go_on = FileThreads(patience=0.3), threading.Event()
    try:
        waiting = [files.run("/stalled", lambda: _hang(go_on)) for _ in range(30)]
        ended = await asyncio.gather(*waiting, return_exceptions=True)
        assert {type(one) for one in ended} == {FileSystemStalled}
        assert await files.run("/else", lambda: "at once") == "at once"
    finally:
        go_on.set()
    # It recovers when the file system does.
    while True:
        try:
            assert await files.run("/stalled", lambda: "again") == "again"
            break
        except FileSystemStalled:
            await asyncio.sleep(0)


async def test_so_many_threads_and_no_more() -> None:
    files, go_on = FileThreads(patience=0.3, most=2), threading.Event()
    try:
        for path in ("/a", "/b", "/c"):
            with pytest.raises(FileSystemStalled):
                await files.run(path, lambda: _hang(go_on))
        hanging = [one for one in threading.enumerate() if one.name == "slurm-files"]
        assert len(hanging) == 2
        assert all(one.daemon for one in hanging)
    finally:
        go_on.set()


async def test_results_and_errors_are_those_of_the_work(tmp_path: Path) -> None:
    files = FileThreads()
    assert await files.run("/", lambda: 7) == 7
    with pytest.raises(FileNotFoundError):
        await files.run("/none", (tmp_path / "none").stat)


async def test_a_token_file_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Opened as any file is, a pipe that nobody writes to hangs just as long.
    monkeypatch.setattr(os, "O_NONBLOCK", 0)
    monkeypatch.setattr("jupyter_slurm_rest.file_threads.PATIENCE", 0.3)
    pipe = tmp_path / "token"
    os.mkfifo(pipe)
    file = SecretFile(pipe)
    try:
        for _ in range(2):
            with pytest.raises(SourceUnreachable, match="file system does not respond"):
                await file.read()
        # Nothing newer is known: the value in hand is still used.
        assert await file.stamp() is None
    finally:
        os.close(os.open(pipe, os.O_WRONLY))
