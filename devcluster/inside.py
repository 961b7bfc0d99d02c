"""Runs commands inside a cluster: in its namespace, as one of its users."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from devcluster import namespace, rest, users
from devcluster.errors import DevclusterError
from devcluster.layout import Layout
from devcluster.state import KEEPER, State


def not_up(layout: Layout) -> DevclusterError:
    """The error for a cluster somebody wants to use and nobody has started."""
    name = f"{layout.generation.name} --instance {layout.instance}"
    return DevclusterError(f"{layout} is not up; start it with: python3 -m devcluster up {name}")


class Commands:
    """What runs commands in a cluster whose namespace is there; its daemons need not be."""

    layout: Layout

    def _state(self) -> State:
        raise NotImplementedError

    def command(
        self,
        argv: Sequence[str],
        user: str | None = None,
        cwd: str | Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> tuple[list[str], dict[str, str]]:
        """The argument list and environment that run `argv` inside as `user` (None: root)."""
        keeper = self._state().processes.get(KEEPER)
        if keeper is None or not keeper.alive():
            raise not_up(self.layout)
        environment = users.environment(user)
        folder = str(cwd or environment["HOME"])
        full = namespace.inside(keeper, argv, user=user, cwd=folder)
        return full, {**environment, **(env or {})}

    def run(
        self,
        argv: Sequence[str],
        user: str | None = None,
        cwd: str | Path | None = None,
        env: Mapping[str, str] | None = None,
        input: str | None = None,  # noqa: A002 - the name subprocess.run gives it
        check: bool = True,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command and wait, as `user` (None: root), in their home by default.

        DevclusterError with its words when it fails and `check`.
        """
        full, environment = self.command(argv, user=user, cwd=cwd, env=env)
        done = subprocess.run(full, input=input, env=environment, capture_output=True, text=True)
        if check and done.returncode != 0:
            words = (done.stderr or done.stdout).strip()
            raise DevclusterError(f"{' '.join(argv)} ended with {done.returncode}: {words}")
        return done


class Inside(Commands):
    """The inside of a cluster that is being started or stopped."""

    def __init__(self, layout: Layout, state: State) -> None:
        self.layout = layout
        self._known = state

    def _state(self) -> State:
        return self._known

    def succeeds(self, *argv: str) -> bool:
        return self.run(argv, check=False).returncode == 0

    def output(self, *argv: str) -> str:
        done = self.run(argv, check=False)
        return done.stdout if done.returncode == 0 else ""

    def rest_responds(self) -> bool:
        token = self.output("scontrol", "token", "lifespan=60").strip().partition("=")[2]
        addresses = (self._known.url, f"unix://{self.layout.rest_socket}")
        return all(rest.responds(address, token) for address in addresses)
