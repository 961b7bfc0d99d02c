"""Recorded responses are packed, found again byte for byte, and shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from devcluster import DevclusterError
from devcluster.record import archive
from devcluster.record.calls import Call, Version
from devcluster.record.show import show
from devcluster.record.store import Store
from devcluster.rest import Response
from tests.recorded import PAIRS, responses

BODY = b'{"pings": [ ]}\n'


def recorded(folder: Path, release: str = "24.11.5") -> Store:
    store = Store(folder, release)
    call = Call("ping", "GET", "/slurm/v0.0.42/ping")
    store.put(Version("v0.0.42"), call, Response(200, "application/json", BODY))
    store.finish()
    return store


def test_a_response_is_kept_byte_for_byte_and_shown(tmp_path: Path) -> None:
    recorded(tmp_path)
    assert archive.pairs(tmp_path) == [("24.11.5", "v0.0.42")]
    assert show(tmp_path, []) == b"24.11.5       v0.0.42\n"
    assert b"200  ping" in show(tmp_path, ["24.11.5", "v0.0.42"])
    assert show(tmp_path, ["24.11.5", "v0.0.42", "ping"]) == BODY


def test_a_newer_release_of_a_series_takes_the_place_of_the_older(tmp_path: Path) -> None:
    for release in ("24.11.4", "24.11.5", "25.05.8"):
        recorded(tmp_path, release)
    assert [release for release, _ in archive.pairs(tmp_path)] == ["24.11.5", "25.05.8"]


def test_the_same_responses_make_the_same_archive(tmp_path: Path) -> None:
    for name in ("one", "two"):
        archive.write(tmp_path / name, {"b.json": BODY, "a.json": b"{}"})
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize(
    "what", [["24.11.5"], ["24.11.5", "v0.0.99"], ["24.11.5", "v0.0.42", "nothing"]]
)
def test_unknown_recordings_are_reported(tmp_path: Path, what: list[str]) -> None:
    recorded(tmp_path)
    with pytest.raises(DevclusterError):
        show(tmp_path, what)


@pytest.mark.parametrize(("release", "version"), PAIRS)
def test_recorded_responses_hold_no_token_and_no_address(release: str, version: str) -> None:
    for name, one in responses(release, version).items():
        assert b"eyJ" not in one.body, name
        assert set(re.findall(rb"\b\d+\.\d+\.\d+\.\d+\b", one.body)) <= {b"127.0.0.1"}, name
        assert not re.search(rb"[\w.]+@[\w-]+\.[a-z]", one.body), name
