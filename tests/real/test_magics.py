"""``%slurm`` in a kernel, on a real Slurm: what a notebook shows and what Slurm then says."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from devcluster import Cluster

from .api import Api, server_config

#: nbformat's functions have no annotations.
_format: Any = nbformat


@pytest.fixture
def jp_server_config(cluster: Cluster, tmp_path: Path) -> dict[str, Any]:
    return server_config(tmp_path, cluster.token("alice"), {"real": cluster.url})


class Notebook:
    """Cells that run one after the other in one kernel."""

    def __init__(self, client: Any) -> None:
        self._client = client

    async def run(self, code: str) -> str:
        """What the cell printed and showed; raises what the notebook would stop at."""
        cell = _format.v4.new_code_cell(code)
        self._client.nb.cells.append(cell)
        await self._client.async_execute_cell(cell, len(self._client.nb.cells) - 1)
        return shown(cell)

    async def fails(self, code: str) -> str:
        """What the notebook stops at."""
        with pytest.raises(CellExecutionError) as raised:
            await self.run(code)
        return str(raised.value)

    async def completed(self, line: str) -> list[str]:
        """What Tab offers at the end of ``line``."""
        reply = await self._client.kc.complete(line, reply=True, timeout=60)
        found: list[str] = reply["content"]["matches"]
        return found

    async def interrupted(self, code: str, by: Any) -> str:
        """What a cell shows that is interrupted once ``by`` is done."""
        running = asyncio.create_task(self.fails(code))
        await by
        await self._client.km.interrupt_kernel()
        return await running


def shown(cell: Any) -> str:
    texts = [
        output["text"] if output["output_type"] == "stream" else output["data"]["text/plain"]
        for output in cell.outputs
        if output["output_type"] != "error"
    ]
    return "".join(texts)


@contextlib.asynccontextmanager
async def new_notebook(folder: Path) -> AsyncIterator[Notebook]:
    """A notebook whose kernel finds the server of this process."""
    client: Any = NotebookClient(_format.v4.new_notebook(), kernel_name="python3", timeout=120)
    async with client.async_setup_kernel(cwd=str(folder)):
        notebook = Notebook(client)
        await notebook.run("%load_ext jupyter_slurm_rest")
        yield notebook


async def test_a_notebook_of_jobs(
    jp_serverapp: Any, jp_fetch: Any, cluster: Cluster, tmp_path: Path
) -> None:
    # Everything in one kernel: starting one takes longer than these jobs.
    async with new_notebook(tmp_path) as notebook:
        await _mistakes_are_told(notebook)
        await _a_failed_job(notebook)
        await _a_held_job(notebook, Api(jp_fetch, "real"), cluster)
        await _arguments_reach_the_script(notebook, cluster, tmp_path)


async def _mistakes_are_told(notebook: Notebook) -> None:
    assert "no option --stae (did you mean --state" in await notebook.fails("%slurm jobs --stae R")


async def _a_failed_job(notebook: Notebook) -> None:
    failed = await notebook.fails(
        "%%slurm submit --job bad --wait --mem 10 -t 5 -o /dev/null\n#!/bin/sh\nexit 3\n"
    )
    assert "ended as FAILED with exit code 3" in failed
    assert "no signal was sent" in await notebook.run("%slurm signal USR1 {bad.id}")
    assert "had already finished" in await notebook.run("%scancel {bad.id}")
    assert await notebook.completed("%slurm hist") == ["history"]
    job = (await notebook.run("%slurm jobs")).splitlines()[1].split()[0]
    assert job in await notebook.completed(f"%slurm output {job[:2]}")


async def _a_held_job(notebook: Notebook, jobs: Api, cluster: Cluster) -> None:
    await notebook.run(
        "%%sbatch --hold --job held --mem 10 -t 5 -J 'two words' -o /dev/null\n"
        "#!/bin/sh\nsleep 300\n"
    )
    job = (await notebook.run("print(held)")).strip()
    assert "changed" in await notebook.run(f"%slurm update {job} --time 10 --comment 'a b'")
    queued = cluster.run(["squeue", "-h", "-j", job, "-o", "%l|%j|%k"]).stdout
    assert queued.strip() == "10:00|two words|a b"
    assert "two words" in await notebook.run("%squeue --me -t PD")
    # Histories have what has ended.
    assert "two words" not in await notebook.run(f"%slurm history --search {job}")
    await notebook.run("%slurm release {held.id}")
    line = await notebook.interrupted(f"%slurm wait {job} --job again", jobs.until(job, "RUNNING"))
    assert f"%slurm cancel {job}" in line
    assert (await notebook.run("print(again)")).strip() == job
    assert "canceled" in await notebook.run(f"%slurm cancel {job}")
    await jobs.until(job, "CANCELLED")


async def _arguments_reach_the_script(notebook: Notebook, cluster: Cluster, folder: Path) -> None:
    (folder / "run.sh").write_text('#!/bin/sh\n[ "$1" = "a b" ] && [ "$2" = --mem=1 ]\n')
    code = "%slurm submit --wait --mem 10 -t 5 -o /dev/null run.sh 'a b' --mem=1"
    if cluster.release.startswith("22.05"):
        assert "Write them into the script" in await notebook.fails(code)
    else:
        assert "COMPLETED" in await notebook.run(code)
