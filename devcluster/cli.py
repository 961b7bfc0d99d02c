"""The command line: python3 -m devcluster, and one of the commands below."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from devcluster import prefixes
from devcluster.cluster import Cluster
from devcluster.errors import DevclusterError
from devcluster.fill import fill
from devcluster.generations import GENERATIONS
from devcluster.layout import default_instance, home
from devcluster.process import tail
from devcluster.record import record
from devcluster.record.show import show


def main(arguments: Sequence[str] | None = None) -> int:
    given = list(sys.argv[1:] if arguments is None else arguments)
    # What follows "--" is another program's command line, none of ours.
    end = given.index("--") if "--" in given else len(given)
    options = _parser().parse_args(given[:end])
    options.argv = given[end + 1 :]
    # Slurm's own users must be able to reach what root creates here.
    os.umask(0o022)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except DevclusterError as error:
        print(f"devcluster: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="devcluster", description="A real one-machine Slurm, in three generations."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(
        name: str, run: Callable[[argparse.Namespace], int], words: str, *, several: bool = False
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=words, description=words)
        sub.set_defaults(run=run)
        known = prefixes.names()
        choices = [*known, "all"] if several else known
        default = "all" if name in {"status", "record"} else "host"
        sub.add_argument(
            "generation", choices=choices, nargs="?" if several else None, default=default
        )
        sub.add_argument(
            "--instance", default=None, help=f"which instance (default: {default_instance()})"
        )
        return sub

    def may_name_prefix(sub: argparse.ArgumentParser) -> None:
        sub.add_argument(
            "--prefix",
            type=Path,
            metavar="DIR",
            help="a Slurm of your own, installed in DIR; from then on its release is its name",
        )

    install = command(
        "install", _install, "install what is missing, and start nothing", several=True
    )
    may_name_prefix(install)
    up = command("up", _up, "bring clusters up; installs what is missing", several=True)
    up.add_argument(
        "--conf", action="append", default=[], metavar="LINE", help="an extra line of slurm.conf"
    )
    up.add_argument(
        "--strangers", action="store_true", help="slurmrestd's host does not know the users"
    )
    may_name_prefix(up)
    command("down", _down, "take clusters down", several=True)
    command("status", _status, "what is running", several=True)
    command("info", _info, "addresses, ports and paths as JSON")
    execute = command("exec", _exec, "run the command after -- inside a cluster")
    execute.add_argument("--user", help="as whom (default: root)")
    token = command("token", _token, "print a token")
    token.add_argument("user")
    token.add_argument("--lifespan", type=int, default=1800, help="seconds (default: 1800)")
    recording = command("record", _record, "record responses for the tests", several=True)
    may_name_prefix(recording)
    recording.add_argument("--to", type=Path, default=Path("tests/fixtures"), help="folder")
    shown = commands.add_parser("recorded", help="list the recorded responses, or print one")
    shown.set_defaults(run=_recorded)
    shown.add_argument("what", nargs="*", metavar="RELEASE VERSION NAME", help="which (none: all)")
    shown.add_argument("--in", dest="folder", type=Path, default=Path("tests/fixtures"))
    filling = command("fill", _fill, "submit many waiting jobs, for benchmarks")
    filling.add_argument("count", type=int)
    logs = command("logs", _logs, "print the end of the daemons' logs")
    logs.add_argument("daemon", nargs="?", help="one daemon (default: all)")
    logs.add_argument("-n", "--lines", type=int, default=20, help="lines of each (default: 20)")
    return parser


def _cluster(options: argparse.Namespace) -> Cluster:
    return Cluster(options.generation, options.instance)


def _chosen(options: argparse.Namespace) -> list[str]:
    """The generations to install or start: `all` is the three that Debian has."""
    if options.prefix is not None:
        return [prefixes.register(options.prefix).name]
    return list(GENERATIONS) if options.generation == "all" else [options.generation]


def _present(options: argparse.Namespace) -> list[str]:
    """The generations to look at or take down: `all` is every one."""
    return prefixes.names() if options.generation == "all" else [options.generation]


def _install(options: argparse.Namespace) -> int:
    for generation in _chosen(options):
        cluster = Cluster(generation, options.instance)
        cluster.install()
        print(f"{generation}: Slurm {cluster.release}")
    return 0


def _up(options: argparse.Namespace) -> int:
    for generation in _chosen(options):
        cluster = Cluster(
            generation,
            options.instance,
            slurm_conf=options.conf,
            slurmrestd_knows_users=not options.strangers,
        )
        begun = time.monotonic()
        cluster.up()
        seconds = time.monotonic() - begun
        print(f"{generation}: Slurm {cluster.release} at {cluster.url} ({seconds:.1f} s)")
    return 0


def _down(options: argparse.Namespace) -> int:
    for generation in _present(options):
        Cluster(generation, options.instance).down()
        print(f"{generation}: down")
    return 0


def _status(options: argparse.Namespace) -> int:
    """One line for each cluster; ends with 1 when a daemon that should run does not."""
    dead = False
    for generation in _present(options):
        for path in sorted((home() / "instances").glob(f"*/{generation}/instance.json")):
            instance = path.parent.parent.name
            if options.instance not in (None, instance):
                continue
            cluster = Cluster(generation, instance)
            running = cluster.running()
            missing = [name for name, pid in running.items() if pid is None]
            dead = dead or bool(missing)
            words = f"not running: {', '.join(missing)}" if missing else "all daemons running"
            print(f"{generation} {instance}: {cluster.url} {words}")
    return 1 if dead else 0


def _info(options: argparse.Namespace) -> int:
    print(json.dumps(_cluster(options).info(), indent=2))
    return 0


def _exec(options: argparse.Namespace) -> int:
    if not options.argv:
        raise DevclusterError("exec: name a command after --, e.g. exec host -- squeue")
    full, environment = _cluster(options).command(options.argv, user=options.user)
    return subprocess.run(full, env=environment).returncode


def _token(options: argparse.Namespace) -> int:
    print(_cluster(options).token(options.user, options.lifespan))
    return 0


def _record(options: argparse.Namespace) -> int:
    for generation in _chosen(options):
        begun = time.monotonic()
        record(generation, options.to)
        print(f"{generation}: recorded ({time.monotonic() - begun:.0f} s)", flush=True)
    return 0


def _recorded(options: argparse.Namespace) -> int:
    sys.stdout.buffer.write(show(options.folder, options.what))
    return 0


def _fill(options: argparse.Namespace) -> int:
    seconds = fill(_cluster(options), options.count)
    print(f"{options.count} jobs in {seconds:.1f} s ({options.count / seconds:.0f} a second)")
    return 0


def _logs(options: argparse.Namespace) -> int:
    cluster = _cluster(options)
    paths = sorted(cluster.layout.logs.glob("*.log"))
    if options.daemon:
        paths = [path for path in paths if path.stem.startswith(options.daemon)]
    for path in paths:
        print(f"==> {path}\n{tail(path, options.lines)}\n")
    return 0
