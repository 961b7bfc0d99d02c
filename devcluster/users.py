"""The users of a cluster: ordinary users with homes, and the user slurmrestd runs as."""

from __future__ import annotations

import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from devcluster.errors import DevclusterError

USERS = ("alice", "bob", "carol")
REST_USER = "slurmrestd"


@dataclass(frozen=True)
class Account:
    """A line of /etc/passwd, as far as a cluster needs it."""

    name: str
    uid: int
    gid: int
    home: str
    shell: str

    def passwd_line(self) -> str:
        return f"{self.name}:x:{self.uid}:{self.gid}::{self.home}:{self.shell}"

    def group_line(self) -> str:
        return f"{self.name}:x:{self.gid}:"


def ensure_users() -> None:
    """Create on this machine those of the users who are missing."""
    for name in USERS:
        if not _known(name):
            _useradd("--create-home", "--shell", "/bin/bash", name)
        home = Path(pwd.getpwnam(name).pw_dir)
        if not home.is_dir():
            raise DevclusterError(f"user {name} exists on this machine but has no home {home}")
    if not _known(REST_USER):
        _useradd("--system", "--no-create-home", "--shell", "/usr/sbin/nologin", REST_USER)


def accounts() -> list[Account]:
    """The users as this machine knows them."""
    entries = [pwd.getpwnam(name) for name in (*USERS, REST_USER)]
    return [Account(e.pw_name, e.pw_uid, e.pw_gid, e.pw_dir, e.pw_shell) for e in entries]


def merged_passwd(tree: Path) -> tuple[str, str]:
    """passwd and group of a chroot tree with our users added, with the machine's uids."""
    users = accounts()
    passwd = _without(tree / "etc/passwd", {user.name for user in users})
    group = _without(tree / "etc/group", {user.name for user in users})
    passwd += [user.passwd_line() for user in users]
    group += [user.group_line() for user in users]
    return "\n".join(passwd) + "\n", "\n".join(group) + "\n"


def passwd_without_users(tree: Path | None) -> str:
    """passwd of a tree (None: this machine) with slurmrestd's own user, but none of USERS."""
    rest = next(account for account in accounts() if account.name == REST_USER)
    lines = _without((tree or Path("/")) / "etc/passwd", {*USERS, REST_USER})
    return "\n".join([*lines, rest.passwd_line()]) + "\n"


def slurm_ids(tree: Path | None) -> tuple[int, int]:
    """User and group id of the user slurm inside `tree` (None: this machine)."""
    root = tree if tree is not None else Path("/")
    for line in (root / "etc/passwd").read_text().splitlines():
        fields = line.split(":")
        if fields[0] == "slurm":
            return int(fields[2]), int(fields[3])
    raise DevclusterError(f"{root} has no user slurm; are Slurm's packages installed there?")


def _without(path: Path, names: set[str]) -> list[str]:
    return [line for line in path.read_text().splitlines() if line.partition(":")[0] not in names]


def _known(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _useradd(*arguments: str) -> None:
    program = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if program is None:
        raise DevclusterError("no useradd on this machine; create the users alice, bob and carol")
    done = subprocess.run([program, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise DevclusterError(f"useradd {arguments[-1]} failed: {done.stderr.strip()}")


def environment(user: str | None) -> dict[str, str]:
    """The environment of a fresh login of `user` (None: root)."""
    entry = pwd.getpwnam(user or "root")
    return {
        "HOME": entry.pw_dir,
        "USER": entry.pw_name,
        "LOGNAME": entry.pw_name,
        "SHELL": "/bin/bash",
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG": "C.UTF-8",
    }
