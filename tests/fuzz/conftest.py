"""A Jupyter server of its own process, before a slurmrestd that replays recorded responses.

``FUZZ_EXAMPLES=1000`` looks further, and elsewhere each time; without it every run looks at the
same examples, so that a failure is news of the change that it came with.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, settings
from tornado.testing import bind_unused_port

from devcluster.process import wait_until
from tests.recorded import responses
from tests.server.replay import ReplaySlurmrestd
from tests.tokens.tokens import make_token

API_VERSION = "v0.0.45"
RELEASE = "26.05.5"
TOKEN = "fuzz"
#: Seconds: what takes longer counts as hanging.
PATIENCE = 30.0

CONFIG = """
c.ServerApp.jpserver_extensions = {{"jupyter_slurm_rest": True}}
c.ServerApp.open_browser = False
c.ServerApp.allow_root = True
c.IdentityProvider.token = "{token}"
tokens = {{"provider": "file", "path": "{file}"}}
c.SlurmRest.clusters = {{"c": {{"url": "{url}", "tokens": tokens, "api_version": "v0.0.45"}}}}
c.SlurmRest.refresh = 0.0
"""


def bounded(examples: int) -> settings:
    """So many examples, or as many as ``FUZZ_EXAMPLES`` says."""
    asked = os.environ.get("FUZZ_EXAMPLES")
    return settings(
        max_examples=int(asked or examples),
        derandomize=not asked,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@dataclass(frozen=True)
class Server:
    """The server and its slurmrestd."""

    url: str
    slurmrestd: ReplaySlurmrestd
    process: subprocess.Popen[bytes]

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"token {TOKEN}"}

    def replay(self) -> None:
        """Replay every response that was recorded as a success."""
        for recorded in responses(RELEASE, API_VERSION).values():
            if recorded.status == 200 and not recorded.name.startswith("no_"):
                self.slurmrestd.give(recorded)
        # Of several responses to one question, the one that says most.
        self.slurmrestd.play("jobs", "db_jobs", "nodes", "partitions", "reservations")

    def lives(self) -> bool:
        """Whether it still responds."""
        response = httpx.get(f"{self.url}/api/status", headers=self.headers, timeout=PATIENCE)
        return response.status_code == 200 and self.process.poll() is None


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("fuzz")
    slurmrestd = ReplaySlurmrestd(API_VERSION)
    slurmrestd.start()
    file = folder / "token"
    file.write_text(make_token("alice", 86_400))
    file.chmod(0o600)
    config = folder / "jupyter_server_config.py"
    config.write_text(CONFIG.format(token=TOKEN, url=slurmrestd.url, file=file))
    socket, port = bind_unused_port()
    socket.close()
    command = [sys.executable, "-m", "jupyter", "server", f"--config={config}", f"--port={port}"]
    found = Server(
        f"http://127.0.0.1:{port}", slurmrestd, _start([*command, "--port-retries=0"], folder)
    )
    found.replay()
    wait_until(lambda: _up(found), "the server answers", seconds=60)
    yield found
    found.process.send_signal(signal.SIGTERM)
    found.process.wait(30)
    slurmrestd.stop()


def _start(command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "HOME": str(folder),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
    }
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)


def _up(server: Server) -> bool:
    try:
        return server.lives()
    except httpx.HTTPError:
        return False
