"""One cluster: bring it up, use it, take it down."""

from __future__ import annotations

import secrets
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from devcluster import accounting, database, files, install, namespace, people, ports, rest
from devcluster.config import HOSTNAME, Settings
from devcluster.daemons import Daemon, Probe, daemons
from devcluster.errors import DevclusterError
from devcluster.generations import find
from devcluster.layout import Layout, default_instance, home
from devcluster.process import Process, spawn, stop, tail, wait_until
from devcluster.state import State

_KEEPER = "namespace"
_READY_SECONDS = 60.0


class Cluster:
    """An instance of a generation (`host`, `trixie`, `forky`); root only.

    `slurm_conf` and `slurmdbd_conf` are extra lines; one with a key we also set replaces ours.
    """

    def __init__(
        self,
        generation: str,
        instance: str | None = None,
        *,
        slurm_conf: Sequence[str] = (),
        slurmdbd_conf: Sequence[str] = (),
    ) -> None:
        self.layout = Layout(find(generation), instance or default_instance())
        self._slurm_conf = list(slurm_conf)
        self._slurmdbd_conf = list(slurmdbd_conf)

    def __repr__(self) -> str:
        return f"Cluster({self.generation!r}, instance={self.layout.instance!r})"

    @property
    def generation(self) -> str:
        return self.layout.generation.name

    @property
    def name(self) -> str:
        """ClusterName of slurm.conf."""
        return self.generation

    @property
    def release(self) -> str:
        """The installed Slurm release, e.g. `22.05.8`."""
        return install.slurm_release(self.layout.tree).text

    @property
    def url(self) -> str:
        return f"http://{ports.LOOPBACK}:{self.ports['slurmrestd']}"

    @property
    def socket_url(self) -> str:
        return f"unix://{self.layout.rest_socket}"

    @property
    def ports(self) -> dict[str, int]:
        return self._state().ports

    @property
    def daemons(self) -> list[str]:
        """Names of the daemons in starting order."""
        return [daemon.name for daemon in self._daemons(self._state())]

    def up(self) -> None:
        """Bring the cluster up; what is up already stays, what died is started again."""
        install.ensure_installed(self.layout)
        with self._locked():
            state = State.load(self.layout.record)
            if state is not None and not (state.complete and state.alive(_KEEPER)):
                self._tear_down(state)
                state = None
            if state is None:
                self._create()
                return
            self._refuse_other_settings(state)
            for daemon in self._daemons(state):
                if not state.alive(daemon.name):
                    self._start(state, daemon)
            self._wait_for_nodes(state)

    def down(self) -> None:
        """End every process of the cluster; its logs stay until the next `up`."""
        install.require_root()
        if not self.layout.state.exists():
            return
        with self._locked():
            state = State.load(self.layout.record)
            if state is not None:
                self._tear_down(state)

    def running(self) -> dict[str, int | None]:
        """Process id of each daemon, None for one that is not running; empty when down."""
        state = State.load(self.layout.record)
        if state is None:
            return {}
        return {
            name: process.pid if process.alive() else None
            for name, process in state.processes.items()
        }

    def start(self, daemon: str) -> None:
        """Start a daemon (`slurmd` means all of them) and wait until it is ready."""
        with self._locked():
            state = self._state()
            for found in self._named(state, daemon):
                if not state.alive(found.name):
                    self._start(state, found)
            self._wait_for_nodes(state)

    def stop(self, daemon: str) -> None:
        """Stop a daemon (`slurmd` means all of them) and wait until it is gone."""
        with self._locked():
            state = self._state()
            names = [found.name for found in self._named(state, daemon)]
            stop(state.processes[name] for name in names if name in state.processes)

    def log(self, daemon: str) -> str:
        """What a daemon has written so far."""
        path = self.log_path(daemon)
        return path.read_text(errors="replace") if path.exists() else ""

    def log_path(self, daemon: str) -> Path:
        return self.layout.logs / f"{daemon}.log"

    def token(self, user: str, lifespan: int = 1800) -> str:
        """A JSON web token of `user`, valid for `lifespan` seconds, made by slurmctld."""
        argv = ["scontrol", "token", f"username={user}", f"lifespan={lifespan}"]
        return self.run(argv).stdout.strip().partition("=")[2]

    def run(
        self,
        argv: Sequence[str],
        user: str | None = None,
        cwd: str | Path | None = None,
        env: Mapping[str, str] | None = None,
        input: str | None = None,  # noqa: A002 - the name subprocess.run gives it
        check: bool = True,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command inside the cluster as `user` (None: root), in their home by default."""
        full, environment = self.command(argv, user=user, cwd=cwd, env=env)
        done = subprocess.run(full, input=input, env=environment, capture_output=True, text=True)
        if check and done.returncode != 0:
            words = (done.stderr or done.stdout).strip()
            raise DevclusterError(f"{' '.join(argv)} ended with {done.returncode}: {words}")
        return done

    def command(
        self,
        argv: Sequence[str],
        user: str | None = None,
        cwd: str | Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> tuple[list[str], dict[str, str]]:
        """The argument list and environment that run `argv` inside the cluster."""
        keeper = self._state().processes.get(_KEEPER)
        if keeper is None or not keeper.alive():
            raise self._not_up()
        environment = people.environment(user)
        folder = str(cwd or environment["HOME"])
        full = namespace.inside(keeper, argv, user=user, cwd=folder)
        return full, {**environment, **(env or {})}

    def info(self) -> dict[str, object]:
        """Facts for programs: addresses, ports, paths, processes."""
        state = self._state()
        return {
            "generation": self.generation,
            "instance": self.layout.instance,
            "cluster_name": self.name,
            "slurm_release": state.release,
            "url": self.url,
            "socket_url": self.socket_url,
            "socket": str(self.layout.rest_socket),
            "host_name": HOSTNAME,
            "ports": state.ports,
            "users": list(people.USERS),
            "paths": {
                "home": str(home()),
                "root": str(self.layout.tree or "/"),
                "state": str(self.layout.state),
                "slurm_conf": str(self.layout.slurm_etc / "slurm.conf"),
                "jwt_key": str(self.layout.jwt_key),
                "logs": str(self.layout.logs),
            },
            "processes": self.running(),
        }

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.layout.state.mkdir(parents=True, exist_ok=True)
        with install.locked(self.layout.state / "lock"):
            yield

    def _state(self) -> State:
        state = State.load(self.layout.record)
        if state is None:
            raise self._not_up()
        return state

    def _not_up(self) -> DevclusterError:
        return DevclusterError(
            f"the {self.generation} cluster (instance {self.layout.instance}) is not up; start it "
            f"with: python3 -m devcluster up {self.generation} --instance {self.layout.instance}"
        )

    def _refuse_other_settings(self, state: State) -> None:
        wanted = (self._slurm_conf, self._slurmdbd_conf)
        if any(wanted) and wanted != (state.slurm_conf, state.slurmdbd_conf):
            raise DevclusterError(
                f"{self!r} is up with other extra configuration lines; take it down first"
            )

    def _create(self) -> None:
        self._wipe()
        release = install.slurm_release(self.layout.tree)
        with install.locked(home() / "ports.lock"):
            base = ports.choose(self.layout)
            state = State(base, release.text, self._slurm_conf, self._slurmdbd_conf)
            state.save(self.layout.record)
        try:
            self._bring_up(state)
        except BaseException:
            self._tear_down(state)
            raise

    def _bring_up(self, state: State) -> None:
        password = secrets.token_hex(16)
        settings = self._settings(state, password)
        self.layout.logs.mkdir(exist_ok=True)
        files.write(settings)
        database.create(self.layout)
        keeper = namespace.start_keeper(self.layout)
        self._remember(state, _KEEPER, keeper)
        namespace.wait_mounted(self.layout, keeper)
        for daemon in daemons(settings):
            if daemon.name == "slurmctld":
                accounting.add_cluster(self.run, self.name)
            self._start(state, daemon)
            if daemon.name == "mariadb":
                database.create_slurm_database(self.layout, password)
        accounting.finish(self.run)
        state.complete = True
        state.save(self.layout.record)

    def _settings(self, state: State, password: str = "") -> Settings:
        return Settings(
            self.layout,
            state.slurm_release,
            state.ports,
            password,
            tuple(state.slurm_conf),
            tuple(state.slurmdbd_conf),
        )

    def _daemons(self, state: State) -> list[Daemon]:
        return daemons(self._settings(state))

    def _named(self, state: State, name: str) -> list[Daemon]:
        known = self._daemons(state)
        found = [one for one in known if one.name == name or one.name.startswith(f"{name}-")]
        if not found:
            names = ", ".join(one.name for one in known)
            raise DevclusterError(f"no daemon named {name!r}; there are: slurmd, {names}")
        return found

    def _start(self, state: State, daemon: Daemon) -> None:
        log = self.log_path(daemon.name)
        if daemon.inside:
            argv, env = self.command(daemon.argv, user=daemon.user, cwd="/", env=daemon.env)
        else:
            argv, env = daemon.argv, people.environment(None)
        process = spawn(argv, log, env)
        self._remember(state, daemon.name, process)
        self._wait_ready(state, daemon)

    def _wait_ready(self, state: State, daemon: Daemon) -> None:
        log = self.log_path(daemon.name)

        def failed() -> str | None:
            if state.alive(daemon.name):
                return None
            return f"{daemon.name} of {self!r} died. The end of {log}:\n{tail(log)}"

        what = f"{daemon.name} of {self!r} (log: {log})"
        probe = _ClusterProbe(self)
        wait_until(lambda: daemon.ready(probe), what, seconds=_READY_SECONDS, failed=failed)

    def _wait_for_nodes(self, state: State) -> None:
        """A controller that was started again knows its nodes only after asking them."""
        if not state.alive("slurmctld"):
            return
        for daemon in self._named(state, "slurmd"):
            if state.alive(daemon.name):
                self._wait_ready(state, daemon)

    def _remember(self, state: State, name: str, process: Process) -> None:
        state.processes[name] = process
        state.save(self.layout.record)

    def _tear_down(self, state: State) -> None:
        """The daemons, then whatever jobs left in the namespace, then its keeper."""
        recorded = dict(state.processes)
        keeper = recorded.pop(_KEEPER, None)
        # Nothing they would save is kept, so none gets long.
        stop(recorded.values(), grace=5.0)
        if keeper is not None and keeper.alive():
            # A dying job may still start a process: look again until nothing is left.
            while left := namespace.members(keeper):
                stop(left, grace=2.0)
            stop([keeper])
        self._wipe(keep_logs=True)

    def _wipe(self, keep_logs: bool = False) -> None:
        keep = {"lock", "log"} if keep_logs else {"lock"}
        for entry in self.layout.state.iterdir():
            if entry.name in keep:
                continue
            if entry.is_dir():
                shutil.rmtree(entry)
            else:
                entry.unlink()


class _ClusterProbe(Probe):
    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def succeeds(self, *argv: str) -> bool:
        return self._cluster.run(argv, check=False).returncode == 0

    def output(self, *argv: str) -> str:
        done = self._cluster.run(argv, check=False)
        return done.stdout if done.returncode == 0 else ""

    def rest_answers(self) -> bool:
        done = self._cluster.run(["scontrol", "token", "lifespan=60"], check=False)
        token = done.stdout.strip().partition("=")[2]
        addresses = (self._cluster.url, self._cluster.socket_url)
        return all(rest.answers(address, token) for address in addresses)
