"""Functions run in jobs of a real Slurm. The jobs are alice's, as is their Python."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from bench.relay import Relay
from devcluster import Cluster
from jupyter_slurm_rest import Job, Slurm, SlurmExecutor
from jupyter_slurm_rest.executor import errors
from jupyter_slurm_rest.notebook.api import SlurmApi
from jupyter_slurm_rest.notebook.find_server import ServerAddress

from .api import server_config

T = TypeVar("T")
SOON = 60


class AlicesSlurm(Slurm):
    """Tests run as root: what the executor wrote is given to alice before her job starts."""

    folder: Path
    submissions = 0

    def submit(self, *args: Any, **options: Any) -> Job:
        for path in [self.folder, *self.folder.rglob("*")]:
            shutil.chown(path, "alice", "alice")
        self.submissions += 1
        return super().submit(*args, **options)


@pytest.fixture
def relay(cluster: Cluster) -> Iterator[Relay]:
    with Relay(cluster.url) as relay:
        yield relay


@pytest.fixture
def jp_server_config(cluster: Cluster, relay: Relay, tmp_path: Path) -> dict[str, Any]:
    return server_config(tmp_path, cluster.token("alice"), {"real": relay.url})


@pytest.fixture(scope="module")
def python(cluster: Cluster) -> Iterator[dict[str, Any]]:
    """A Python that nodes have: theirs, or else a copy of this one in a folder that is shared."""
    theirs = "/usr/bin/python3"
    if cluster.run(["test", "-x", theirs], check=False).returncode == 0:
        yield {"python": theirs}
        return
    base, version = Path(sys.base_prefix), f"python{sys.version_info[0]}.{sys.version_info[1]}"
    copy = Path("/home/alice") / f"python-{os.getpid()}"
    unneeded = shutil.ignore_patterns("site-packages", "dist-packages", "test", "__pycache__")
    shutil.copytree(base / "lib" / version, copy / "lib" / version, ignore=unneeded)
    for library in (base / "lib").glob("libpython3.*.so.*"):
        shutil.copy(library, copy / "lib")
    (copy / "bin").mkdir()
    ours = shutil.copy(base / "bin" / version, copy / "bin" / "python3")
    path = f"LD_LIBRARY_PATH={copy / 'lib'}"
    try:
        if cluster.run(["env", path, str(ours), "-c", "import json"], check=False).returncode != 0:
            pytest.skip("the nodes have no Python, and this one does not run there")
        yield {"python": str(ours), "setup": f"export {path}"}
    finally:
        shutil.rmtree(copy)


@pytest.fixture
def executor(
    jp_serverapp: Any, jp_fetch: Any, python: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> Iterator[SlurmExecutor]:
    # Jobs work in the current directory.
    monkeypatch.chdir("/home/alice")
    token = jp_serverapp.identity_provider.token
    api = SlurmApi(lambda: ServerAddress(jp_serverapp.connection_url, token))
    slurm = AlicesSlurm.over(api, "real")
    slurm.folder = Path("/home/alice") / f"executor-{os.getpid()}-{time.monotonic_ns()}"
    yield SlurmExecutor(slurm.folder, slurm=slurm, **python, mem="50M", time=5)
    api.close()
    shutil.rmtree(slurm.folder)


def run(work: Callable[[], T]) -> Any:
    """Away from the event loop, in which the Jupyter server runs."""
    return asyncio.to_thread(work)


async def test_what_happens_to_a_function_comes_back(
    executor: SlurmExecutor, cluster: Cluster
) -> None:
    def work() -> None:
        # By name: the notebook's Python and the job's may differ.
        good = executor.submit(eval, "6 * 7")
        bad = executor.submit(eval, "1 / 0")
        killed = executor.submit(
            exec, "import os\nprint('before', flush=True)\nos.kill(os.getpid(), 9)"
        )
        lock = executor.submit(eval, "__import__('threading').Lock()")
        environ = executor.submit(
            eval, "open('/proc/%d/environ' % __import__('os').getpid()).read()"
        )
        assert good.result(SOON) == 42
        with pytest.raises(ZeroDivisionError) as caught:
            bad.result(SOON)
        assert isinstance(caught.value.__cause__, errors.RemoteTraceback)
        with pytest.raises(errors.JobKilled, match="signal 9") as died:
            killed.result(SOON)
        assert died.value.output.startswith("before")
        with pytest.raises(errors.ResultNotPicklable):
            lock.result(SOON)
        assert "eyJ" not in environ.result(SOON)
        closed = cluster.run(["ls", str(executor.folder)], user="bob", check=False)
        assert closed.returncode != 0

    await run(work)


async def test_slurms_ends_are_told_apart(executor: SlurmExecutor, cluster: Cluster) -> None:
    def work() -> None:
        future = executor.submit(time.sleep, 600)
        ours = executor.submit(time.sleep, 600)
        while not (future.running() and ours.running()):
            time.sleep(0.2)
        cluster.run(["scancel", future.job_id], user="alice")
        assert ours.cancel()
        assert isinstance(future.exception(SOON), errors.JobCancelled)
        state = ["squeue", "--noheader", "--format=%T", f"--jobs={ours.job_id}"]
        assert cluster.run(state, check=False).stdout.strip() != "RUNNING"

    await run(work)


async def test_a_folder_that_nodes_do_not_have(executor: SlurmExecutor) -> None:
    def work() -> None:
        # Clusters have a /run of their own.
        slurm = executor._slurm
        assert isinstance(slurm, AlicesSlurm)
        slurm.folder = Path("/run") / slurm.folder.name
        try:
            apart = SlurmExecutor(slurm.folder, slurm=slurm, mem="50M")
            assert isinstance(apart.submit(pow, 2, 3).exception(SOON), errors.FolderNotShared)
        finally:
            shutil.rmtree(slurm.folder)
            slurm.folder = Path("/home/alice") / slurm.folder.name
            slurm.folder.mkdir()

    await run(work)


async def test_map_is_one_array_and_outlives_the_kernel(
    executor: SlurmExecutor, relay: Relay
) -> None:
    def work() -> None:
        relay.reset()
        slurm = executor._slurm
        assert isinstance(slurm, AlicesSlurm)
        before = slurm.submissions
        mapped = executor.map(eval, [f"{number} ** 2" for number in range(6)])
        assert list(mapped) == [0, 1, 4, 9, 16, 25]
        assert slurm.submissions == before + 1
        # Submitting, and the server's lists of the queue: nothing for each task.
        assert relay.requests < 30
        assert len({future.job_id.partition("_")[0] for future in mapped.futures}) == 1
        later = SlurmExecutor(executor.folder, slurm=executor._slurm).attach()
        assert [one.result(SOON) for one in later] == [[0], [1], [4], [9], [16], [25]]

    await run(work)
