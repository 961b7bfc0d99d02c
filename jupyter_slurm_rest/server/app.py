"""The server extension's application object: configured as ``c.SlurmRest``."""

from __future__ import annotations

from jupyter_server.extension.application import ExtensionApp


class SlurmRest(ExtensionApp):
    """Slurm over slurmrestd, with the token of the person who is logged in."""

    name = "jupyter_slurm_rest"
