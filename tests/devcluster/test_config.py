from __future__ import annotations

from pathlib import Path

import pytest

from devcluster import DevclusterError, files, ports
from devcluster.config import Settings
from devcluster.generations import Release, release_of
from devcluster.layout import Layout
from devcluster.prefixes import find


def settings(release: str = "24.11.5", *extra: str) -> Settings:
    layout = Layout(find("trixie"), "unit")
    return Settings(layout, Release(release), ports.block(18100), "secret", extra)


def values(text: str) -> dict[str, str]:
    return {line.partition("=")[0]: line.partition("=")[2] for line in text.splitlines()}


def test_an_extra_line_replaces_ours() -> None:
    text = settings("24.11.5", "MaxJobCount=10", "PrivateData=jobs").slurm_conf()
    assert text.count("MaxJobCount=") == 1
    assert values(text)["MaxJobCount"] == "10"
    assert values(text)["PrivateData"] == "jobs"


def test_an_extra_partition_is_added_to_ours() -> None:
    text = settings("24.11.5", "PartitionName=extra Nodes=cpu1 Hidden=YES").slurm_conf()
    assert text.count("PartitionName=") == 4


def test_an_extra_line_about_our_node_changes_its_settings() -> None:
    lines = ("NodeName=gpu2 CoreSpecCount=2 Gres=gpu:a100:2,gpu:2,shard:8", "NodeName=more CPUs=1")
    found = settings("24.11.5", *lines)
    [gpu2] = [line for line in found.slurm_conf().splitlines() if line.startswith("NodeName=gpu2")]
    assert "CPUs=8 " in gpu2
    assert "CoreSpecCount=2" in gpu2
    assert found.slurm_conf().count("NodeName=") == 5
    gres = [line for line in found.gres_conf().splitlines() if line.startswith("NodeName=gpu2")]
    assert [line.replace(str(found.layout.state), "") for line in gres] == [
        "NodeName=gpu2 Name=gpu Type=a100 File=/gpu/nvidia[0-1]",
        "NodeName=gpu2 Name=gpu File=/gpu/nvidia[2-3]",
        "NodeName=gpu2 Name=shard Count=8",
    ]


@pytest.mark.parametrize(
    ("release", "auth", "cred", "cgroup"),
    [
        ("22.05.8", "auth/munge", "cred/munge", "cgroup/v1"),
        ("23.11.4", "auth/munge", "cred/munge", "cgroup/v1"),
        ("24.05.8", "auth/slurm", "auth/slurm", "disabled"),
        ("24.11.5", "auth/slurm", "auth/slurm", "disabled"),
        ("26.05.5", "auth/slurm", "auth/slurm", "disabled"),
    ],
)
def test_settings_follow_the_release(release: str, auth: str, cred: str, cgroup: str) -> None:
    found = settings(release)
    assert values(found.slurm_conf())["AuthType"] == auth
    assert values(found.slurm_conf())["CredType"] == cred
    assert found.cgroup_conf() == f"CgroupPlugin={cgroup}\n"


def test_the_database_password_is_not_in_the_file_everybody_reads() -> None:
    assert "secret" not in settings().slurm_conf()
    assert "StoragePass=secret" in settings().slurmdbd_conf()


def test_every_daemon_has_a_port_of_its_own() -> None:
    block = ports.block(18100)
    assert len(set(block.values())) == len(block) == 7


def test_release_is_read_from_slurmctld() -> None:
    assert release_of("slurm-wlm 22.05.8\n").number == (22, 5, 8)


def test_a_path_too_long_for_a_socket_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DEVCLUSTER_HOME", str(tmp_path / ("long" * 20)))
    with pytest.raises(DevclusterError, match="too long for a UNIX socket"):
        files.write(settings())


def test_an_unknown_generation_is_refused_with_the_known_ones() -> None:
    with pytest.raises(DevclusterError, match="host, trixie, forky"):
        find("bullseye")


def test_an_instance_name_that_cannot_be_a_folder_is_refused() -> None:
    with pytest.raises(DevclusterError, match="letters, digits"):
        Layout(find("host"), "../other")
