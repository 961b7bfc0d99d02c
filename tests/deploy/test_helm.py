"""deploy/zero-to-jupyterhub/values.yaml, rendered by helm.

The chart itself cannot be downloaded where the tests run: what its schema allows and what
it makes of the values stands in ``chart/``.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from .helm import VALUES, mounted_files, render, the


def other_values(path: Path, values: object) -> Path:
    path.write_text(yaml.safe_dump(values))
    return path


def test_the_chart_takes_our_values_and_mounts_the_servers_whole_configuration() -> None:
    ((path, content),) = mounted_files().items()
    # Of the files in jupyter_server_config.d, Jupyter Server reads only which extensions
    # are enabled; system-wide folders are searched for this one as a whole.
    assert path == Path("/usr/local/etc/jupyter/jupyter_server_config.json")
    given = yaml.safe_load(VALUES.read_text())["singleuser"]["extraFiles"]["slurm-clusters"]
    assert json.loads(content) == given["data"]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"singleuser": {"extraFile": {}}}, "extraFile"),
        ({"hub": {"extraFiles": {"a": {"data": {}, "stringData": ""}}}}, "mountPath"),
        ({"hub": {"extraVolumes": {}}}, "extraVolumes"),
        ({"hub": {"networkPolicy": {"allowed": []}}}, "allowed"),
    ],
)
def test_helm_refuses_what_the_schema_does_not_know(
    tmp_path: Path, wrong: object, named: str
) -> None:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        render(other_values(tmp_path / "wrong.yaml", wrong))
    assert named in caught.value.stderr


def test_lists_of_a_later_file_replace_ours_and_tables_are_merged(tmp_path: Path) -> None:
    """The manual's text on a site's own egress rules and volumes."""
    site = {
        "singleuser": {
            "networkPolicy": {"egress": [{"ports": [{"port": 389}]}]},
            "extraFiles": {"motd": {"mountPath": "/etc/motd", "stringData": "Hello"}},
        }
    }
    objects = render(other_values(tmp_path / "site.yaml", site))
    egress = the(objects, "NetworkPolicy", "singleuser")["spec"]["egress"]
    ports = [entry["port"] for rule in egress for entry in rule.get("ports", [])]
    assert 389 in ports
    assert 8182 not in ports
    secret = the(objects, "Secret", "singleuser")["stringData"]
    assert set(secret) == {"motd", "slurm-clusters"}


def test_the_service_is_reached_on_the_port_it_listens_on() -> None:
    objects = render()
    ports = the(objects, "Service", "hub")["spec"]["ports"]
    assert 8182 in [entry["port"] for entry in ports]
    egress = the(objects, "NetworkPolicy", "singleuser")["spec"]["egress"]
    assert {8182, 6820} <= {entry["port"] for rule in egress for entry in rule.get("ports", [])}
