"""Signing keys: read as Slurm reads them; keys with unsafe permissions are refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import os
import stat
from pathlib import Path
from typing import Any, Protocol

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import RSAAlgorithm

from .errors import ConfigurationError

log = logging.getLogger(__name__)

#: Bytes. More gain nothing with HMAC-SHA256; fewer make it weak.
GOOD_HS256_LENGTH = 32
SHORTEST_RSA_KEY = 2048


class Signer(Protocol):
    """Signs claims; has the public key, if any, that Slurm needs to verify them."""

    algorithm: str

    def sign(self, claims: dict[str, Any]) -> str:
        """Return the token."""
        ...

    def public_jwk(self) -> dict[str, str] | None:
        """Return the public key for ``jwks.json``; None for a shared secret."""
        ...


class Hs256:
    """The cluster's shared key: the raw bytes of the file, as slurmctld uses them.

    PyJWT is not used because it refuses keys in PEM form, which older Slurm guides make
    with ``openssl genrsa``. A trailing newline is part of the key.
    """

    algorithm = "HS256"

    def __init__(self, key: bytes) -> None:
        if not key:
            raise ConfigurationError("The signing key is empty.")
        if len(key) < GOOD_HS256_LENGTH:
            log.warning(
                "The signing key has %d bytes; use %d random ones.", len(key), GOOD_HS256_LENGTH
            )
        if key.lstrip().startswith(b"-----BEGIN"):
            log.warning(
                "The HS256 key is a PEM text used as a shared secret. That works, because Slurm "
                "does the same; 32 random bytes would be better."
            )
        self._key = key

    def sign(self, claims: dict[str, Any]) -> str:
        """Return the token."""
        head = _part({"alg": "HS256", "typ": "JWT"}) + "." + _part(claims)
        signature = hmac.digest(self._key, head.encode("ascii"), hashlib.sha256)
        return head + "." + _base64url(signature)

    def public_jwk(self) -> None:
        """A shared secret has no public part."""
        return


class Rs256:
    """A private RSA key of the service; Slurm verifies with ``jwks=``."""

    algorithm = "RS256"

    def __init__(self, pem: bytes, kid: str | None = None) -> None:
        try:
            key = load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise ConfigurationError(
                "The RS256 key is not an unencrypted PEM private key. "
                "Make one: openssl genrsa -out key.pem 3072"
            ) from None
        if not isinstance(key, RSAPrivateKey) or key.key_size < SHORTEST_RSA_KEY:
            raise ConfigurationError(
                f"RS256 needs an RSA private key of {SHORTEST_RSA_KEY} bits or more."
            )
        self._key = key
        public = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
        self._jwk = {"kty": "RSA", "n": public["n"], "e": public["e"]}
        # RFC 7638: the same key has the same name everywhere.
        thumbprint = json.dumps(self._jwk, sort_keys=True, separators=(",", ":")).encode()
        self.kid = kid or _base64url(hashlib.sha256(thumbprint).digest())

    def sign(self, claims: dict[str, Any]) -> str:
        """Return the token."""
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self.kid})

    def public_jwk(self) -> dict[str, str]:
        """Return the public key for ``jwks.json``."""
        return {**self._jwk, "kid": self.kid, "alg": "RS256", "use": "sig"}


def load_signer(path: Path, algorithm: str, kid: str | None = None) -> Signer:
    """Read a key file. Raises ConfigurationError."""
    data = _read_key(path)
    try:
        return Rs256(data, kid) if algorithm == "RS256" else Hs256(data)
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error}") from None


def _read_key(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if not stat.S_ISREG(mode):
                raise ConfigurationError(f"The signing key {path} is not a regular file.")
            if mode & 0o007 or mode & 0o020:
                raise ConfigurationError(
                    f"The signing key {path} can be read by others or changed by its group "
                    f"(mode {stat.S_IMODE(mode):04o}). Run: chmod 600 {path}"
                )
            if mode & 0o040:
                # Kubernetes mounts secrets this way (fsGroup).
                log.warning("The signing key %s can be read by its group.", path)
            return file.read()
    except OSError as error:
        raise ConfigurationError(
            f"The signing key {path} cannot be read: {error.strerror}."
        ) from None


def _part(value: dict[str, Any]) -> str:
    return _base64url(json.dumps(value, separators=(",", ":")).encode())


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
