"""Completion of ``%slurm`` lines."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

from .conftest import Run


def completed(shell: InteractiveShell, text: str) -> list[str]:
    """The lines that completing the end of ``text`` gives."""
    with provisionalcompleter():
        found = list(shell.Completer.completions(text, len(text)))
    return [text[: one.start] + one.text + text[one.end :] for one in found]


def eventually(shell: InteractiveShell, text: str, wanted: str) -> bool:
    """Whether ``wanted`` is offered once the names have been read in the background."""
    until = time.monotonic() + 30
    while wanted not in completed(shell, text):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.parametrize(
    ("text", "among"),
    [
        ("%slurm ", "%slurm jobs"),
        ("%slurm su", "%slurm submit"),
        ("%%slurm su", "%%slurm submit"),
        ("found = %slurm hist", "found = %slurm history"),
        ("%slurm help upd", "%slurm help update"),
        ("%slurm jobs --st", "%slurm jobs --state"),
        ("%slurm jobs --state PE", "%slurm jobs --state PENDING"),
        ("%slurm jobs --state=RUNNING,PE", "%slurm jobs --state=RUNNING,PENDING"),
        ("%squeue --m", "%squeue --me"),
        ("%slurm submit --gpus-per-n", "%slurm submit --gpus-per-node"),
        ("%sbatch --mem-per-c", "%sbatch --mem-per-cpu"),
    ],
)
def test_commands_options_and_states(shell: InteractiveShell, text: str, among: str) -> None:
    assert among in completed(shell, text)


def test_only_our_own_words_are_offered(shell: InteractiveShell) -> None:
    assert all(line.startswith("%slurm ") for line in completed(shell, "%slurm "))
    assert "%slurm and" not in completed(shell, "%slurm a")


def test_other_lines_are_left_to_ipython(shell: InteractiveShell) -> None:
    shell.user_ns["jobs_of_mine"] = 1
    assert "jobs_of_mine" in completed(shell, "jobs_of")


async def test_names_of_the_cluster(run: Run, shell: InteractiveShell) -> None:
    import asyncio

    for text, among in (
        ("%slurm jobs --partition de", "%slurm jobs --partition debug"),
        ("%sbatch -p gp", "%sbatch -p gpu"),
        ("%slurm jobs -M max", "%slurm jobs -M maxwell"),
    ):
        assert await asyncio.to_thread(eventually, shell, text, among)
    job = (await run("%slurm jobs"))[0]["id"]
    assert f"%slurm output {job}" in completed(shell, f"%slurm output {job[:2]}")


def test_a_server_that_hangs_delays_no_completion(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()

    def hang(*args: Any, **kwargs: Any) -> Any:
        assert released.wait(60)
        return {"clusters": []}

    session = shell.magics_manager.registry["SlurmMagics"].session
    monkeypatch.setattr(session.api, "call", hang)
    try:
        # Returns although nothing is released.
        assert "%slurm jobs --partition debug" not in completed(shell, "%slurm jobs --partition de")
    finally:
        released.set()
