"""Mapping hub names to Slurm names."""

from __future__ import annotations

import pwd
from pathlib import Path

import pytest

from jupyter_slurm_rest.hub.errors import ConfigurationError, Refusal
from jupyter_slurm_rest.hub.user_mapping import UserMapping, check_groups, identity_claims
from jupyter_slurm_rest.tokens.errors import TokenRefused
from jupyter_slurm_rest.tokens.token import ExpectedUser, Token


def test_names_are_the_same_unless_told_otherwise() -> None:
    assert UserMapping().slurm_name("someone") == "someone"


@pytest.mark.parametrize("name", ["root", "slurm", "daemon", "svc", "0", "a/b", "a b", "", "-x"])
def test_nobody_gets_a_token_of_a_privileged_or_impossible_user(name: str) -> None:
    with pytest.raises(Refusal) as caught:
        UserMapping(deny=["svc"]).slurm_name(name)
    assert caught.value.code == "account_not_linked"


def test_a_table_is_the_whole_truth() -> None:
    mapping = UserMapping(table={"alice@example.org": "asmith"})
    assert mapping.slurm_name("alice@example.org") == "asmith"
    with pytest.raises(Refusal):
        mapping.slurm_name("asmith")


def test_a_table_cannot_lead_to_root() -> None:
    with pytest.raises(Refusal):
        UserMapping(table={"alice": "root"}).slurm_name("alice")


def test_a_table_gives_a_slurm_user_to_one_user_only() -> None:
    with pytest.raises(ConfigurationError, match="more than one"):
        UserMapping(table={"alice": "shared", "bob": "shared"})


def test_a_pattern_must_match_the_whole_name() -> None:
    mapping = UserMapping(pattern=r"(?P<user>[a-z0-9]+)@example\.org")
    assert mapping.slurm_name("alice@example.org") == "alice"
    for name in ("alice", "alice@example.org.evil.com", "alice@example-org", "root@example.org"):
        with pytest.raises(Refusal):
            mapping.slurm_name(name)


@pytest.mark.parametrize("pattern", ["(", "[a-z]+"])
def test_a_pattern_without_the_user_is_refused_at_start(pattern: str) -> None:
    with pytest.raises(ConfigurationError, match="username_pattern"):
        UserMapping(pattern=pattern)


def test_groups_are_checked_only_where_set() -> None:
    check_groups([], [], "alice")
    check_groups(["physics", "x"], ["physics"], "alice")
    with pytest.raises(Refusal):
        check_groups(["x"], ["physics"], "alice")


def test_identity_claims_are_those_slurm_asks_for() -> None:
    claims = identity_claims("root")
    assert (claims["uid"], claims["gid"]) == (0, 0)
    assert claims["id"]["name"] == "root"
    assert claims["id"]["gecos"]
    assert Path(claims["id"]["dir"]).is_absolute()
    assert Path(claims["id"]["shell"]).is_absolute()
    assert claims["id"]["gids"]
    with pytest.raises(Refusal):
        identity_claims("nobody-here-by-that-name")


@pytest.mark.parametrize(
    "name", ["SlurmAdmin", "slurmadmin@example.org", "SLURM", "Root", "uid-0-alias", "same-uid"]
)
def test_denied_is_the_account_however_it_is_spelled(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """As a directory knows it (``getent passwd`` under each of these names)."""
    directory = {"slurmadmin": 5000, "same-uid": 5000, "uid-0-alias": 0, "alice": 5001}

    def getpwnam(asked: str) -> pwd.struct_passwd:
        return pwd.struct_passwd((asked, "x", directory[asked], 100, "", "/", "/bin/sh"))

    monkeypatch.setattr(pwd, "getpwnam", getpwnam)
    mapping = UserMapping(deny=["slurmadmin"])
    assert mapping.slurm_name("alice") == "alice"
    with pytest.raises(Refusal) as caught:
        mapping.slurm_name(name)
    assert caught.value.code == "account_not_linked"
    with pytest.raises(ConfigurationError):
        mapping.check_reader(name)
    # The server refuses them too, wherever the token came from.
    with pytest.raises(TokenRefused, match="act as anyone"):
        ExpectedUser(deny=["slurmadmin"]).check(Token("x.y.z", name, 0, 0))
