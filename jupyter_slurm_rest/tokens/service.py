"""Requests to a token service over HTTP: the only module here that uses httpx."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import httpx
import msgspec

from jupyter_slurm_rest.tls import CertificateError, client_context, tls_failure

from .errors import SourceMisconfigured, SourceUnreachable

MAX_BYTES = 262_144
#: Seconds.
_CONNECT = 5.0


@dataclass(frozen=True, slots=True)
class Reply:
    """Status and JSON object of a response (empty when the body is not an object)."""

    status: int
    body: dict[str, object]


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole response, which may be large; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    data: bytes


@dataclass(frozen=True, slots=True)
class Tls:
    """Paths of PEM files: the CA to trust, and the client certificate with its key."""

    ca: str | None = None
    cert: str | None = None
    key: str | None = None

    @classmethod
    def of_jupyterhub(cls) -> Tls:
        """The certificates that JupyterHub's ``internal_ssl`` gives every server."""
        return cls(
            os.environ.get("JUPYTERHUB_SSL_CLIENT_CA") or None,
            os.environ.get("JUPYTERHUB_SSL_CERTFILE") or None,
            os.environ.get("JUPYTERHUB_SSL_KEYFILE") or None,
        )

    def context(self) -> ssl.SSLContext:
        """Make the client's context. Raises SourceMisconfigured."""
        try:
            return client_context(self.ca, self.cert, self.key)
        except CertificateError as error:
            raise SourceMisconfigured(
                f"The certificates for the token service cannot be used: {error}"
            ) from None


class Endpoint:
    """One URL of a token service: ``http://``, ``https://`` or ``http+unix://%2Fpath/...``.

    No redirects (a token must not follow them), no proxies from the environment, no
    cookies, limited time and size. Errors carry no request.
    """

    def __init__(self, url: str, *, tls: Tls, timeout: float) -> None:
        try:
            parts = urlsplit(url)
            usable = bool(httpx.URL(url).host) and parts.port != 0 and " " not in parts.netloc
        except (ValueError, httpx.InvalidURL):
            usable = False
        if not usable or parts.scheme not in ("http", "https", "http+unix"):
            raise SourceMisconfigured(
                f"The token service's URL {url!r} is invalid: use http://, https:// "
                "or http+unix://%2Fpath%2Fto%2Fsocket/."
            )
        if parts.username or parts.password:
            raise SourceMisconfigured("The token service's URL must not contain a password.")
        if parts.fragment:
            raise SourceMisconfigured("The token service's URL must not have a fragment (#...).")
        self._shown = f"{parts.scheme}://{parts.netloc}"
        self._socket: str | None = None
        if parts.scheme == "http+unix":
            self._socket = unquote(parts.netloc)
            url = parts._replace(scheme="http", netloc="localhost").geturl()
        self._url = httpx.URL(url)
        self._tls = tls
        self._timeout = timeout
        self._kept: httpx.AsyncClient | None = None

    async def ask(
        self,
        method: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        basic: tuple[str, str] | None = None,
    ) -> Reply:
        """Send one request. Raises SourceUnreachable or SourceMisconfigured."""
        # No connection is kept: there is one request every few minutes.
        async with self._client() as client:
            fetched = await self._send(client, method, "", headers, params, basic, MAX_BYTES)
        return Reply(fetched.status, as_object(fetched.data))

    async def fetch(
        self,
        below: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        most: int,
    ) -> Fetched:
        """GET at most ``most`` bytes over a connection that is kept. Raises as ``ask``.

        ``below`` is appended to the URL's path: ``/nodes``.
        """
        if self._kept is None:
            self._kept = self._client()
        return await self._send(self._kept, "GET", below, headers, params, None, most)

    async def close(self) -> None:
        """Close the connection that was kept."""
        if self._kept is not None:
            await self._kept.aclose()
            self._kept = None

    def _client(self) -> httpx.AsyncClient:
        secure = self._url.scheme == "https"
        transport = httpx.AsyncHTTPTransport(
            verify=self._tls.context() if secure else False, uds=self._socket, trust_env=False
        )
        # A long timeout for responses must not delay the error when nothing listens.
        timeout = httpx.Timeout(self._timeout, connect=min(self._timeout, _CONNECT))
        return httpx.AsyncClient(transport=transport, timeout=timeout, trust_env=False)

    async def _send(
        self,
        client: httpx.AsyncClient,
        method: str,
        below: str,
        headers: Mapping[str, str] | None,
        params: Mapping[str, str] | None,
        basic: tuple[str, str] | None,
        most: int,
    ) -> Fetched:
        url = self._url.copy_with(path=self._url.path + below) if below else self._url
        # httpx's own `params` would replace the query of the configured URL.
        url = url.copy_merge_params(params or {})
        try:
            async with client.stream(
                method,
                url,
                headers={"Accept": "application/json", **(headers or {})},
                auth=basic,
            ) as response:
                data = await self._read(response, most)
                return Fetched(response.status_code, dict(response.headers), data)
        except httpx.TimeoutException as error:
            waited = self._timeout
            if isinstance(error, httpx.ConnectTimeout):
                waited = min(waited, _CONNECT)
            raise SourceUnreachable(
                f"The token service at {self._shown} did not respond within {waited:g} s. "
                "On Kubernetes this is often a network policy."
            ) from None
        except httpx.HTTPError as error:
            raise SourceUnreachable(
                f"The token service at {self._shown} cannot be reached ({_reason(error)})."
            ) from None

    async def _read(self, response: httpx.Response, most: int) -> bytes:
        too_large = SourceMisconfigured(
            f"The token service at {self._shown} sent more than {most} bytes."
        )
        announced = response.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > most:
            raise too_large
        data = bytearray()
        async for chunk in response.aiter_bytes():
            data += chunk
            if len(data) > most:
                raise too_large
        return bytes(data)


def as_object(data: bytes) -> dict[str, object]:
    """A JSON object; empty where the body is not one."""
    try:
        return msgspec.json.decode(data, type=dict[str, object])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return {}


def _reason(error: httpx.HTTPError) -> str:
    if isinstance(tls_failure(error), ssl.SSLCertVerificationError):
        return "its certificate is not trusted"
    return "connection refused" if isinstance(error, httpx.ConnectError) else type(error).__name__
