"""JupyterLab as alice on a real Slurm, for the browser tests; until SIGTERM.

Run from the repository's root, as root: ``python ui-tests/real/serve.py PORT``.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from devcluster import Cluster  # noqa: E402 - found beside the package only from here on
from devcluster.lab import ensure_venv  # noqa: E402
from devcluster.layout import home  # noqa: E402
from devcluster.users import environment  # noqa: E402

USER = "alice"
#: Seconds; longer than the tests take.
LIFESPAN = 2 * 60 * 60

CONFIG = """\
from jupyterlab.galata import configure_jupyter_server

configure_jupyter_server(c)
c.ServerApp.ip = "127.0.0.1"
c.ServerApp.log_level = "ERROR"
c.ServerApp.port = {port}
c.ServerApp.root_dir = {root!r}
c.LabApp.news_url = None
c.SlurmRest.clusters = {clusters!r}
"""


def main() -> int:
    port = int(sys.argv[1])
    cluster = Cluster("host", os.environ["SLURM_UI_TEST_INSTANCE"])
    wheel = max((ROOT / "build" / "wheel").glob("*.whl"), key=lambda path: path.stat().st_mtime)
    folder = home() / "ui-tests" / secrets.token_hex(6)
    cluster.up()
    try:
        bin_folder = ensure_venv(home() / "ui-tests" / "venv", wheel, "jupyterlab>=4.4,<5")
        config = prepare(folder, cluster, port)
        command = ["setpriv", "--reuid", USER, "--regid", USER, "--init-groups", "--"]
        command += [str(bin_folder / "jupyter"), "lab", f"--config={config}", "--no-browser"]
        env = environment(USER)
        env["PATH"] = f"{bin_folder}:{env['PATH']}"
        env.update({f"JUPYTER_{kind}_DIR": str(folder / kind) for kind in ("CONFIG", "RUNTIME")})
        lab = subprocess.Popen(command, env=env, cwd=folder)  # noqa: S603 - our own arguments
        signal.signal(signal.SIGTERM, lambda *_: lab.terminate())
        signal.signal(signal.SIGINT, lambda *_: lab.terminate())
        return lab.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        cluster.down()


def prepare(folder: Path, cluster: Cluster, port: int) -> Path:
    """Make alice's folder: her token, her configuration, her files."""
    entry = pwd.getpwnam(USER)
    work = folder / "work"
    work.mkdir(parents=True)
    token = folder / "slurm.token"
    token.touch(mode=0o600)
    token.write_text(cluster.token(USER, LIFESPAN))
    config = folder / "jupyter_server_config.py"
    tokens = {"provider": "file", "path": str(token)}
    config.write_text(
        CONFIG.format(
            port=port, root=str(work), clusters={"host": {"url": cluster.url, "tokens": tokens}}
        )
    )
    for path in (folder, work, token, config):
        os.chown(path, entry.pw_uid, entry.pw_gid)
    folder.chmod(0o700)
    return config


if __name__ == "__main__":
    sys.exit(main())
