"""Where a slurmrestd is, and how its certificate is checked."""

from __future__ import annotations

import ssl
from pathlib import Path
from urllib.parse import urlsplit

from .errors import InvalidRequest


def base_address(url: str) -> tuple[str | None, str]:
    """The socket's path, if it is one, and the address that requests begin with.

    Raises :exc:`InvalidRequest`.
    """
    parts = urlsplit(url)
    if parts.scheme == "unix":
        if parts.netloc or not parts.path.startswith("/"):
            raise InvalidRequest(
                "url", f"{url!r} names no socket: write unix:///path/to/slurmrestd.socket"
            )
        return parts.path, "http://localhost"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidRequest(
            "url",
            f"{url!r} is no address of a slurmrestd:"
            " write http://host:port, https://host:port or unix:///path/to.socket",
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise InvalidRequest("url", "the address of slurmrestd holds more than host, port and path")
    return None, f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def tls_context(
    base: str, ca: str | Path | None, cert: str | Path | None, key: str | Path | None
) -> ssl.SSLContext | bool:
    """For httpx's ``verify``: trust in ``ca`` (default: the system's), the client's certificate."""
    if not base.startswith("https:"):
        if ca or cert or key:
            raise InvalidRequest("url", "certificates are given, but the address is not https://")
        # Never used without TLS; False only spares httpx the reading of its bundle.
        return False
    try:
        context = ssl.create_default_context(cafile=None if ca is None else str(ca))
        if cert is not None:
            context.load_cert_chain(str(cert), None if key is None else str(key))
    except (OSError, ssl.SSLError) as problem:
        raise InvalidRequest(
            "ca" if cert is None else "cert", f"The TLS files cannot be used: {problem}"
        ) from None
    return context
