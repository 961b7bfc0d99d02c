from __future__ import annotations

import pwd

import pytest

from jupyter_slurm_rest.tokens.errors import TokenRefused
from jupyter_slurm_rest.tokens.token import DeniedUsers, ExpectedUser, Token


def token_of(name: str) -> Token:
    return Token("x.y.z", name, 0, 0)


@pytest.mark.parametrize("name", ["root", "slurm", "svc-slurm"])
def test_users_who_may_act_as_anyone_are_refused(name: str) -> None:
    with pytest.raises(TokenRefused, match="act as anyone"):
        ExpectedUser(deny=["svc-slurm"]).check(token_of(name))


def test_privileged_names_are_refused_even_when_configured() -> None:
    with pytest.raises(TokenRefused):
        ExpectedUser("root").check(token_of("root"))


@pytest.mark.parametrize("name", ["", "a b", "../alice", "alice\nbob", "x" * 80, "0", "1000"])
def test_names_no_slurm_user_has_are_refused(name: str) -> None:
    with pytest.raises(TokenRefused, match="not a valid Slurm user name"):
        ExpectedUser().check(token_of(name))


def test_another_user_than_configured_is_refused() -> None:
    with pytest.raises(TokenRefused, match="belongs to bob, but alice"):
        ExpectedUser("alice").check(token_of("bob"))


def test_the_user_does_not_change_under_way() -> None:
    user = ExpectedUser()
    user.check(token_of("alice"))
    with pytest.raises(TokenRefused, match="alice was expected"):
        user.check(token_of("bob"))
    user.forget()
    user.check(token_of("bob"))


def test_who_is_denied_may_be_named_by_uid_and_blanks_do_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    account = pwd.struct_passwd(("operator1", "x", 64030, 64030, "", "/", "/bin/sh"))
    accounts = {"operator1": account}
    monkeypatch.setattr("pwd.getpwnam", lambda name: accounts[name])
    denied = DeniedUsers(["64030", "SlurmAdm "])
    assert "operator1" in denied
    assert "slurmadm" in denied
    assert "alice" not in denied
