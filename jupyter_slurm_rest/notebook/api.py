"""The server extension's API, as kernels call it."""

from __future__ import annotations

import json
import os
import re
import ssl
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from jupyter_slurm_rest.slurm.errors import (
    InvalidRequest,
    NotFound,
    PermissionDenied,
    ResponseLost,
    SlurmError,
    SlurmTimeout,
    Unreachable,
)
from jupyter_slurm_rest.tls import tls_failure

from .errors import failed, from_response

#: What a server listens on when it listens on every address of its machine.
_EVERY_ADDRESS = frozenset({"", "*", "0.0.0.0", "::"})  # noqa: S104 -- compared only
_OPEN_IN_JUPYTERLAB = "Open this notebook in a JupyterLab that has jupyter-slurm-rest."


@dataclass(frozen=True)
class ServerAddress:
    """Where the server is, and its Jupyter token."""

    url: str
    token: str = field(repr=False)
    #: Path of a UNIX socket, if the server listens on one.
    socket: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """The headers that authenticate a request."""
        if self.token:
            return {"Authorization": f"token {self.token}"}
        # A server without authentication only compares these two.
        pair = os.urandom(16).hex()
        return {"Cookie": f"_xsrf={pair}", "X-XSRFToken": pair}

    @property
    def ssl_context(self) -> ssl.SSLContext | None:
        """For ``https``: trusts ``SSL_CERT_FILE``, or the usual authorities."""
        if not self.url.startswith("https:"):
            return None
        return httpx.create_ssl_context()


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
            Unreachable, "No running Jupyter server was found for this kernel.", _OPEN_IN_JUPYTERLAB
        )
    urls = ", ".join(str(server.get("url")) for server in found)
    raise failed(
        Unreachable,
        f"{len(found)} Jupyter servers run here, and none of them started this kernel: {urls}.",
        f"{_OPEN_IN_JUPYTERLAB} Or set JUPYTER_SERVER_URL to one of these addresses.",
    )


def running_servers(folder: Path) -> Iterable[dict[str, Any]]:
    """The servers of this machine, from the files in Jupyter's runtime directory.

    Not jupyter_server's ``list_running_servers``: it deletes the files of servers whose
    process does not exist, and on a shared home those run on other machines.
    """
    for file in sorted(folder.glob("jpserver-*.json")):
        try:
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


def _chosen(servers: Sequence[dict[str, Any]], environ: Mapping[str, str]) -> dict[str, Any] | None:
    """The server that started this process or its terminal, else the only one."""
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


#: What the server's settings allow.
_CLUSTER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
#: Seconds; a whole queue may take Slurm long.
TIMEOUT = 200.0


class SlurmApi:
    """Calls to the Jupyter server's Slurm extension.

    The server is looked up at the first call, and again after a connection has failed.
    """

    def __init__(
        self, find: Callable[[], ServerAddress] = find_server, *, server: str | None = None
    ) -> None:
        self._find = find
        #: The server's address where the user gave it; ``None``: the kernel's own.
        self.server = server
        self._client: httpx.Client | None = None
        self._has_token = False
        self._clusters: list[str] = []

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> Any:
        """The response's JSON (``None`` if it is empty). Raises :exc:`SlurmError`."""
        client = self._client = self._client or self._connect()
        given = {name: value for name, value in (query or {}).items() if value not in (None, "")}
        try:
            response = client.request(method, f"jupyter-slurm-rest/{path}", params=given, json=body)
        except httpx.HTTPError as error:
            self._client = None
            raise _unreachable(error) from None
        if response.is_success:
            return response.json() if response.content else None
        raise _problem(response, has_token=self._has_token)

    def _connect(self) -> httpx.Client:
        address = self._find()
        self._has_token = bool(address.token)
        # The server is on this machine: proxies are not for it.
        transport = httpx.HTTPTransport(
            verify=address.ssl_context or False, uds=address.socket, trust_env=False
        )
        return httpx.Client(
            base_url=address.url,
            headers=address.headers,
            timeout=TIMEOUT,
            transport=transport,
            trust_env=False,
        )

    def cluster(self, named: str | None) -> str:
        """``named``, or the first cluster that is configured."""
        if named:
            if not _CLUSTER.fullmatch(named):
                raise failed(NotFound, f"{named!r} is not the name of a cluster.")
            return named
        if not self._clusters:
            listed = self.call("GET", "clusters")["clusters"]
            self._clusters = [cluster["name"] for cluster in listed]
        if not self._clusters:
            raise failed(
                Unreachable,
                "The Jupyter server has no Slurm cluster configured.",
                "Set SLURMRESTD_URL or c.SlurmRest.clusters.",
            )
        return self._clusters[0]

    def get(
        self, cluster: str | None, resource: str, query: Mapping[str, Any] | None = None
    ) -> Any:
        """A list of ``cluster``."""
        return self.call("GET", f"clusters/{self.cluster(cluster)}/{resource}", query=query)

    def address(self) -> ServerAddress:
        """The server's address now. Raises :exc:`SlurmError` when there is none."""
        return self._find()

    def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            self._client.close()
            self._client = None


_shared: dict[tuple[int, str | None], SlurmApi] = {}


def shared_api(server: str | None = None) -> SlurmApi:
    """The process's connection to ``server``; by default to the server that started it."""
    # A forked process must not use its parent's sockets.
    key = (os.getpid(), server)
    if key not in _shared:
        found = SlurmApi(find_server if server is None else lambda: named_server(server))
        found.server = server
        _shared.setdefault(key, found)
    return _shared[key]


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


def _unreachable(error: httpx.HTTPError) -> SlurmError:
    if isinstance(tls_failure(error), ssl.SSLCertVerificationError):
        return failed(
            Unreachable,
            "This kernel does not trust the certificate of the Jupyter server.",
            "Set SSL_CERT_FILE to a file with the certificate, in the server's environment or "
            "before the first call (%env SSL_CERT_FILE=/path/to/server.pem).",
        )
    kind: type[SlurmError] = ResponseLost
    if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol)):
        kind = Unreachable
    elif isinstance(error, httpx.TimeoutException):
        kind = SlurmTimeout
    return failed(
        kind,
        f"The Jupyter server did not respond ({type(error).__name__}).",
        "Run the cell again; the server may have been restarted.",
    )


def _problem(response: httpx.Response, *, has_token: bool) -> SlurmError:
    denied = response.status_code in (302, 401, 403)
    try:
        body = response.json()
        # Errors of Jupyter itself come without advice.
        return from_response(body, _why_denied(has_token) if denied else "")
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    if response.status_code == 404:
        return failed(
            NotFound,
            "The Jupyter server has no Slurm extension.",
            "Install jupyter-slurm-rest where the server runs and restart it.",
        )
    if denied:
        return failed(
            PermissionDenied,
            "The Jupyter server denies access to this kernel.",
            _why_denied(has_token),
        )
    return SlurmError(f"The Jupyter server returned status {response.status_code}.")


def _why_denied(has_token: bool) -> str:
    if os.environ.get("JUPYTERHUB_SINGLEUSER_EXTENSION") == "0":
        return (
            "It runs with JUPYTERHUB_SINGLEUSER_EXTENSION=0, JupyterHub's older way to start "
            "servers, which takes no token from kernels: remove that variable."
        )
    if not has_token:
        return (
            "It takes a password and no token. Set a token beside the password "
            "(c.IdentityProvider.token in jupyter_server_config.py) and restart it."
        )
    return ""
