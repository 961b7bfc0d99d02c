"""Images without a registry and without a container engine: debootstrap and buildah."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from devcluster.install import ensure_packages, locked
from devcluster.layout import home

ROOT = Path(__file__).parents[3]
BASE, IMAGE = "localhost/jupyter-base", "localhost/lab-slurm"
#: Where the base has its Jupyter.
JUPYTER = "/opt/jupyter"


def folder() -> Path:
    return home() / "image"


def run(*words: str | Path) -> str:
    command = [str(word) for word in words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (" ".join(command) + done.stdout + done.stderr)[-4000:]
    return done.stdout.strip()


def buildah(*words: str | Path) -> str:
    """Run buildah with storage of our own, as it must be inside a container itself."""
    storage: list[str | Path] = ["--root", folder() / "storage", "--runroot", folder() / "run"]
    return run("buildah", "--storage-driver=vfs", *storage, *words)


def build(wheel: Path) -> str:
    """Build deploy/singleuser/Dockerfile with this wheel, on the stand-in base."""
    with locked(_prepared() / "lock"):
        _ensure_base()
        context = folder() / "context"
        shutil.rmtree(context, ignore_errors=True)
        shutil.copytree(ROOT / "deploy/singleuser", context)
        shutil.copy(wheel, context)
        arguments = [f"--build-arg=BASE={BASE}", f"--build-arg=PIP={JUPYTER}/bin/pip"]
        buildah("bud", "--isolation=chroot", "--quiet", *arguments, f"--tag={IMAGE}", context)
        # What had this name before; here every image is a whole copy.
        buildah("rmi", "--prune")
    return IMAGE


@contextlib.contextmanager
def started(image: str, shared: list[Path]) -> Iterator[Path]:
    """A container of the image that sees some folders of this machine; yields its root."""
    container = buildah("from", image)
    root = Path(buildah("mount", container))
    folders = [Path("/proc"), Path("/dev"), Path("/home"), *shared]
    mounted: list[Path] = []
    try:
        for path in folders:
            target = root / path.relative_to("/")
            target.mkdir(parents=True, exist_ok=True)
            run("mount", "--bind", path, target)
            mounted.append(target)
        yield root
    finally:
        for target in reversed(mounted):
            run("umount", "--lazy", target)
        buildah("umount", container)
        buildah("rm", container)


def _prepared() -> Path:
    ensure_packages(["buildah", "debootstrap"])
    folder().mkdir(parents=True, exist_ok=True)
    return folder()


def _ensure_base() -> None:
    """What a site would pull: Debian with JupyterLab, JupyterHub and an ordinary user."""
    if BASE in buildah("images", "--format={{.Name}}").splitlines():
        return
    tree = folder() / "base"
    shutil.rmtree(tree, ignore_errors=True)
    packages = "python3,python3-venv,ca-certificates"
    run("debootstrap", "--variant=minbase", f"--include={packages}", "bookworm", tree)
    # Packages come from where this machine gets them.
    for name in ("etc/ssl/certs/ca-certificates.crt", "etc/resolv.conf", "etc/pip.conf"):
        if (Path("/") / name).exists():
            shutil.copy(Path("/") / name, tree / name)
    run("chroot", tree, "useradd", "--create-home", "--uid=1000", "jovyan")
    run("chroot", tree, "python3", "-m", "venv", JUPYTER)
    pip: list[str | Path] = [
        "chroot",
        tree,
        f"{JUPYTER}/bin/pip",
        "install",
        "--quiet",
        "--no-cache-dir",
    ]
    run(*pip, "jupyterlab>=4.4,<5", "jupyterhub>=6.1,<7")
    container = buildah("from", "scratch")
    buildah("add", "--quiet", container, tree, "/")
    path = f"PATH={JUPYTER}/bin:/usr/bin:/bin"
    buildah("config", f"--env={path}", "--user=1000", container)
    buildah("commit", "--quiet", "--rm", container, BASE)
    shutil.rmtree(tree)
