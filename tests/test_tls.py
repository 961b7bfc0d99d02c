"""TLS contexts from PEM files: what cannot be used is reported, never asked for."""

from __future__ import annotations

import pickle
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_slurm_rest.tls import (
    CertificateError,
    client_context,
    server_context,
    tls_failure,
)
from tests.slurm.certificates import Certificates

Make = Callable[[Path, Path], ssl.SSLContext]


def for_client(cert: Path, key: Path) -> ssl.SSLContext:
    return client_context(None, cert, key)


def for_server(cert: Path, key: Path) -> ssl.SSLContext:
    return server_context(cert, key, None)


@pytest.mark.parametrize("make", [for_client, for_server])
def test_a_key_with_a_password_is_refused_not_asked_for(make: Make, tmp_path: Path) -> None:
    made = Certificates(tmp_path, password=b"secret")
    with pytest.raises(CertificateError, match="cannot be used") as caught:
        make(made.cert, made.key)
    assert caught.value.field == "cert"
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - made the moment before
    assert (again.field, str(again)) == ("cert", str(caught.value))


def test_a_server_asks_for_certificates_of_its_authority_only(tmp_path: Path) -> None:
    made = Certificates(tmp_path)
    assert server_context(made.cert, made.key, None).verify_mode is ssl.CERT_NONE
    assert server_context(made.cert, made.key, made.ca).verify_mode is ssl.CERT_REQUIRED
    with pytest.raises(CertificateError, match="does not exist") as caught:
        server_context(made.cert, made.key, tmp_path / "missing.pem")
    assert caught.value.field == "ca"


def test_an_untrusted_certificate_is_found_behind_other_exceptions() -> None:
    untrusted = ssl.SSLCertVerificationError("self-signed certificate")
    wrapped = ConnectionError("connection failed")
    wrapped.__cause__ = untrusted
    assert tls_failure(wrapped) is untrusted
    assert tls_failure(ConnectionError("connection refused")) is None
