"""The server extension's API, as kernels call it."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from jupyter_slurm_rest.slurm.errors import (
    NotFound,
    PermissionDenied,
    SlurmError,
    Unreachable,
)
from jupyter_slurm_rest.slurm.transport import connection_error
from jupyter_slurm_rest.tls import tls_failure

from .errors import failed, from_response
from .find_server import ServerAddress, find_server, named_server

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
        self._has_token = bool(address.token or address.secret)
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


def _unreachable(error: httpx.HTTPError) -> SlurmError:
    if isinstance(tls_failure(error), ssl.SSLCertVerificationError):
        return failed(
            Unreachable,
            "This kernel does not trust the certificate of the Jupyter server.",
            "Set SSL_CERT_FILE to a file with the certificate, in the server's environment or "
            "before the first call (%env SSL_CERT_FILE=/path/to/server.pem).",
        )
    return failed(
        type(connection_error(error)),
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
