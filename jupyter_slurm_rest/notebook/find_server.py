"""Which Jupyter server a kernel or script uses, and how it authenticates to it."""

from __future__ import annotations

import json
import os
import platform
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from jupyter_slurm_rest.slurm.errors import InvalidRequest, Unreachable

from .errors import failed

#: What a server listens on when it listens on every address of its machine.
_EVERY_ADDRESS = frozenset({"", "*", "0.0.0.0", "::"})  # noqa: S104 -- compared only
_OPEN_IN_JUPYTERLAB = "Open this notebook in a JupyterLab that has jupyter-slurm-rest."
#: How far up a process looks for the server that started it.
_GENERATIONS = 20


@dataclass(frozen=True)
class ServerAddress:
    """Where the server is, and what it accepts from this process."""

    url: str
    #: Jupyter's token; empty where there is none.
    token: str = field(repr=False)
    #: Path of a UNIX socket, if the server listens on one.
    socket: str | None = None
    #: What the extension itself wrote for kernels; valid for its own routes only.
    secret: str = field(default="", repr=False)
    #: The server's certificate (PEM), if it told it.
    certificate: str = field(default="", repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """The headers that authenticate a request to the extension."""
        if self.secret:
            return {"Authorization": f"slurm-rest {self.secret}"}
        return self.jupyter_headers

    @property
    def jupyter_headers(self) -> dict[str, str]:
        """The headers that authenticate a request to Jupyter itself."""
        if self.token:
            return {"Authorization": f"token {self.token}"}
        # A server without authentication only compares these two.
        pair = os.urandom(16).hex()
        return {"Cookie": f"_xsrf={pair}", "X-XSRFToken": pair}

    @property
    def ssl_context(self) -> ssl.SSLContext | None:
        """For ``https``: trusts the server's own certificate where it is known.

        Otherwise ``SSL_CERT_FILE``, or the usual authorities.
        """
        if not self.url.startswith("https:"):
            return None
        if not self.certificate:
            return httpx.create_ssl_context()
        # This certificate and no other, whatever host it names: kernels run beside the server.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.load_verify_locations(cadata=self.certificate)
        return context


def find_server(environ: Mapping[str, str] = os.environ) -> ServerAddress:
    """The server that started this kernel.

    On a hub its address is in the environment; elsewhere servers leave files in the
    runtime directory. Raises :exc:`SlurmError` when there is none, or more than one.
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
    """With internal_ssl a server accepts only the hub's and the proxy's certificates."""
    if not public_url:
        raise failed(
            Unreachable,
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
        raise failed(
            Unreachable,
            "No running Jupyter server was found for this kernel.",
            _OPEN_IN_JUPYTERLAB,
        )
    urls = ", ".join(str(server.get("url")) for server in found)
    raise failed(
        Unreachable,
        f"{len(found)} Jupyter servers run here, and none of them started this kernel: {urls}.",
        f"{_OPEN_IN_JUPYTERLAB} Or set JUPYTER_SERVER_URL to one of these addresses, or name one: "
        "Slurm(server=...).",
    )


def running_servers(folder: Path) -> Iterator[dict[str, Any]]:
    """The servers of this machine, from the files in Jupyter's runtime directory.

    Those of this extension (``slurm-rest-*.json``) and of Jupyter (``jpserver-*.json``),
    combined. Not jupyter_server's ``list_running_servers``: it deletes the files of servers
    whose process does not exist, and on a shared home those run on other machines.
    """
    ours = {
        info["pid"]: info
        for info in _files(folder, "slurm-rest-*.json")
        if info.get("host") == platform.node() and info.get("secret")
    }
    for info in _files(folder, "jpserver-*.json"):
        yield {**info, **ours.pop(info["pid"], {})}
    yield from ours.values()


def _files(folder: Path, pattern: str) -> Iterator[dict[str, Any]]:
    for file in sorted(folder.glob(pattern)):
        try:
            if file.stat().st_uid != os.getuid():
                continue  # Somebody else's server would be given this user's requests.
            info = json.loads(file.read_bytes())
        except (OSError, ValueError):
            continue  # Deleted, not readable, or being written.
        if isinstance(info, dict) and _runs_here(info.get("pid")):
            yield info


def _runs_here(pid: object) -> bool:
    if not isinstance(pid, int) or pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except (OSError, OverflowError):
        return False  # No such process, or another user's.
    return True


def _ancestors() -> Iterator[str]:
    """This process, the one that started it, and so on, as far as the system tells."""
    pid = str(os.getpid())
    yield pid
    yield (pid := str(os.getppid()))
    for _ in range(_GENERATIONS):
        try:
            # The name in parentheses may hold anything; after it come state and parent.
            pid = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]
        except (OSError, IndexError):
            return
        yield pid


def _chosen(servers: Sequence[dict[str, Any]], environ: Mapping[str, str]) -> dict[str, Any] | None:
    """The server that ``JUPYTER_SERVER_URL`` names, that started this process, or the only one."""
    by_pid = {str(server["pid"]): server for server in servers}
    for pid in (environ.get("JPY_PARENT_PID", ""), *_ancestors()):
        if pid in by_pid:
            return by_pid[pid]
    if wanted := environ.get("JUPYTER_SERVER_URL", "").rstrip("/"):
        for server in servers:
            if str(server.get("url", "")).rstrip("/") == wanted:
                return server
    # Where some have told that they have this extension, others do not count.
    able = [server for server in servers if server.get("secret")] or servers
    return able[0] if len(able) == 1 else None


def _address(info: Mapping[str, Any]) -> ServerAddress:
    path, token = info.get("base_url") or "/", info.get("token") or ""
    scheme = "https" if info.get("secure") and not info.get("sock") else "http"
    host, port = info.get("hostname") or "", info.get("port")
    url = _url("http", "localhost", None, path) if info.get("sock") else ""
    return ServerAddress(
        url or _url(scheme, host, port, path),
        token,
        info.get("sock") or None,
        info.get("secret") or "",
        info.get("certificate") or "",
    )


def named_server(url: str) -> ServerAddress:
    """The server at ``url``, whose token is in it (``?token=...``) or in Jupyter's files.

    Raises :exc:`SlurmError` for what is not an address.
    """
    from jupyter_core.paths import jupyter_runtime_dir

    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise failed(
            InvalidRequest,
            "server: this is not the address of a Jupyter server.",
            "Write http://127.0.0.1:8888/ or https://....",
            field="server",
        )
    plain = parts._replace(query="", fragment="", path=parts.path.rstrip("/") + "/").geturl()
    token = parse_qs(parts.query).get("token", [""])[0]
    if not token:
        for info in running_servers(Path(jupyter_runtime_dir())):
            if str(info.get("url", "")).rstrip("/") == plain.rstrip("/"):
                return _address(info)
    return ServerAddress(plain, token)
