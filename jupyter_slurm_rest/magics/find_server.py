"""Find the Jupyter server that this kernel belongs to."""

from __future__ import annotations

import json
import os
import ssl
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from .errors import SlurmMagicError

#: What a server listens on when it listens on every address of its machine.
_EVERY_ADDRESS = frozenset({"", "*", "0.0.0.0", "::"})  # noqa: S104 -- compared only
_OPEN_IN_JUPYTERLAB = "Open this notebook in a JupyterLab that has jupyter-slurm-rest."


@dataclass(frozen=True)
class ServerAddress:
    """Where the server is, and the Jupyter token that opens it."""

    url: str
    token: str = field(repr=False)
    #: Path of a UNIX socket, if the server listens on one.
    socket: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """What lets a request in."""
        if self.token:
            return {"Authorization": f"token {self.token}"}
        # A server without authentication compares these two, and nothing else.
        pair = os.urandom(16).hex()
        return {"Cookie": f"_xsrf={pair}", "X-XSRFToken": pair}

    @property
    def ssl_context(self) -> ssl.SSLContext | None:
        """Whom to trust, for ``https``: ``SSL_CERT_FILE``, else the usual authorities."""
        if not self.url.startswith("https:"):
            return None
        return httpx.create_ssl_context()


def find_server(environ: Mapping[str, str] = os.environ) -> ServerAddress:
    """The server that started this kernel.

    On a hub its address is in the environment; elsewhere servers leave files in the
    runtime directory. Raises :exc:`SlurmMagicError` when none or several fit.
    """
    return _hub_server(environ) or _running_server(environ)


def _hub_server(environ: Mapping[str, str]) -> ServerAddress | None:
    listens = environ.get("JUPYTERHUB_SERVICE_URL")
    token = environ.get("JUPYTERHUB_API_TOKEN")
    if not listens or not token:
        return None
    if environ.get("JUPYTERHUB_SSL_CERTFILE"):
        return _behind_internal_ssl(environ.get("JUPYTERHUB_PUBLIC_URL", ""), token)
    parts = urlsplit(listens)
    prefix = environ.get("JUPYTERHUB_SERVICE_PREFIX", parts.path or "/")
    return ServerAddress(_url(parts.scheme, parts.hostname or "", parts.port, prefix), token)


def _behind_internal_ssl(public_url: str, token: str) -> ServerAddress:
    """Such a server accepts the certificates of the hub and its proxy, and no others."""
    if not public_url:
        raise SlurmMagicError(
            "This hub runs with internal_ssl: kernels reach their server through its proxy only.",
            "Ask the hub's administrators to set c.JupyterHub.public_url.",
        )
    return ServerAddress(public_url.rstrip("/") + "/", token)


def _url(scheme: str, host: str, port: int | None, path: str) -> str:
    # The server may listen on every address; this kernel runs beside it.
    host = "127.0.0.1" if host in _EVERY_ADDRESS else host
    bracketed = f"[{host}]" if ":" in host else host
    return f"{scheme}://{bracketed}{f':{port}' if port else ''}{path}"


def _running_server(environ: Mapping[str, str]) -> ServerAddress:
    from jupyter_core.paths import jupyter_runtime_dir

    found = list(running_servers(Path(jupyter_runtime_dir())))
    info = _chosen(found, environ)
    if info is not None:
        return _address(info)
    if not found:
        raise SlurmMagicError(
            "No running Jupyter server was found for this kernel.", _OPEN_IN_JUPYTERLAB
        )
    urls = ", ".join(str(server.get("url")) for server in found)
    raise SlurmMagicError(
        f"{len(found)} Jupyter servers run here, and none of them started this kernel: {urls}.",
        f"{_OPEN_IN_JUPYTERLAB} Or set JUPYTER_SERVER_URL to one of these addresses.",
    )


def running_servers(folder: Path) -> Iterable[dict[str, Any]]:
    """What the servers of this machine say of themselves in Jupyter's runtime directory.

    jupyter_server's own function of this purpose deletes the files of servers whose process
    is not there, and on a shared home those run on other machines.
    """
    for file in sorted(folder.glob("jpserver-*.json")):
        try:
            info = json.loads(file.read_bytes())
        except (OSError, ValueError):
            continue  # Gone, somebody else's, or being written.
        if isinstance(info, dict) and _runs_here(info.get("pid")):
            yield info


def _runs_here(pid: object) -> bool:
    if not isinstance(pid, int) or pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except (OSError, OverflowError):
        return False  # Nobody, or another user's: this user's servers can be signaled.
    return True


def _chosen(servers: Sequence[dict[str, Any]], environ: Mapping[str, str]) -> dict[str, Any] | None:
    """The server whose child this process is or whose terminal it is in, else the only one."""
    parents = {str(os.getppid()), str(os.getpid()), environ.get("JPY_PARENT_PID", "")}
    for server in servers:
        if str(server.get("pid")) in parents:
            return server
    wanted = environ.get("JUPYTER_SERVER_URL", "").rstrip("/")
    for server in servers:
        if wanted and str(server.get("url", "")).rstrip("/") == wanted:
            return server
    return servers[0] if len(servers) == 1 else None


def _address(info: Mapping[str, Any]) -> ServerAddress:
    path, token = info.get("base_url") or "/", info.get("token") or ""
    if info.get("sock"):
        return ServerAddress(_url("http", "localhost", None, path), token, info["sock"])
    scheme = "https" if info.get("secure") else "http"
    return ServerAddress(_url(scheme, info.get("hostname") or "", info.get("port"), path), token)
