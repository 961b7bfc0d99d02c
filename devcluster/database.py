"""A MariaDB of the cluster's own: own data folder, a UNIX socket, no port."""

from __future__ import annotations

import pwd
import shutil
import subprocess
from pathlib import Path

from devcluster.errors import DevclusterError
from devcluster.layout import Layout

_DAEMON_USER = "mysql"


def create(layout: Layout) -> None:
    """Make the data folder."""
    data, run = layout.database / "data", layout.database_socket.parent
    entry = pwd.getpwnam(_DAEMON_USER)
    for folder in (layout.database, data, run, _scratch(layout)):
        folder.mkdir(exist_ok=True)
        shutil.chown(folder, entry.pw_uid, entry.pw_gid)
    run.chmod(0o755)
    argv = ["mariadb-install-db", "--no-defaults", f"--user={_DAEMON_USER}", f"--datadir={data}"]
    argv += [f"--tmpdir={_scratch(layout)}", "--skip-test-db", *_INNODB]
    argv.append("--auth-root-authentication-method=socket")
    _checked(argv)


def _scratch(layout: Layout) -> Path:
    # A server that starts removes every temporary table it finds, other servers' as well.
    return layout.database / "tmp"


_INNODB = ["--innodb-log-file-size=32M", "--innodb-flush-log-at-trx-commit=0"]


def daemon_argv(layout: Layout) -> list[str]:
    return [
        "mariadbd",
        "--no-defaults",
        f"--user={_DAEMON_USER}",
        f"--datadir={layout.database / 'data'}",
        f"--tmpdir={_scratch(layout)}",
        f"--socket={layout.database_socket}",
        f"--pid-file={layout.database / 'run' / 'mysqld.pid'}",
        "--skip-networking",
        "--performance-schema=OFF",
        "--innodb-buffer-pool-size=128M",
        "--innodb-lock-wait-timeout=900",
        *_INNODB,
    ]


def responses(layout: Layout) -> bool:
    return _client(layout, "SELECT 1").returncode == 0


def create_slurm_database(layout: Layout, password: str) -> None:
    """The database slurmdbd fills, and its user."""
    done = _client(
        layout,
        "CREATE DATABASE IF NOT EXISTS slurm_acct_db;"
        f"CREATE OR REPLACE USER slurm@localhost IDENTIFIED BY '{password}';"
        "GRANT ALL ON slurm_acct_db.* TO slurm@localhost;",
    )
    if done.returncode != 0:
        raise DevclusterError(f"MariaDB refused to make Slurm's database: {done.stderr.strip()}")


def _client(layout: Layout, sql: str) -> subprocess.CompletedProcess[str]:
    # Standard input, not an argument: the process list is no place for a password.
    argv = ["mariadb", "--no-defaults", f"--socket={layout.database_socket}"]
    return subprocess.run(argv, input=sql, capture_output=True, text=True)


def _checked(argv: list[str]) -> None:
    done = subprocess.run(argv, capture_output=True, text=True)
    if done.returncode != 0:
        raise DevclusterError(f"{argv[0]} failed:\n{(done.stdout + done.stderr).strip()[-2000:]}")
