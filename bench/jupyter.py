"""A Jupyter server to measure, and a browser's way of asking it."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

if TYPE_CHECKING:
    from typing_extensions import Self

_ROOT = Path(__file__).parent.parent


class Response(NamedTuple):
    """One exchange with the server."""

    status: int
    seconds: float
    #: Of the response: head and body as they crossed the wire.
    received: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        packed = self.headers.get("content-encoding") == "gzip"
        return json.loads(gzip.decompress(self.body) if packed else self.body)


class Jupyter:
    """A server of its own configuration; lives between ``with`` and its end."""

    def __init__(
        self,
        config: Mapping[str, Any],
        *,
        python: Path = Path(sys.executable),
        environment: Mapping[str, str] | None = None,
        files: Mapping[str, str] | None = None,
        links: Mapping[str, Path] | None = None,
    ) -> None:
        #: ``$FOLDER`` in it stands for the server's folder, where ``files`` are put.
        self._config = config
        self._files = files or {}
        self._links = links or {}
        self._python = python
        self._environment = environment or {}
        self._secret = secrets.token_hex(16)

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="bench-jupyter-")
        folder = Path(self._folder.name)
        config = json.dumps(self._config).replace("$FOLDER", str(folder))
        (folder / "jupyter_server_config.json").write_text(config)
        for name, target in self._links.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).symlink_to(target)
        for name, content in self._files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).touch(mode=0o600)
            (folder / name).write_text(content)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        environment = {
            **os.environ,
            "JUPYTER_CONFIG_DIR": str(folder),
            "JUPYTER_RUNTIME_DIR": str(folder / "run"),
            "JUPYTER_DATA_DIR": str(folder / "data"),
            "JUPYTER_TOKEN": self._secret,
            "PYTHONPATH": str(_ROOT),
            **self._environment,
        }
        argv = [str(self._python), "-m", "jupyter_server", "--allow-root", "--no-browser"]
        argv += [f"--ServerApp.port={self.port}", f"--ServerApp.root_dir={folder}"]
        with (folder / "log").open("w") as log:
            self._process = subprocess.Popen(
                argv, env=environment, stdout=log, stderr=subprocess.STDOUT, cwd=folder
            )
        self._wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
        if error is not None:
            sys.stderr.write((Path(self._folder.name) / "log").read_text()[-4000:])
        self._folder.cleanup()

    @property
    def pid(self) -> int:
        return self._process.pid

    def address(self, path: str) -> str:
        """For a browser, with the token that logs it in."""
        return f"http://127.0.0.1:{self.port}/{path}?token={self._secret}"

    def get(self, path: str, headers: Mapping[str, str] | None = None, **query: object) -> Response:
        """Ask as a browser does: compressed, on a connection that stays."""
        question = f"?{urlencode(query)}" if query else ""
        sent = {
            "Authorization": f"token {self._secret}",
            "Accept-Encoding": "gzip",
            **(headers or {}),
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        try:
            begun = time.perf_counter()
            connection.request("GET", f"/{path}{question}", headers=sent)
            response = connection.getresponse()
            body = response.read()
            seconds = time.perf_counter() - begun
        finally:
            connection.close()
        named = {name.lower(): value for name, value in response.getheaders()}
        head = 15 + len(response.reason) + sum(len(k) + len(v) + 4 for k, v in named.items()) + 2
        return Response(response.status, seconds, head + len(body), named, body)

    def jobs(self, cluster: str, headers: Mapping[str, str] | None = None, **q: object) -> Response:
        response = self.get(f"jupyter-slurm-rest/clusters/{cluster}/jobs", headers, **q)
        if response.status not in (200, 304):
            raise RuntimeError(f"{response.status}: {response.body[:500]!r}")
        return response

    def probe(self, *, reset: bool = False) -> Any:
        return self.get("bench/probe", reset="1" if reset else "").json()

    def _wait(self) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                if self.get("api/status").status == 200:
                    return
            except OSError:
                time.sleep(0.1)
            if self._process.poll() is not None:
                break
        raise RuntimeError((Path(self._folder.name) / "log").read_text()[-2000:])


def ours(urls: Mapping[str, str], token: str, **traits: object) -> Jupyter:
    """A server with this project's extension and a cluster for each of ``urls``."""
    clusters = {
        name: {
            "url": url,
            "tokens": {"provider": "file", "path": "$FOLDER/slurm-token"},
            "timeout": 300,
        }
        for name, url in urls.items()
    }
    extensions = {"jupyter_slurm_rest": True, "bench.probe": True}
    config = {
        "ServerApp": {"jpserver_extensions": extensions},
        "SlurmRest": {"clusters": clusters, **traits},
    }
    return Jupyter(config, files={"slurm-token": token})
