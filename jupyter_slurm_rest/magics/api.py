"""The server extension's API, as kernels call it."""

from __future__ import annotations

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
        client = self._client = self._client or _client(self._find())
        given = {name: value for name, value in (query or {}).items() if value not in (None, "")}
        try:
            answer = client.request(method, f"jupyter-slurm-rest/{path}", params=given, json=body)
        except httpx.HTTPError as error:
            self._client = None
            raise SlurmMagicError(
                f"The Jupyter server did not answer ({type(error).__name__}).",
                "Run the cell again; the server may have been restarted.",
            ) from None
        if answer.is_success:
            return answer.json() if answer.content else None
        raise _problem(answer)

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


def _client(address: ServerAddress) -> httpx.Client:
    return httpx.Client(
        base_url=address.base,
        headers=address.headers,
        timeout=TIMEOUT,
        # The server is on this machine: no proxy leads there.
        transport=httpx.HTTPTransport(uds=address.socket, trust_env=False),
        trust_env=False,
    )


def _problem(answer: httpx.Response) -> SlurmMagicError:
    try:
        said = answer.json()
        return SlurmMagicError(said["message"], said.get("advice", ""), reason=said["reason"] or "")
    except (ValueError, KeyError, TypeError):
        pass
    if answer.status_code == 404:
        return SlurmMagicError(
            "The Jupyter server has no Slurm extension.",
            "Install jupyter-slurm-rest where the server runs and restart it.",
        )
    if answer.status_code in (302, 401, 403):
        return SlurmMagicError("The Jupyter server does not let this kernel in.")
    return SlurmMagicError(f"The Jupyter server answered with status {answer.status_code}.")
