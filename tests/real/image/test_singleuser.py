"""deploy/singleuser/Dockerfile: built for real, started by a real hub, used on a real Slurm.

Which clusters there are comes from the files that the chart of Zero to JupyterHub mounts.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from devcluster import Cluster
from devcluster.jupyterhub import Entry, Hub
from devcluster.layout import home
from tests.deploy.helm import mounted_files
from tests.real.hub.browser import Browser
from tests.real.hub.conftest import build_wheel, install
from tests.real.hub.slurm import queue
from tests.real.instances import need_root

from .images import JUPYTER, build, buildah, started

#: Servers start inside the image's root, as the user.
CONFIG = """
import os
from jupyterhub.spawner import LocalProcessSpawner

class InsideImage(LocalProcessSpawner):
    def make_preexec_fn(self, name):
        become = super().make_preexec_fn(name)
        def enter():
            os.chroot({root!r})
            become()
        return enter

c.JupyterHub.spawner_class = InsideImage
c.Spawner.cmd = [{jupyter!r} + "/bin/jupyterhub-singleuser"]
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    need_root()
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def image(wheel: Path) -> str:
    return build(wheel)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    found = Cluster("host", (os.environ.get("DEVCLUSTER_INSTANCE") or "test") + "-image")
    found.up()
    yield found
    found.down()


def test_it_runs_as_the_ordinary_user_and_hub_singleuser(image: str) -> None:
    config = json.loads(buildah("inspect", "--type=image", image))["OCIv1"]["config"]
    assert config["User"] == "1000"
    assert config["Cmd"] == ["jupyterhub-singleuser"]
    assert not [word for word in config["Env"] if "TOKEN" in word or "SLURM" in word]


def mount_settings(root: Path, cluster: Cluster, folder: Path) -> None:
    """What the rendered chart mounts, with the address of this cluster in the values."""
    entry = {"url": cluster.url, "tokens": {"cluster": "host"}}
    data = {"SlurmRest": {"clusters": {"cluster": entry}}}
    site = folder / "site.json"
    site.write_text(json.dumps({"singleuser": {"extraFiles": {"slurm-clusters": {"data": data}}}}))
    for path, content in mounted_files(site).items():
        target = root / path.relative_to("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content)
        target.chmod(0o444)


def test_its_server_submits_through_the_token_service(
    image: str, wheel: Path, cluster: Cluster
) -> None:
    folder = home() / "tests" / f"hub-image-{os.getpid()}"
    shared = [folder / "etc", folder / "run"]
    for path in shared:
        path.mkdir(parents=True)
    with started(image, shared) as root:
        for program in ("scontrol", "squeue", "munged"):
            assert not list(root.glob(f"usr/*bin/{program}")), "the image needs no Slurm"
        mount_settings(root, cluster, folder)
        config = CONFIG.format(root=str(root), jupyter=JUPYTER)
        hub = Hub({"host": Entry(cluster)}, install(wheel, "6.1"), folder, config=config)
        try:
            hub.up()
            # The test bed's own settings, which would go before what is mounted.
            (folder / "etc/jupyter_server_config.py").unlink()
            alice = Browser(hub.url, "alice")
            alice.login(hub.passwords["alice"])
            alice.start_server()
            listed = alice.slurm("GET", "clusters").json()["clusters"]
            assert [entry["name"] for entry in listed] == ["cluster"]
            response = alice.slurm(
                "POST",
                "clusters/cluster/jobs",
                json={"script": "#!/bin/sh\nsleep 60\n", "options": {"time": "2"}},
            )
            assert response.status_code == 201, response.text
            assert queue(cluster)[str(response.json()["job_id"])] == "alice"
            assert alice.server("GET", "lab").status_code == 200
            alice.stop_server()
            alice.close()
        finally:
            hub.down()
