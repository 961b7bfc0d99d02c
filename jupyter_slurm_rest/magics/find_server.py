"""Find the Jupyter server that this kernel belongs to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from .errors import SlurmMagicError


@dataclass(frozen=True)
class ServerAddress:
    """Where the server is, and the Jupyter token that opens it."""

    url: str
    token: str = field(repr=False)
    #: Path of a UNIX socket, if the server listens on one.
    socket: str | None = None

    @property
    def base(self) -> str:
        """What addresses begin with."""
        return "http://localhost/" if self.socket else self.url

    @property
    def headers(self) -> dict[str, str]:
        """What lets a request in."""
        return {"Authorization": f"token {self.token}"} if self.token else {}


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
    parts = urlsplit(listens)
    # The server may listen on every address; this kernel runs beside it.
    host = "127.0.0.1" if parts.hostname in {"0.0.0.0", "::", "", None} else parts.hostname  # noqa: S104 -- compared only
    prefix = environ.get("JUPYTERHUB_SERVICE_PREFIX", parts.path or "/")
    port = f":{parts.port}" if parts.port else ""
    bracketed = f"[{host}]" if host and ":" in host else host
    return ServerAddress(f"{parts.scheme}://{bracketed}{port}{prefix}", token)


def _running_server(environ: Mapping[str, str]) -> ServerAddress:
    from jupyter_server.serverapp import list_running_servers

    found = list(list_running_servers())
    info = _parent(found, environ)
    if info is None:
        if not found:
            raise SlurmMagicError(
                "No running Jupyter server was found for this kernel.",
                "Open this notebook in a JupyterLab that has jupyter-slurm-rest.",
            )
        raise SlurmMagicError(
            f"{len(found)} Jupyter servers run here, and none of them started this kernel.",
            "Open this notebook in a JupyterLab that has jupyter-slurm-rest.",
        )
    return ServerAddress(info["url"], info.get("token", ""), info.get("sock") or None)


def _parent(servers: Iterable[Mapping[str, Any]], environ: Mapping[str, str]) -> Any:
    """The server whose child this kernel is, else the only one."""
    servers = list(servers)
    ours = {str(os.getppid()), str(os.getpid()), environ.get("JPY_PARENT_PID", "")}
    return next(
        (server for server in servers if str(server.get("pid")) in ours),
        servers[0] if len(servers) == 1 else None,
    )
