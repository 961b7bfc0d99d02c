"""TLS contexts from PEM files, for clients and servers."""

from __future__ import annotations

import ssl
from pathlib import Path

PemFile = str | Path | None


class CertificateError(Exception):
    """A PEM file cannot be used; ``field`` is ``ca``, ``cert`` or ``key``."""

    def __init__(self, field: str, message: str) -> None:
        # Both, so that it survives pickling.
        super().__init__(field, message)
        self.field = field
        self.message = message

    def __str__(self) -> str:
        return self.message


def client_context(ca: PemFile, cert: PemFile, key: PemFile) -> ssl.SSLContext:
    """Trusts ``ca`` (default: the system's authorities); presents ``cert`` and ``key``.

    Raises :exc:`CertificateError`.
    """
    check_files(ca, cert, key)
    try:
        context = ssl.create_default_context(cafile=None if ca is None else str(ca))
    except (OSError, ssl.SSLError) as problem:
        raise CertificateError("ca", f"{str(ca)!r} cannot be used: {problem}") from None
    if cert is not None:
        _load_own(context, cert, key)
    return context


def server_context(cert: PemFile, key: PemFile, client_ca: PemFile) -> ssl.SSLContext:
    """Presents ``cert`` and ``key``; with ``client_ca``, clients need a certificate of it.

    Raises :exc:`CertificateError`.
    """
    check_files(client_ca, cert, key)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    _load_own(context, cert, key)
    if client_ca is not None:
        try:
            context.load_verify_locations(str(client_ca))
        except (OSError, ssl.SSLError) as problem:
            raise CertificateError("ca", f"{str(client_ca)!r} cannot be used: {problem}") from None
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def tls_failure(error: BaseException | None) -> ssl.SSLError | None:
    """The TLS failure that caused ``error``, which an HTTP library wraps; ``None`` without one.

    For a certificate that is not trusted, an :exc:`ssl.SSLCertVerificationError`.
    """
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error


def check_files(ca: PemFile, cert: PemFile, key: PemFile) -> None:
    """Raise :exc:`CertificateError` for files that do not exist or do not belong together."""
    for field, path in (("ca", ca), ("cert", cert), ("key", key)):
        if path is not None and not Path(path).is_file():
            raise CertificateError(field, f"The file {str(path)!r} does not exist.")
    if key is not None and cert is None:
        raise CertificateError("key", "'key' requires 'cert', which is missing.")


def _load_own(context: ssl.SSLContext, cert: PemFile, key: PemFile) -> None:
    try:
        # Without a password, OpenSSL would ask for that of an encrypted key at the terminal.
        context.load_cert_chain(str(cert), None if key is None else str(key), password="")
    except (OSError, ssl.SSLError) as problem:
        raise CertificateError("cert", f"{str(cert)!r} cannot be used: {problem}") from None
