"""A JupyterHub on loopback whose users are those of the clusters.

It runs the configuration of deploy/jupyterhub, so that what is shipped is what is
tried; only addresses, paths and the login differ.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devcluster.cluster import Cluster
from devcluster.errors import DevclusterError
from devcluster.layout import home
from devcluster.process import Process, spawn, stop, tail, wait_until
from devcluster.users import USERS

_DEPLOY = Path(__file__).parent.parent / "deploy/jupyterhub/jupyterhub_config.py"
_PROXY = "configurable-http-proxy@5.3.0"
_START_SECONDS = 90.0

_CONFIG = """\
import hmac, json, os
from pathlib import Path
from jupyterhub.auth import Authenticator

given = json.loads(Path({given!r}).read_text())

class Passwords(Authenticator):
    # The users of the test clusters have no passwords on this machine, and need none.
    async def authenticate(self, handler, data):
        password = given["passwords"].get(data["username"], "")
        right = password and hmac.compare_digest(password, data["password"])
        return data["username"] if right else None

load_subconfig(given["deploy"])
c.JupyterHub.authenticator_class = Passwords
c.Authenticator.allow_all = True
c.JupyterHub.bind_url = given["url"]
c.JupyterHub.hub_port = given["hub_port"]
c.JupyterHub.db_url = "sqlite:///" + given["state"] + "/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = given["state"] + "/cookie_secret"
c.ConfigurableHTTPProxy.command = given["proxy"]
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:%d" % given["proxy_port"]
c.ConfigurableHTTPProxy.auth_token = given["proxy_token"]
c.ConfigurableHTTPProxy.pid_file = given["state"] + "/proxy.pid"
c.JupyterHub.services[0]["command"][-2:] = given["service_arguments"]
c.Spawner.cmd = given["singleuser"]
c.Spawner.environment["JUPYTER_SLURM_REST_TOKEN_URL"] = given["token_url"]
c.Spawner.environment["JUPYTER_CONFIG_PATH"] = given["etc"]
c.Spawner.start_timeout = 60
"""


@dataclass(frozen=True)
class Entry:
    """A cluster as users see it: its settings in the token service and in the servers."""

    cluster: Cluster
    service: Mapping[str, Any] = field(default_factory=dict)
    provider: str = "hub"
    server: Mapping[str, Any] = field(default_factory=dict)


class Hub:
    """One JupyterHub with its proxy, its token service and users' servers; root only.

    ``bin_folder`` belongs to an environment that ordinary users may run and that
    holds jupyterhub and this project. ``entries`` are the clusters by the name that
    users see, ``config`` is further lines of jupyterhub_config.py.
    """

    def __init__(
        self,
        entries: Mapping[str, Entry],
        bin_folder: Path,
        folder: Path,
        *,
        config: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.passwords = {user: secrets.token_urlsafe(9) for user in USERS}
        port, hub_port, proxy_port = free_ports(3)
        self.url = f"http://127.0.0.1:{port}"
        self.socket = folder / "run/slurm-token.sock"
        self.bin_folder = bin_folder
        self._entries = entries
        self._more = config
        self._environment = environment or {}
        self._ports = {"hub_port": hub_port, "proxy_port": proxy_port}
        self._process: Process | None = None

    @property
    def log(self) -> Path:
        """What the hub, its proxy, its service and all servers write."""
        return self.folder / "state/jupyterhub.log"

    @property
    def service_config(self) -> Path:
        return self.folder / "state/slurm_token_config.py"

    def up(self) -> None:
        """Write the configuration, start the hub and wait until it responds."""
        self._lay_out()
        self.start()

    def start(self) -> None:
        """Start the hub; users' servers that still run are found again."""
        path = f"{self.bin_folder}:{os.environ.get('PATH', '/usr/bin:/bin')}"
        env = {"PATH": path, "HOME": "/root", "LANG": "C.UTF-8", **self._environment}
        command = [
            str(self.bin_folder / "jupyterhub"),
            f"--config={self.folder / 'state/config.py'}",
        ]
        process = self._process = spawn(command, self.log, env)

        def failed() -> str | None:
            return None if process.alive() else f"JupyterHub ended:\n{tail(self.log, 30)}"

        wait_until(
            self._responses, f"JupyterHub (log: {self.log})", seconds=_START_SECONDS, failed=failed
        )

    @property
    def process(self) -> Process:
        """The hub itself."""
        if self._process is None:
            raise DevclusterError("this JupyterHub was not started")
        return self._process

    def stop(self) -> None:
        """Stop the hub, and with it its proxy, its service and (by default) the servers."""
        if self._process is not None:
            stop([self._process], grace=40.0)

    def down(self) -> None:
        """Stop everything and remove what was written."""
        self.stop()
        stop(self.left_over())
        shutil.rmtree(self.folder, ignore_errors=True)

    def servers(self) -> dict[int, dict[str, str]]:
        """Environment of each single-user server of this hub, by process id."""
        found = {}
        for pid, environment in _environments():
            ours = environment.get("JUPYTER_CONFIG_PATH") == str(self.folder / "etc")
            if ours and "jupyterhub-singleuser" in _command(pid):
                found[pid] = environment
        return found

    def service_environments(self) -> list[dict[str, str]]:
        """Environment of the token service, which the hub runs."""
        return list(self._services().values())

    def _services(self) -> dict[int, dict[str, str]]:
        return {
            pid: environment
            for pid, environment in _environments()
            if environment.get("JUPYTERHUB_SERVICE_NAME") == "slurm-token"
            and str(self.service_config) in _command(pid)
        }

    def _proxy(self) -> list[int]:
        pid_file = self.folder / "state/proxy.pid"
        pid = int(pid_file.read_text()) if pid_file.exists() else 0
        return [pid] if "configurable-http-proxy" in _command(pid) else []

    def _service_responds(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(str(self.socket))
            except OSError:
                return False
        return True

    def left_over(self) -> list[Process]:
        """Processes that live on after the hub has ended: servers, perhaps service and proxy."""
        pids = [*self.servers(), *self._services(), *self._proxy()]
        return [process for pid in pids if (process := Process.of(pid)) is not None]

    def _responses(self) -> bool:
        try:
            health = f"{self.url}/hub/health"
            with urllib.request.urlopen(health, timeout=2) as response:  # noqa: S310 - our own address
                return bool(response.status == 200) and self._service_responds()
        except (urllib.error.URLError, OSError):
            return False

    def _lay_out(self) -> None:
        state, etc, run = (self.folder / name for name in ("state", "etc", "run"))
        for folder, mode in ((self.folder, 0o755), (state, 0o700), (etc, 0o755), (run, 0o755)):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(mode)
        listen = "http+unix://" + str(self.socket).replace("/", "%2F")
        given = {
            "deploy": str(_DEPLOY),
            "passwords": self.passwords,
            "url": self.url,
            "state": str(state),
            "etc": str(etc),
            "proxy": ensure_proxy(),
            "proxy_token": secrets.token_hex(16),
            "service_arguments": [f"--config={self.service_config}", f"--bind-url={listen}"],
            "singleuser": [str(self.bin_folder / "jupyterhub-singleuser")],
            "token_url": f"{listen}/services/slurm-token/",
            **self._ports,
        }
        (state / "given.json").write_text(json.dumps(given))
        config = _CONFIG.format(given=str(state / "given.json")) + self._more
        (state / "config.py").write_text(config)
        self._write_service_config()
        self._write_server_config(etc)

    def _write_service_config(self) -> None:
        settings = {
            name: {"key_file": str(entry.cluster.layout.jwt_key), **entry.service}
            for name, entry in self._entries.items()
        }
        self.service_config.write_text(f"c.SlurmTokenService.clusters = {settings!r}\n")

    def _write_server_config(self, etc: Path) -> None:
        settings = {
            name: {
                "url": entry.cluster.url,
                "tokens": {"provider": entry.provider, "cluster": name},
                **entry.server,
            }
            for name, entry in self._entries.items()
        }
        path = etc / "jupyter_server_config.py"
        path.write_text(f"c.SlurmRest.clusters = {settings!r}\n")
        path.chmod(0o644)


def ensure_proxy() -> list[str]:
    """Install configurable-http-proxy where everybody's hub finds it; return its command."""
    folder = home() / "proxy"
    program = folder / "node_modules/.bin/configurable-http-proxy"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--no-fund", "--no-audit", "--prefix", str(folder), _PROXY]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise DevclusterError(f"npm could not install {_PROXY}: {done.stderr[-500:]}")
    # Node itself, not a script that starts it: the hub ends the process that it started.
    node = subprocess.run(["node", "-p", "process.execPath"], capture_output=True, text=True)
    if node.returncode != 0:
        raise DevclusterError(f"there is no working node: {node.stderr[-500:]}")
    return [node.stdout.strip(), str(program)]


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody listens on now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [held.getsockname()[1] for held in sockets]
    for held in sockets:
        held.close()
    return ports


def _environments() -> list[tuple[int, dict[str, str]]]:
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        pairs = (word.decode(errors="replace").partition("=") for word in words if word)
        found.append((int(entry.name), {name: value for name, _, value in pairs}))
    return found


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
