"""The command line: ``jupyter slurm doctor``."""

from __future__ import annotations

import asyncio
import copy
import logging
import sys
from typing import Any

from jupyter_core.application import JupyterApp
from traitlets import TraitError, Unicode
from traitlets.config import Application

from jupyter_slurm_rest._version import __version__
from jupyter_slurm_rest.queue.records import NoEvents
from jupyter_slurm_rest.queue.watcher import Settings
from jupyter_slurm_rest.server.app import SlurmRest
from jupyter_slurm_rest.server.cluster import ConfiguredCluster
from jupyter_slurm_rest.server.settings import (
    BadSetting,
    ClusterSettings,
    check_names,
    read_clusters,
    wrong_setting,
)

from .checks import Finding, examine


class DoctorApp(JupyterApp):
    """Checks address, token, API version, clock, accounting and files."""

    name = "jupyter-slurm-doctor"
    description = __doc__
    version = __version__
    classes = [SlurmRest]
    config_file_name = Unicode("jupyter_server_config")

    cluster = Unicode("", help="Check this cluster only. Default: all.").tag(config=True)
    aliases = {"cluster": "DoctorApp.cluster", "config": "JupyterApp.config_file"}

    def start(self) -> None:
        """Print the findings; exits with 1 when something is wrong."""
        super().start()
        if not self.config_file:
            self._load_further_files()
        # Retries are not findings.
        logging.getLogger("stamina").setLevel(logging.ERROR)
        sys.exit(asyncio.run(self._examine_all()))

    def _load_further_files(self) -> None:
        """Load the other files that a server with JupyterLab reads; this file takes precedence."""
        own = copy.deepcopy(self.config)
        for name in ("jupyter_lab_config", SlurmRest().config_file_name):
            Application.load_config_file(self, name, path=self.config_file_paths)
        self.update_config(own)

    async def _examine_all(self) -> int:
        try:
            server = SlurmRest(config=self.config)
            check_names(self.config.get("SlurmRest", {}), server.trait_names(config=True))
            configured = server.clusters
            if not configured:
                return self._refuse("No cluster: set SLURMRESTD_URL or c.SlurmRest.clusters.")
            chosen = {
                name: settings
                for name, settings in read_clusters(configured).items()
                if self.cluster in ("", name)
            }
            clusters = [_cluster(name, settings) for name, settings in chosen.items()]
        except (BadSetting, TraitError) as error:
            return self._refuse(wrong_setting(error))
        if not clusters:
            known = ", ".join(configured)
            return self._refuse(f"No cluster named {self.cluster!r}. Configured: {known}.")
        findings: list[Finding] = []
        for cluster in clusters:
            print(f"{cluster.name}: {cluster.settings.url}")
            async for finding in examine(cluster):
                print("\n".join(finding.lines()))
                findings.append(finding)
            await cluster.close()
        return int(any(finding.verdict == "wrong" for finding in findings))

    def _refuse(self, text: str) -> int:
        print(text, file=sys.stderr)
        return 1


def _cluster(name: str, settings: ClusterSettings) -> ConfiguredCluster:
    """A cluster whose queue is not watched: it sends no events."""
    return ConfiguredCluster(
        name, settings, ttl=0.0, events=NoEvents(), watching=Settings(lease=0.0)
    )


class SlurmApp(JupyterApp):
    """Slurm in Jupyter."""

    name = "jupyter-slurm"
    description = __doc__
    version = __version__
    subcommands: dict[str, Any] = {
        "doctor": (DoctorApp, "Find what is wrong between this machine and Slurm.")
    }

    def start(self) -> None:
        """Run the subcommand, or show the help."""
        if self.subapp is None:
            self.print_help()
            sys.exit(2)
        self.subapp.start()


main = SlurmApp.launch_instance
