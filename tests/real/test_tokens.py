"""Tokens that slurmctld accepts, and key rotation: docs/admin/tokens.md."""

from __future__ import annotations

import json
import tempfile
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from devcluster import Cluster, DevclusterError
from devcluster.process import wait_until
from jupyter_slurm_rest.tokens import TokenError
from jupyter_slurm_rest.tokens.token import read_token
from tests.real.hub.slurm import slurm_accepts
from tests.real.instances import chosen_generations, need_root, own_cluster


@dataclass
class Keys:
    """Key pairs by name, and the JWKS file that slurmctld and slurmdbd read."""

    jwks: Path
    pairs: dict[str, rsa.RSAPrivateKey] = field(default_factory=dict)

    def public(self, name: str, **more: str) -> dict[str, str]:
        pair = self.pairs.setdefault(name, rsa.generate_private_key(65537, 2048))
        found: dict[str, str] = json.loads(RSAAlgorithm.to_jwk(pair.public_key()))
        return {"kty": found["kty"], "n": found["n"], "e": found["e"], "kid": name, **more}

    def write(self, *keys: dict[str, str]) -> None:
        self.jwks.write_text(json.dumps({"keys": keys}))
        self.jwks.chmod(0o644)


@pytest.fixture(scope="module")
def keys() -> Iterator[Keys]:
    # In the folder that the clusters see as well, readable to the user slurm.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        made = Keys(Path(folder) / "jwks.json")
        made.write(made.public("rs", alg="RS256"), made.public("no-alg"))
        yield made


@pytest.fixture(scope="module", params=chosen_generations())
def tokens_cluster(request: pytest.FixtureRequest, keys: Keys) -> Iterator[Cluster]:
    need_root()
    jwt_key = own_cluster(request.param, "tokens").layout.jwt_key
    line = f"AuthAltParameters=jwks={keys.jwks},jwt_key={jwt_key}"
    found = own_cluster(request.param, "tokens", [line], [line])
    found.up()
    yield found
    found.down()


def shared_key(cluster: Cluster, algorithm: str = "HS256", typ: str = "JWT", **claims: Any) -> str:
    given = {"sun": "alice", "exp": int(time.time()) + 600, **claims}
    content = {claim: value for claim, value in given.items() if value is not None}
    key = cluster.layout.jwt_key.read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pyjwt finds the key short for HS512.
        return jwt.encode(content, key, algorithm, headers={"typ": typ})


def key_pair(keys: Keys, name: str, algorithm: str = "RS256", *, kid: bool = True) -> str:
    content = {"sun": "alice", "exp": int(time.time()) + 600}
    headers = {"kid": name} if kid else {}
    return jwt.encode(content, keys.pairs[name], algorithm, headers=headers)


def release_of(cluster: Cluster) -> tuple[int, ...]:
    """Such as (24, 11)."""
    return tuple(int(part) for part in cluster.release.split(".")[:2])


def is_read(token: str) -> bool:
    try:
        read_token(token)
    except TokenError:
        return False
    return True


def test_tokens_are_refused_as_slurm_does(tokens_cluster: Cluster, keys: Keys) -> None:
    now = int(time.time())
    cluster = tokens_cluster
    tokens = {
        "a float as exp": shared_key(cluster, exp=now + 600.5),
        "a text as exp": shared_key(cluster, exp=str(now + 600)),
        "no exp": shared_key(cluster, exp=None),
        "expired": shared_key(cluster, exp=now - 10),
        "HS384": shared_key(cluster, "HS384"),
        "HS512": shared_key(cluster, "HS512"),
        "RS256 without kid": key_pair(keys, "rs", kid=False),
        "RS512": key_pair(keys, "rs", "RS512"),
        "PS256": key_pair(keys, "rs", "PS256"),
        "sun is a number": shared_key(cluster, sun=1001),
        "RS256": key_pair(keys, "rs"),
        "a float as iat": shared_key(cluster, iat=now + 0.5),
        "nbf to come": shared_key(cluster, nbf=now + 300),
        "an audience": shared_key(cluster, aud=["somebody"]),
        "60,000 characters": shared_key(cluster, groups=["g" * 50] * 850),
        "username": shared_key(cluster, sun=None, username="alice"),
    }
    taken = {name: slurm_accepts(cluster, token) for name, token in tokens.items()}
    assert taken == {name: is_read(token) for name, token in tokens.items()}
    assert list(taken.values()) == [False] * 10 + [True] * 6


def test_what_depends_on_the_release(tokens_cluster: Cluster, keys: Keys) -> None:
    release = release_of(tokens_cluster)
    # Debian 12's 22.05 is built with libjwt 1.10, which wants typ=JWT.
    typed = shared_key(tokens_cluster, typ="at+jwt")
    assert slurm_accepts(tokens_cluster, typed) is (release != (22, 5))
    without_alg = key_pair(keys, "no-alg")
    assert slurm_accepts(tokens_cluster, without_alg) is (release >= (25, 5))


def test_when_keys_are_reloaded(tokens_cluster: Cluster, keys: Keys) -> None:
    """The steps of the manual, and why they are not fewer."""
    cluster = tokens_cluster
    old = key_pair(keys, "rs")
    keys.write(keys.public("rs-new", alg="RS256"))
    new = key_pair(keys, "rs-new")
    assert (slurm_accepts(cluster, old), slurm_accepts(cluster, new)) == (True, False)
    cluster.run(["scontrol", "reconfigure"])
    if release_of(cluster) == (22, 5):
        assert slurm_accepts(cluster, old)
        restart(cluster, "slurmctld")
    # No command makes slurmdbd read its keys again; from 24.11 on it is asked for this call too.
    restart(cluster, "slurmdbd")
    wait_until(lambda: slurm_accepts(cluster, new), "the new key", seconds=60)
    assert not slurm_accepts(cluster, old)


def restart(cluster: Cluster, daemon: str) -> None:
    cluster.stop(daemon)
    cluster.start(daemon)


def test_a_key_without_kid_keeps_slurmctld_from_starting(
    tokens_cluster: Cluster, keys: Keys
) -> None:
    good = keys.public("rs", alg="RS256")
    keys.write({name: value for name, value in good.items() if name != "kid"})
    tokens_cluster.stop("slurmctld")
    with pytest.raises(DevclusterError, match="kid"):
        tokens_cluster.start("slurmctld")
    keys.write(good, keys.public("no-alg"))
    tokens_cluster.start("slurmctld")
