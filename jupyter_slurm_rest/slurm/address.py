"""Where a slurmrestd is, and how its certificate is checked."""

from __future__ import annotations

import ssl
from pathlib import Path
from urllib.parse import urlsplit

from jupyter_slurm_rest.tls import CertificateError, check_files, client_context

from .errors import InvalidRequest


def base_address(url: str) -> tuple[str | None, str]:
    """The socket's path, if it is one, and the address that requests begin with.

    Raises :exc:`InvalidRequest`.
    """
    wanted = (
        f"{_shown(url)} is not a valid slurmrestd address. Use http(s)://host:port or"
        " unix:///path/to.socket."
    )
    try:
        parts = urlsplit(url)
        port = parts.port
        if not url.isprintable() or " " in url:
            raise ValueError
    except ValueError:
        raise InvalidRequest("url", wanted) from None
    if parts.scheme == "unix" and parts.path.startswith("/") and not parts.netloc:
        return parts.path, "http://localhost"
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise InvalidRequest("url", wanted)
    if parts.username or parts.password:
        raise InvalidRequest("url", "The address must not contain a user name or password.")
    if parts.query or parts.fragment:
        raise InvalidRequest("url", wanted)
    return None, f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def check_proxy(url: str | None) -> None:
    """Raise :exc:`InvalidRequest` if it is not an HTTP proxy."""
    if url is not None and not url.startswith(("http://", "https://")):
        raise InvalidRequest(
            "proxy", f"{_shown(url)} is not a valid HTTP proxy. Use http(s)://host:port."
        )


def _shown(url: str) -> str:
    # A URL with "@" may contain a password.
    return "This" if "@" in url else repr(url)


def tls_context(
    base: str, ca: str | Path | None, cert: str | Path | None, key: str | Path | None
) -> ssl.SSLContext | bool:
    """For httpx's ``verify``: trust in ``ca`` (default: the system's), the client's certificate.

    Raises :exc:`InvalidRequest`.
    """
    try:
        if base.startswith("https:"):
            return client_context(ca, cert, key)
        check_files(ca, cert, key)
    except CertificateError as error:
        raise InvalidRequest(error.field, error.message) from None
    if ca or cert or key:
        raise InvalidRequest("url", "Certificates require an https:// address.")
    # Never used without TLS; False only spares httpx the reading of its bundle.
    return False
