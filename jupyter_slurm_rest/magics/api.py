"""The server extension's API, as kernels call it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx

from .errors import SlurmMagicError
from .find_server import ServerAddress, find_server

if TYPE_CHECKING:
    from .news import News

#: Seconds; a whole queue may take Slurm long.
TIMEOUT = 200.0


class SlurmApi:
    """Calls to the Jupyter server's Slurm extension.

    The server is looked for at the first call, and again when it has gone.
    """

    def __init__(self, find: Callable[[], ServerAddress] = find_server) -> None:
        self._find = find
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
        """The answer's JSON (``None`` if it has none); raises :exc:`SlurmMagicError`."""
        client = self._client = self._client or self._connect()
        given = {name: value for name, value in (query or {}).items() if value not in (None, "")}
        try:
            answer = client.request(method, f"jupyter-slurm-rest/{path}", params=given, json=body)
        except httpx.HTTPError as error:
            self._client = None
            raise _unreachable(error) from None
        if answer.is_success:
            return answer.json() if answer.content else None
        raise _problem(answer, has_token=self._has_token)

    def _connect(self) -> httpx.Client:
        address = self._find()
        self._has_token = bool(address.token)
        # The server is on this machine: no proxy leads there.
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
            return quote(named, safe="")
        if not self._clusters:
            listed = self.call("GET", "clusters")["clusters"]
            self._clusters = [cluster["name"] for cluster in listed]
        if not self._clusters:
            raise SlurmMagicError(
                "The Jupyter server has no Slurm cluster configured.",
                "Set SLURMRESTD_URL or c.SlurmRest.clusters.",
            )
        return quote(self._clusters[0], safe="")

    def get(
        self, cluster: str | None, resource: str, query: Mapping[str, Any] | None = None
    ) -> Any:
        """A list of ``cluster``."""
        return self.call("GET", f"clusters/{self.cluster(cluster)}/{resource}", query=query)

    def news(self, concerns: Callable[[dict[str, Any]], bool]) -> News:
        """What the server announces; ``concerns`` chooses."""
        from .news import News

        return News(self._find(), concerns)

    def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            self._client.close()
            self._client = None


def _unreachable(error: httpx.HTTPError) -> SlurmMagicError:
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return SlurmMagicError(
            "This kernel does not trust the certificate of the Jupyter server.",
            "Set SSL_CERT_FILE to a file with the certificate, in the server's environment or "
            "before the first call (%env SSL_CERT_FILE=/path/to/server.pem).",
        )
    return SlurmMagicError(
        f"The Jupyter server did not answer ({type(error).__name__}).",
        "Run the cell again; the server may have been restarted.",
    )


def _problem(answer: httpx.Response, *, has_token: bool) -> SlurmMagicError:
    kept_out = answer.status_code in (302, 401, 403)
    try:
        said = answer.json()
        # Where Jupyter itself lets nobody in, there is no advice.
        advice = said.get("advice") or (_why(has_token) if kept_out else "")
        return SlurmMagicError(said["message"], advice, reason=said["reason"] or "")
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    if answer.status_code == 404:
        return SlurmMagicError(
            "The Jupyter server has no Slurm extension.",
            "Install jupyter-slurm-rest where the server runs and restart it.",
        )
    if kept_out:
        return SlurmMagicError("The Jupyter server does not let this kernel in.", _why(has_token))
    return SlurmMagicError(f"The Jupyter server answered with status {answer.status_code}.")


def _why(has_token: bool) -> str:
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
