"""Ask a token service over HTTP: the only module here that knows httpx."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import httpx
import msgspec

from .errors import SourceMisconfigured, SourceUnreachable

MAX_BYTES = 262_144


@dataclass(frozen=True, slots=True)
class Reply:
    """Status and JSON object of an answer (empty when the body is none)."""

    status: int
    body: dict[str, object]


@dataclass(frozen=True, slots=True)
class Tls:
    """Paths of PEM files: whom to trust, and who we are."""

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
            context = ssl.create_default_context(cafile=self.ca)
            if self.cert:
                context.load_cert_chain(self.cert, self.key)
        except OSError as error:
            raise SourceMisconfigured(
                f"The certificates for the token service cannot be used: {error.strerror}."
            ) from None
        return context


class Endpoint:
    """One URL of a token service: ``http://``, ``https://`` or ``http+unix://%2Fpath/...``.

    No redirects (a token must not follow them), no proxies from the environment, no
    cookies, limited time and size. Errors carry no request.
    """

    def __init__(self, url: str, *, tls: Tls, timeout: float) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https", "http+unix") or not parts.netloc:
            raise SourceMisconfigured(
                f"The token service's URL {url!r} is not one: http://, https:// "
                "or http+unix://%2Fpath%2Fto%2Fsocket/ was expected."
            )
        if parts.username or parts.password:
            raise SourceMisconfigured("The token service's URL must not hold a password.")
        self._shown = f"{parts.scheme}://{parts.netloc}"
        self._socket: str | None = None
        if parts.scheme == "http+unix":
            self._socket = unquote(parts.netloc)
            url = parts._replace(scheme="http", netloc="localhost").geturl()
        self._url = url
        self._tls = tls
        self._timeout = timeout

    async def ask(
        self,
        method: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        basic: tuple[str, str] | None = None,
    ) -> Reply:
        """Send one request. Raises SourceUnreachable or SourceMisconfigured."""
        secure = self._url.startswith("https:")
        transport = httpx.AsyncHTTPTransport(
            verify=self._tls.context() if secure else False, uds=self._socket, trust_env=False
        )
        try:
            async with (
                # A connection per question: there is one every few minutes.
                httpx.AsyncClient(
                    transport=transport, timeout=self._timeout, trust_env=False
                ) as client,
                client.stream(
                    method,
                    self._url,
                    headers={"Accept": "application/json", **(headers or {})},
                    params=params,
                    auth=basic,
                ) as answer,
            ):
                return Reply(answer.status_code, _object(await self._read(answer)))
        except httpx.TimeoutException:
            raise SourceUnreachable(
                f"The token service at {self._shown} did not answer within {self._timeout:g} s. "
                "On Kubernetes this is often a network policy."
            ) from None
        except httpx.HTTPError as error:
            raise SourceUnreachable(
                f"The token service at {self._shown} cannot be reached ({_reason(error)})."
            ) from None

    async def _read(self, answer: httpx.Response) -> bytes:
        data = b""
        async for chunk in answer.aiter_bytes():
            data += chunk
            if len(data) > MAX_BYTES:
                raise SourceMisconfigured(
                    f"The token service at {self._shown} sent more than {MAX_BYTES} bytes."
                )
        return data


def _object(data: bytes) -> dict[str, object]:
    try:
        return msgspec.json.decode(data, type=dict[str, object])
    except msgspec.MsgspecError:
        return {}


def _reason(error: httpx.HTTPError) -> str:
    text = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return "its certificate is not trusted"
    return "connection refused" if isinstance(error, httpx.ConnectError) else type(error).__name__
