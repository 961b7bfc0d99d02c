"""Slurm builds in their own folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from devcluster import Cluster, DevclusterError, prefixes


@pytest.fixture(autouse=True)
def own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DEVCLUSTER_HOME", str(tmp_path / "home"))


def build(folder: Path, version: str) -> Path:
    for name in ("sbin/slurmctld", "sbin/slurmd", "sbin/slurmdbd", "sbin/slurmrestd", "bin/squeue"):
        program = folder / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f"#!/bin/sh\necho slurm {version}\n")
        program.chmod(0o755)
    return folder


def test_a_build_is_named_by_its_release_from_then_on(tmp_path: Path) -> None:
    prefix = build(tmp_path / "mine", "26.11.0-0rc1")
    cluster = Cluster(prefix=prefix)
    assert (cluster.generation, cluster.release) == ("26.11.0-0rc1", "26.11.0-0rc1")
    again = Cluster("26.11.0-0rc1", "other")
    assert again.layout.generation.prefix == prefix
    assert prefixes.names() == ["host", "trixie", "forky", "26.11.0-0rc1"]
    # It names tables of the database.
    assert cluster.name.isalnum()


def test_the_same_release_elsewhere_takes_the_name(tmp_path: Path) -> None:
    prefixes.register(build(tmp_path / "old", "23.11.11"))
    newer = build(tmp_path / "new", "23.11.11")
    prefixes.register(newer)
    assert prefixes.find("23.11.11").prefix == newer


def test_a_folder_without_slurm_is_refused_with_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(DevclusterError, match=r"sbin/slurmctld, .*bin/squeue missing"):
        prefixes.register(tmp_path)


def test_a_build_that_was_removed_is_not_known_any_more(tmp_path: Path) -> None:
    prefix = build(tmp_path / "mine", "23.11.11")
    prefixes.register(prefix)
    prefix.rename(tmp_path / "elsewhere")
    with pytest.raises(DevclusterError, match="no generation named"):
        prefixes.find("23.11.11")
