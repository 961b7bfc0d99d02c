"""Tokens never appear in text."""

from __future__ import annotations

import copy
import pickle

import pytest

from jupyter_slurm_rest.slurm import Credentials

SECRET = "eyJhbGciOi.secret.signature"


def test_the_token_is_not_in_words_about_it() -> None:
    credentials = Credentials("alice", SECRET)
    assert SECRET not in f"{credentials} {credentials!r}"
    assert "alice" in repr(credentials)
    assert credentials.token == SECRET


def test_credentials_are_not_stored() -> None:
    credentials = Credentials("alice", SECRET)
    with pytest.raises(TypeError):
        pickle.dumps(credentials)
    with pytest.raises(TypeError):
        copy.copy(credentials)


@pytest.mark.parametrize("bad", ["a\r\nX-SLURM-USER-NAME: root", "a b", "ä", "a\x00"])
def test_header_injection_is_refused(bad: str) -> None:
    for name, token in ((bad, SECRET), ("alice", bad)):
        with pytest.raises(ValueError, match="characters") as caught:
            Credentials(name, token)
        assert SECRET not in str(caught.value)
