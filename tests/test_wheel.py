"""The wheel is complete and works on a machine without Node."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
VERSION = json.loads((ROOT / "package.json").read_text())["version"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the tree as it stands, frontend included (``make frontend`` built it)."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT],
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an environment that holds JupyterLab and the wheel, nothing else."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=True)
    subprocess.run(
        [folder / "bin" / "pip", "install", "--quiet", wheel, "jupyterlab>=4.4,<5"],
        check=True,
        capture_output=True,
    )
    return folder / "bin"


def run(bin_folder: Path, *arguments: str) -> str:
    """Uncolored output of a program of that environment, on a PATH without Node."""
    environment = {
        "PATH": str(bin_folder),
        "HOME": str(bin_folder.parent),
        "JUPYTER_NO_CONFIG": "",
        "LANG": os.environ.get("LANG", "C.UTF-8"),
    }
    done = subprocess.run(
        [bin_folder / arguments[0], *arguments[1:]],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    return re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)


def test_contents(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    data = [name.partition(".data/data/")[2] for name in names if ".data/data/" in name]
    extension = "share/jupyter/labextensions/jupyter-slurm-rest"
    assert f"{extension}/package.json" in data
    assert f"{extension}/install.json" in data
    assert f"{extension}/schemas/jupyter-slurm-rest/panel.json" in data
    assert "etc/jupyter/jupyter_server_config.d/jupyter_slurm_rest.json" in data
    assert "jupyter_slurm_rest/py.typed" in names
    assert not [name for name in names if name.startswith(("tests/", "devcluster/", "src/"))]


def test_the_sdist_is_the_whole_source(tmp_path: Path) -> None:
    """Its tests can run: they need the test bed and what is deployed."""
    subprocess.run(
        [sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", tmp_path, ROOT],
        check=True,
        capture_output=True,
    )
    (built,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(built) as archive:
        names = {name.split("/", 2)[1] for name in archive.getnames() if "/" in name}
    folders = "bench deploy devcluster docs jupyter_slurm_rest schema src style tests ui-tests"
    assert names >= {*folders.split(), "Makefile", "package.json", "pyproject.toml", "yarn.lock"}
    assert not names & {"node_modules", ".venv", "lib", "dist"}


def test_server_extension_is_enabled_and_ok(installed: Path) -> None:
    listing = run(installed, "jupyter", "server", "extension", "list")
    assert "jupyter_slurm_rest enabled" in listing
    assert f"jupyter_slurm_rest {VERSION} OK" in " ".join(listing.split())


def test_labextension_is_enabled_and_ok(installed: Path) -> None:
    listing = run(installed, "jupyter", "labextension", "list")
    (line,) = [line for line in listing.splitlines() if "jupyter-slurm-rest" in line]
    assert "enabled" in line
    assert "OK" in line
    assert "(python, jupyter-slurm-rest)" in line


def test_importing_the_package_loads_neither_server_nor_client(installed: Path) -> None:
    heavy = "{'httpx', 'jupyter_server', 'tornado', 'msgspec', 'IPython'}"
    program = f"import sys, jupyter_slurm_rest; print(sorted({heavy} & set(sys.modules)))"
    assert run(installed, "python", "-c", program).strip() == "[]"


def test_the_bundle_asks_for_what_it_is_written_for() -> None:
    """Not for the release it was built with: older JupyterLabs would warn of each package."""
    package = json.loads((ROOT / "package.json").read_text())
    asked = {
        name: options["requiredVersion"]
        for name, options in package["jupyterlab"]["sharedPackages"].items()
    }
    core = {
        name: version
        for name, version in package["dependencies"].items()
        if name.startswith("@jupyterlab/")
    }
    assert asked == core
