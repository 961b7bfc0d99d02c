"""Starts and ends the processes of a cluster, and keeps the record of them."""

from __future__ import annotations

import secrets
import shutil

from devcluster import accounting, database, files, namespace, users
from devcluster.config import Settings
from devcluster.daemons import Daemon, daemons
from devcluster.errors import DevclusterError
from devcluster.inside import Inside
from devcluster.layout import Layout
from devcluster.process import Process, spawn, stop, tail, wait_until
from devcluster.state import KEEPER, State

_READY_SECONDS = 60.0


class Lifecycle:
    """One cluster from its first process to its last; the caller holds the cluster's lock."""

    def __init__(self, layout: Layout, state: State) -> None:
        self._layout = layout
        self._state = state
        self._inside = Inside(layout, state)

    def bring_up(self) -> None:
        """Make a new cluster. What a failure leaves behind is for `tear_down`."""
        password = secrets.token_hex(16)
        settings = self._settings(password)
        self._layout.logs.mkdir(exist_ok=True)
        files.write(settings)
        database.create(self._layout)
        keeper = namespace.start_keeper(self._layout)
        self._remember(KEEPER, keeper)
        namespace.wait_mounted(self._layout, keeper)
        for daemon in daemons(settings):
            if daemon.name == "slurmctld":
                accounting.add_cluster(self._inside.run, self._layout.generation.cluster_name)
            self._start(daemon)
            if daemon.name == "mariadb":
                database.create_slurm_database(self._layout, password)
        accounting.finish(self._inside.run)
        self._state.complete = True
        self._state.save(self._layout.record)

    def daemons(self, name: str | None = None) -> list[Daemon]:
        """All daemons in starting order, or those of a name (`slurmd`: one for each node)."""
        known = daemons(self._settings())
        if name is None:
            return known
        found = [one for one in known if one.name == name or one.name.startswith(f"{name}-")]
        if not found:
            names = ", ".join(one.name for one in known)
            raise DevclusterError(f"no daemon named {name!r}; there are: slurmd, {names}")
        return found

    def start(self, name: str | None = None) -> None:
        """Start those of the daemons that are not running, and wait until they are ready."""
        for daemon in self.daemons(name):
            if not self._state.alive(daemon.name):
                self._start(daemon)
        self._wait_for_nodes()

    def stop(self, name: str) -> None:
        names = [daemon.name for daemon in self.daemons(name)]
        processes = self._state.processes
        stop(processes[found] for found in names if found in processes)

    def tear_down(self) -> None:
        """The daemons, then whatever jobs left in the namespace, then its keeper."""
        recorded = dict(self._state.processes)
        keeper = recorded.pop(KEEPER, None)
        # Nothing they would save is kept, so none gets long.
        stop(recorded.values(), grace=5.0)
        if keeper is not None and keeper.alive():
            # A dying job may still start a process: look again until nothing is left.
            while left := namespace.members(keeper):
                stop(left, grace=2.0)
            stop([keeper])
        wipe(self._layout, keep_logs=True)

    def _settings(self, password: str = "") -> Settings:
        return Settings(
            self._layout,
            self._state.slurm_release,
            self._state.ports,
            password,
            tuple(self._state.slurm_conf),
            tuple(self._state.slurmdbd_conf),
            self._state.slurmrestd_knows_users,
        )

    def _start(self, daemon: Daemon) -> None:
        if daemon.inside:
            argv, env = self._inside.command(daemon.argv, user=daemon.user, cwd="/", env=daemon.env)
        else:
            argv, env = daemon.argv, users.environment(None)
        self._remember(daemon.name, spawn(argv, self._layout.log(daemon.name), env))
        self._wait_ready(daemon)

    def _wait_ready(self, daemon: Daemon) -> None:
        log = self._layout.log(daemon.name)
        what = f"{daemon.name} of {self._layout}"

        def failed() -> str | None:
            if self._state.alive(daemon.name):
                return None
            return f"{what} died. The end of {log}:\n{tail(log)}"

        wait_until(
            lambda: daemon.ready(self._inside),
            f"{what} (log: {log})",
            seconds=_READY_SECONDS,
            failed=failed,
        )

    def _wait_for_nodes(self) -> None:
        """A controller that was started again knows its nodes only after asking them."""
        if not self._state.alive("slurmctld"):
            return
        for daemon in self.daemons("slurmd"):
            if self._state.alive(daemon.name):
                self._wait_ready(daemon)

    def _remember(self, name: str, process: Process) -> None:
        self._state.processes[name] = process
        self._state.save(self._layout.record)


def wipe(layout: Layout, *, keep_logs: bool = False) -> None:
    """Empty the cluster's folder; the lock stays, which somebody holds."""
    keep = {"lock", "log"} if keep_logs else {"lock"}
    for entry in layout.state.iterdir():
        if entry.name in keep:
            continue
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()
