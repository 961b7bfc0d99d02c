"""One cluster: bring it up, use it, take it down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from devcluster import install, ports, prefixes, users
from devcluster.config import HOSTNAME
from devcluster.errors import DevclusterError
from devcluster.inside import Commands, not_up
from devcluster.layout import Layout, default_instance, home
from devcluster.lifecycle import Lifecycle, wipe
from devcluster.state import KEEPER, State


class Cluster(Commands):
    """An instance of a generation (`host`, `trixie`, `forky`); root only.

    `prefix` names a Slurm build in a folder of its own instead; from then on its release
    (`23.11.11`) is a generation too. `slurm_conf` and `slurmdbd_conf` are extra lines; one with
    a key we also set replaces ours. With `slurmrestd_knows_users=False` the names of alice, bob
    and carol mean nothing where slurmrestd runs, as in a container.
    """

    def __init__(
        self,
        generation: str = "host",
        instance: str | None = None,
        *,
        prefix: Path | None = None,
        slurm_conf: Sequence[str] = (),
        slurmdbd_conf: Sequence[str] = (),
        slurmrestd_knows_users: bool = True,
    ) -> None:
        found = prefixes.find(generation) if prefix is None else prefixes.register(prefix)
        self.layout = Layout(found, instance or default_instance())
        self._slurm_conf = list(slurm_conf)
        self._slurmdbd_conf = list(slurmdbd_conf)
        self._slurmrestd_knows_users = slurmrestd_knows_users

    def __repr__(self) -> str:
        return f"Cluster({self.generation!r}, instance={self.layout.instance!r})"

    @property
    def generation(self) -> str:
        return self.layout.generation.name

    @property
    def name(self) -> str:
        """ClusterName of slurm.conf."""
        return self.layout.generation.cluster_name

    @property
    def release(self) -> str:
        """The installed Slurm release, e.g. `22.05.8`."""
        return install.slurm_release(self.layout).text

    @property
    def url(self) -> str:
        return self._state().url

    @property
    def socket_url(self) -> str:
        return f"unix://{self.layout.rest_socket}"

    @property
    def ports(self) -> dict[str, int]:
        return self._state().ports

    @property
    def daemons(self) -> list[str]:
        """Names of the daemons in starting order."""
        return [daemon.name for daemon in Lifecycle(self.layout, self._state()).daemons()]

    def install(self) -> None:
        """Install what the cluster needs and this machine lacks; minutes the first time."""
        install.ensure_installed(self.layout)

    def up(self) -> None:
        """Bring the cluster up; what is up already stays, what died is started again."""
        self.install()
        with self._locked():
            state = State.load(self.layout.record)
            if state is not None and not (state.complete and state.alive(KEEPER)):
                Lifecycle(self.layout, state).tear_down()
                state = None
            if state is None:
                self._create()
            else:
                self._refuse_other_settings(state)
                Lifecycle(self.layout, state).start()

    def down(self) -> None:
        """End every process of the cluster; its logs stay until the next `up`."""
        install.require_root()
        if not self.layout.state.exists():
            return
        with self._locked():
            state = State.load(self.layout.record)
            if state is not None:
                Lifecycle(self.layout, state).tear_down()

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
            Lifecycle(self.layout, self._state()).start(daemon)

    def stop(self, daemon: str) -> None:
        """Stop a daemon (`slurmd` means all of them) and wait until it is gone."""
        with self._locked():
            Lifecycle(self.layout, self._state()).stop(daemon)

    def log(self, daemon: str) -> str:
        """What a daemon has written so far."""
        path = self.layout.log(daemon)
        return path.read_text(errors="replace") if path.exists() else ""

    def token(self, user: str, lifespan: int = 1800) -> str:
        """A JSON web token of `user`, valid for `lifespan` seconds, made by slurmctld."""
        argv = ["scontrol", "token", f"username={user}", f"lifespan={lifespan}"]
        return self.run(argv).stdout.strip().partition("=")[2]

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
            "users": list(users.USERS),
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
            raise not_up(self.layout)
        return state

    def _refuse_other_settings(self, state: State) -> None:
        wanted = (self._slurm_conf, self._slurmdbd_conf)
        if any(wanted) and wanted != (state.slurm_conf, state.slurmdbd_conf):
            raise DevclusterError(
                f"{self.layout} is up with other extra configuration lines; take it down first"
            )

    def _create(self) -> None:
        wipe(self.layout)
        release = install.slurm_release(self.layout)
        with install.locked(home() / "ports.lock"):
            base = ports.choose(self.layout)
            state = State(
                base,
                release.text,
                self._slurm_conf,
                self._slurmdbd_conf,
                self._slurmrestd_knows_users,
            )
            state.save(self.layout.record)
        lifecycle = Lifecycle(self.layout, state)
        try:
            lifecycle.bring_up()
        except BaseException:
            lifecycle.tear_down()
            raise
