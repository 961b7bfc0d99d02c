"""Watching a cluster: one reader however many look, and pages for everybody.

Who looks may be one person's Jupyter server or, for what is public, a whole hub.
"""

from __future__ import annotations

from .audience import Audience, Nobody
from .watcher import Look, Settings, Watcher, describe

__all__ = ["Audience", "Look", "Nobody", "Settings", "Watcher", "describe"]
