"""Key files, and the public keys of RS256."""

from __future__ import annotations

import logging
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from jupyter_slurm_rest.hub.app import reload_keys
from jupyter_slurm_rest.hub.clusters import read_clusters
from jupyter_slurm_rest.hub.errors import ConfigurationError
from jupyter_slurm_rest.hub.keys import load_signer

from .rig import FakeHub, running


def write_pem(path: Path, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> Path:
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.chmod(0o600)
    return path


@pytest.fixture(scope="module")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o620, 0o601])
def test_a_key_that_others_can_read_is_refused(key_file: Path, mode: int) -> None:
    key_file.chmod(mode)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        load_signer(key_file, "HS256")


def test_a_key_that_its_group_can_read_is_used_with_a_warning(
    key_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    key_file.chmod(0o440)
    load_signer(key_file, "HS256")
    assert "can be read by its group" in caplog.text


def test_a_short_key_is_used_with_a_warning(
    key_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    key_file.write_bytes(b"short")
    load_signer(key_file, "HS256")
    assert "has 5 bytes" in caplog.text


@pytest.mark.parametrize("content", [None, b""])
def test_a_key_that_is_absent_or_empty_is_refused(key_file: Path, content: bytes | None) -> None:
    key_file.unlink() if content is None else key_file.write_bytes(content)
    with pytest.raises(ConfigurationError, match="jwt_hs256"):
        load_signer(key_file, "HS256")


def test_a_folder_is_no_key(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        load_signer(tmp_path, "HS256")


async def test_rs256_tokens_are_verified_by_the_published_key(
    tmp_path: Path, hub: FakeHub, rsa_key: rsa.RSAPrivateKey
) -> None:
    path = write_pem(tmp_path / "rsa.pem", rsa_key)
    clusters = {"forky": {"key_file": str(path), "algorithm": "RS256"}}
    async with running(hub, clusters=clusters) as service:
        token = (await service.post(hub_token="alice-server")).json()["token"]
        published = (await service.get("jwks.json")).json()
        assert (await service.get("clusters/forky/jwks.json")).json() == published
    assert set(published["keys"][0]) == {"kty", "n", "e", "kid", "alg", "use"}
    keys = jwt.PyJWKSet.from_dict(published)
    kid = jwt.get_unverified_header(token)["kid"]
    assert jwt.decode(token, keys[kid], algorithms=["RS256"])["sun"] == "alice"


def test_the_kid_is_the_configured_one(tmp_path: Path, rsa_key: rsa.RSAPrivateKey) -> None:
    signer = load_signer(write_pem(tmp_path / "rsa.pem", rsa_key), "RS256", "2026")
    assert jwt.get_unverified_header(signer.sign({"exp": 1}))["kid"] == "2026"


def test_rs256_needs_a_good_rsa_key(tmp_path: Path, key_file: Path) -> None:
    weak = rsa.generate_private_key(65537, 1024)  # noqa: S505 -- that is the point
    elliptic = ec.generate_private_key(ec.SECP256R1())
    for path in (
        key_file,
        write_pem(tmp_path / "weak.pem", weak),
        write_pem(tmp_path / "ec.pem", elliptic),
    ):
        with pytest.raises(ConfigurationError, match="RS256"):
            load_signer(path, "RS256")


def test_a_key_is_read_again_on_demand_and_a_bad_one_leaves_the_old(
    key_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clusters = read_clusters({"one": {"key_file": str(key_file)}}, "test")
    new = b"n" * 32
    key_file.write_bytes(new)
    reload_keys(clusters)
    token = clusters["one"].sign("alice").token
    assert jwt.decode(token, new, algorithms=["HS256"])["sun"] == "alice"
    key_file.chmod(0o644)
    with caplog.at_level(logging.ERROR):
        reload_keys(clusters)
    assert "is still in use" in caplog.text
    token = clusters["one"].sign("alice").token
    assert jwt.decode(token, new, algorithms=["HS256"])["sun"] == "alice"


def test_a_token_is_in_no_representation(key_file: Path) -> None:
    issued = read_clusters({"one": {"key_file": str(key_file)}}, "test")["one"].sign("alice")
    assert issued.token not in repr(issued)
