from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from devcluster import DevclusterError, cli, install
from devcluster.cluster import Cluster
from devcluster.layout import Layout
from devcluster.prefixes import find
from devcluster.record.calls import Call, Version
from devcluster.record.store import Store
from devcluster.rest import Response


def test_root_is_required(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert cli.main(["up", "host"]) == 1
    assert "needs root" in capsys.readouterr().err


def test_without_apt_it_names_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DEVCLUSTER_HOME", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(DevclusterError, match=r"no apt-get .*slurmctld, .*Debian and Ubuntu"):
        install.ensure_installed(Layout(find("host"), "unit"))


def test_a_cluster_that_is_not_up_says_how_to_start_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DEVCLUSTER_HOME", str(tmp_path))
    with pytest.raises(DevclusterError, match="devcluster up forky --instance unit"):
        Cluster("forky", "unit").token("alice")


def test_a_recording_never_holds_a_token(tmp_path: Path) -> None:
    store = Store(tmp_path, "24.11.5")
    response = Response(200, "application/json", b'{"leak": "eyJhbGciOiJIUzI1NiJ9"}')
    with pytest.raises(DevclusterError, match="holds a token"):
        store.put(Version("v0.0.42"), Call("ping", "GET", "/slurm/v0.0.42/ping"), response)
    assert not list(tmp_path.iterdir())
