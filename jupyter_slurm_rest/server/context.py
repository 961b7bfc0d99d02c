"""What handlers need of the extension: its clusters and settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .cluster import ConfiguredCluster


@dataclass(frozen=True)
class ServerContext:
    """Handed to every handler; the settings are those of ``c.SlurmRest``."""

    clusters: Mapping[str, ConfiguredCluster]
    #: The Jupyter user this server acts for; empty: no check.
    owner: str
    #: ``refuse``, ``read`` or ``write``.
    visitors: str
    #: Bytes.
    max_script_size: int
    #: Bytes.
    max_body_size: int
    #: ``none``, ``read`` or ``all``.
    proxy_methods: str
    paste_tokens: bool
    shared_files: bool
    #: The folder that the file browser shows, absolute.
    root_directory: str
