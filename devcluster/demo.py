"""``make demo``: JupyterLab with the panel on a real Slurm, until Ctrl-C.

With ``SLURMRESTD_URL`` set, JupyterLab runs as you on that cluster; otherwise as alice
on a cluster of this machine, which needs root. That cluster is the newest Slurm that can be
installed here, or the one that ``--generation`` names.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import pwd
import secrets
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from devcluster.cluster import Cluster
from devcluster.errors import DevclusterError
from devcluster.lab import ensure_venv, start_lab, stop_on_signals, wait_for_end
from devcluster.layout import home
from devcluster.process import Process, stop
from devcluster.users import environment

_USER = "alice"
_TOKEN_LIFESPAN = 1200
_EXAMPLES = Path(__file__).parent / "examples"
_FOLDER = "slurm-examples"
NEWEST_FIRST = ("forky", "trixie", "host")

_TRAINS = """\
for epoch in $(seq 1 300); do
  printf 'epoch %3d  loss %s\\n' "$epoch" "$(awk "BEGIN {print 2.4 / sqrt($epoch)}")"
  sleep 2
done"""
_USES_CPU = "timeout 20 sh -c 'while :; do :; done'; echo converged"
_FAILS = "echo 'reading input.csv'; echo 'input.csv: No such file' >&2; exit 3"
#: User, script and sbatch's options: a job of each common kind.
_JOBS: tuple[tuple[str, str, list[str]], ...] = (
    ("bob", "sleep 1800", ["--partition=long", "--job-name=relax", "--cpus-per-task=4"]),
    ("carol", "sleep 1800", ["--partition=gpu", "--job-name=protein", "--gres=gpu:a100:2"]),
    (
        "alice",
        _TRAINS,
        ["--partition=gpu", "--job-name=train", "--gres=gpu:a100:1", "--time=1:00:00"],
    ),
    ("alice", _USES_CPU, ["--job-name=fit", "--cpus-per-task=2", "--time=10"]),
    ("alice", _FAILS, ["--job-name=import", "--time=5"]),
    ("alice", "sleep 240", ["--job-name=sweep", "--array=1-12%2", "--time=10"]),
    ("alice", "sleep 60", ["--partition=gpu", "--job-name=big", "--gres=gpu:a100:4", "--nodes=2"]),
    ("alice", "sleep 60", ["--job-name=later", "--hold", "--time=10"]),
)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--wheel", type=Path, required=True)
    parser.add_argument("--generation", default="newest", choices=["newest", *NEWEST_FIRST])
    options = parser.parse_args(arguments)
    stop_on_signals()
    try:
        if os.environ.get("SLURMRESTD_URL"):
            _own_cluster()
        else:
            _devcluster(options.generation, options.wheel)
    except DevclusterError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _own_cluster() -> None:
    """JupyterLab from this environment, as the user who typed the command."""
    jupyter = shutil.which("jupyter", path=str(Path(sys.executable).parent))
    if jupyter is None:
        raise DevclusterError("no jupyter beside this Python; run: make demo")
    with tempfile.TemporaryDirectory(prefix="slurm-demo-") as folder:
        command = [jupyter, "lab", *_lab_arguments(Path.cwd())]
        if os.geteuid() == 0:
            command.append("--allow-root")
        env = dict(os.environ)
        # What a process was started with stays readable in /proc/<pid>/environ for every
        # process of the same user, kernels included: the token goes by a file.
        if token := env.pop("SLURM_JWT", ""):
            path = Path(folder) / "slurm.token"
            path.touch(mode=0o600)
            path.write_text(token)
            tokens = {"provider": "file", "path": str(path)}
            entry = {"default": {"url": env["SLURMRESTD_URL"], "tokens": tokens}}
            command.append(f"--SlurmRest.clusters={entry!r}")
        _serve(command, Path(folder), env)


def _devcluster(generation: str, wheel: Path) -> None:
    # Standard output belongs to the one line with the address.
    with contextlib.redirect_stdout(sys.stderr):
        cluster = _bring_up(NEWEST_FIRST if generation == "newest" else (generation,))
        print("demo: installing JupyterLab ...", flush=True)
        try:
            bin_folder = ensure_venv(home() / "demo" / "venv", wheel, "jupyterlab>=4.4,<5")
        except BaseException:
            cluster.down()
            raise
    try:
        with _folder_of(_USER) as folder, _fresh_token(cluster, _USER, folder / "slurm.token"):
            _fill(cluster)
            config = folder / "jupyter_server_config.py"
            tokens = {"provider": "file", "path": str(folder / "slurm.token")}
            entry = {"demo": {"url": cluster.url, "tokens": tokens}}
            config.write_text(f"c.SlurmRest.clusters = {entry!r}\nc.LabApp.news_url = None\n")
            workplace = Path(pwd.getpwnam(_USER).pw_dir)
            command = ["setpriv", "--reuid", _USER, "--regid", _USER, "--init-groups", "--"]
            command += [str(bin_folder / "jupyter"), "lab", f"--config={config}"]
            command += _lab_arguments(workplace)
            env = environment(_USER)
            env["PATH"] = f"{bin_folder}:{env['PATH']}"
            _serve(command, folder, env, f"{_FOLDER}/first-steps.ipynb")
    finally:
        cluster.down()


def _bring_up(generations: Sequence[str]) -> Cluster:
    """A running cluster of the first of `generations` that can be installed on this machine."""
    *others, last = generations
    for generation in (*others, last):
        cluster = Cluster(generation, "demo")
        print(f"demo: bringing up Slurm ({generation}) ...", flush=True)
        try:
            cluster.up()
        except DevclusterError as error:
            cluster.down()
            if generation == last:
                raise
            print(f"demo: {error}\ndemo: trying an older Slurm", flush=True)
        except BaseException:
            cluster.down()
            raise
        else:
            return cluster
    raise AssertionError("the last one returns or raises")


def _lab_arguments(root: Path) -> list[str]:
    return ["--no-browser", "--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={root}"]


def _serve(command: list[str], folder: Path, env: dict[str, str], opened: str = "") -> None:
    runtime = folder / "runtime"
    process: Process | None = None
    try:
        process, address = start_lab(command, runtime, folder / "lab.log", env, opened)
        print(f"Open {address}", flush=True)
        wait_for_end(process)
    finally:
        if process is not None:
            stop([process])


@contextlib.contextmanager
def _folder_of(user: str) -> Iterator[Path]:
    """A folder only this user can read, gone afterwards."""
    entry = pwd.getpwnam(user)
    folder = home() / "demo" / secrets.token_hex(6)
    (folder / "runtime").mkdir(parents=True)
    for path in (folder, folder / "runtime"):
        path.chmod(0o700)
        os.chown(path, entry.pw_uid, entry.pw_gid)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def _fresh_token(cluster: Cluster, user: str, path: Path) -> Iterator[None]:
    """Keep a valid token of the user in a file that only they can read."""
    entry = pwd.getpwnam(user)
    over = threading.Event()

    def write() -> None:
        fresh = path.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(cluster.token(user, _TOKEN_LIFESPAN))
            os.fchown(file.fileno(), entry.pw_uid, entry.pw_gid)
        fresh.replace(path)

    def keep() -> None:
        while not over.wait(_TOKEN_LIFESPAN / 2):
            # slurmctld may be down because somebody is trying just that.
            with contextlib.suppress(DevclusterError):
                write()

    write()
    thread = threading.Thread(target=keep, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _fill(cluster: Cluster) -> None:
    """Give the queue something to show, and alice something to submit."""
    entry = pwd.getpwnam(_USER)
    folder = Path(entry.pw_dir) / _FOLDER
    folder.mkdir(exist_ok=True)
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    for example in sorted(_EXAMPLES.iterdir()):
        target = folder / example.name
        if not target.exists():
            shutil.copyfile(example, target)
            os.chown(target, entry.pw_uid, entry.pw_gid)
    for user, script, words in _JOBS:
        options = [*words, f"--chdir={pwd.getpwnam(user).pw_dir}"]
        cluster.run(["sbatch", *options], user=user, input=f"#!/bin/bash\n{script}\n")


if __name__ == "__main__":
    sys.exit(main())
