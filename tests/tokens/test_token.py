from __future__ import annotations

import time
import warnings
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from jupyter_slurm_rest.tokens.errors import TokenExpired, TokenMalformed, TokenRefused
from jupyter_slurm_rest.tokens.token import read_token, token_from_text

from .tokens import KEY, make_token


def test_a_token_says_whose_it_is_and_how_long_it_lives() -> None:
    token = read_token(make_token("alice", 600))
    assert token.username == "alice"
    assert 595 <= token.lifetime <= 600
    assert token.expires_at == pytest.approx(time.time() + 600, abs=5)


def test_the_value_is_in_no_representation() -> None:
    value = make_token()
    token = read_token(value)
    assert value not in repr(token)
    assert value not in f"{token}"


def test_the_name_is_read_from_the_claims_slurm_reads_in_its_order() -> None:
    now = int(time.time())
    both = jwt.encode({"sun": "alice", "username": "bob", "exp": now + 60}, KEY)
    assert read_token(both).username == "alice"
    keycloak = jwt.encode({"preferred_username": "carol", "exp": now + 60}, KEY)
    assert read_token(keycloak, user_claim="preferred_username").username == "carol"
    with pytest.raises(TokenMalformed, match="names no Slurm user"):
        read_token(keycloak)


def test_a_fresh_token_lives_as_long_as_it_says_whatever_the_local_clock() -> None:
    issued_by_a_clock_an_hour_behind = int(time.time()) - 3600
    value = make_token(iat=issued_by_a_clock_an_hour_behind, lifetime=-3000)
    assert read_token(value, fresh=True).lifetime == 600
    with pytest.raises(TokenExpired):
        read_token(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "not a token",
        "a.b",
        "aa.bb.cc",
        make_token() + "\r\nX-SLURM-USER-NAME: root",
        make_token() + "\u00e9",
        "x" * 70_000 + ".yy.zz",
    ],
)
def test_what_is_no_token_is_refused_without_being_repeated(value: str) -> None:
    with pytest.raises(TokenMalformed) as caught:
        read_token(value)
    assert not value or value not in str(caught.value)


def test_a_token_without_expiry_is_refused_as_slurm_would() -> None:
    with pytest.raises(TokenMalformed, match="exp"):
        read_token(jwt.encode({"sun": "alice"}, KEY))


@pytest.mark.parametrize(
    ("claims", "algorithm", "headers", "named"),
    [
        ({"exp": time.time() + 600}, "HS256", {}, "not a whole number"),
        ({"exp": 4102444800.0}, "HS256", {}, "not a whole number"),
        ({}, "HS384", {}, "HS384"),
        ({}, "HS512", {}, "HS512"),
        ({}, "RS512", {"kid": "a"}, "RS512"),
        ({}, "PS256", {"kid": "a"}, "PS256"),
        ({}, "RS256", {}, "kid"),
    ],
)
def test_what_no_slurm_takes_is_refused_with_its_cause(
    claims: dict[str, Any], algorithm: str, headers: dict[str, str], named: str
) -> None:
    """tests/real/test_tokens.py shows each to real Slurms."""
    key: Any = KEY if algorithm.startswith("HS") else rsa.generate_private_key(65537, 2048)
    content = {"sun": "alice", "exp": int(time.time()) + 600, **claims}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # The test's key is short for HS512.
        value = jwt.encode(content, key, algorithm=algorithm, headers=headers)
    with pytest.raises(TokenMalformed, match=named):
        read_token(value)


def test_a_long_token_is_read() -> None:
    value = make_token("alice", groups=["g" * 50] * 900)
    assert len(value) > 60_000
    assert read_token(value).username == "alice"


def test_the_line_scontrol_prints_is_understood() -> None:
    value = make_token()
    for text in (value, f"SLURM_JWT={value}\n", f"\nexport SLURM_JWT='{value}'\n"):
        assert token_from_text(text) == value


@pytest.mark.parametrize("claims", [{"uid": 0}, {"uid": 1001, "id": {"name": "root"}}])
def test_identity_claims_of_somebody_else_are_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(TokenRefused):
        read_token(make_token("alice", **claims))
    own: dict[str, Any] = {"uid": 1001, "gid": 1001, "id": {"name": "alice"}}
    assert read_token(make_token("alice", **own)).username == "alice"


@pytest.mark.parametrize("moment", [10**400, 10**15, -(10**15)])
def test_an_expiry_out_of_range_is_refused(moment: int) -> None:
    with pytest.raises(TokenMalformed, match="out of range"):
        read_token(make_token(exp=moment))
